"""Exit codes: the verdict decides, whoever stopped reading; output that cannot be written is trouble."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

MISSED = "input: [1, 8, 8]\nlayers:\n  - {type: conv, filters: 2, kernel: 3, expect: {params: 21}}\n"

VERDICTS = {
    "summary lenet5": 0,
    "summary missed.yaml": 1,
    "summary missed.yaml --format json": 1,
    "run lenet5": 0,
    "run missed.yaml": 1,
    "diff lenet5 lenet5 --exit-code": 0,
    "diff lenet5 vgg16 --exit-code": 1,
    "diff lenet5 nothing --exit-code": 2,
    "schema": 0,
    "--help": 0,
}
"""How commands end, by what they find out."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "missed.yaml").write_text(MISSED, encoding="utf-8")
    return tmp_path


def ended(command: str, redirection: str, folder: Path) -> subprocess.CompletedProcess[str]:
    line = f"set -o pipefail; '{sys.executable}' -m cnnstat {command} {redirection}"
    return subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, cwd=folder, timeout=60, check=False
    )


@pytest.mark.parametrize("command", VERDICTS)
def test_the_verdict_decides_though_the_reader_has_gone(command: str, folder: Path) -> None:
    read, unread = ended(command, "| cat > /dev/null", folder), ended(command, "| exec 0<&-", folder)
    assert read.returncode == unread.returncode == VERDICTS[command]
    assert read.stderr == unread.stderr


@pytest.mark.parametrize("redirection", [">&-", "> /dev/full"])
@pytest.mark.parametrize(
    "command", [line for line, code in VERDICTS.items() if code < 2 and line != "--help"]
)
def test_output_that_cannot_be_written_is_trouble(command: str, redirection: str, folder: Path) -> None:
    full = ended(command, redirection, folder)
    assert full.returncode == 2
    assert full.stderr in (
        "cannot write standard output: No space left on device\n",
        "cannot write standard output: it is closed\n",
    )


@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full", "2>&1 | exec 0<&-"])
@pytest.mark.parametrize(
    ("command", "code"),
    {"summary missed.yaml": 1, "summary nothing": 1, "summary": 2, "summary lenet5 -x": 2, "": 2}.items(),
)
def test_a_message_that_cannot_be_written_changes_nothing(
    command: str, code: int, redirection: str, folder: Path
) -> None:
    unheard = ended(command, redirection, folder)
    assert unheard.returncode == code
    assert "Usage" not in unheard.stdout
