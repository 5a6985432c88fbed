"""The hook for pre-commit: what it starts, and with which files."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tests.program import within

if TYPE_CHECKING:
    import pytest

HOOKS = Path(__file__).parents[3] / ".pre-commit-hooks.yaml"


def test_the_hook_checks_the_files_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (hook,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    program, *arguments = shlex.split(hook["entry"])
    assert (program, hook["language"], hook["types"]) == ("cnnstat", "python", ["yaml"])
    spec = tmp_path / "a.yaml"
    for line, code in (("{type: relu}", 0), ("{type: rleu}", 1)):
        spec.write_text(f"name: a\ninput: [3, 8, 8]\nlayers:\n  - {line}\n")
        assert within(*arguments, str(spec)).returncode == code
    (tmp_path / ".cnnstat.yaml").write_text("exclude: [a.yaml]\n")
    monkeypatch.chdir(tmp_path)
    ended = within(*arguments, "a.yaml")
    assert (ended.returncode, ended.stdout) == (0, "0 files, 0 networks: nothing found\n")
    excluded = [path for path in PATHS if re.search(hook["exclude"], path)]
    assert excluded == [".pre-commit-config.yaml", ".github/workflows/ci.yaml"]


PATHS = (
    *("specs/a.yaml", "a.b.yaml", "specs/v1.0/net.yml"),
    *(".pre-commit-config.yaml", ".github/workflows/ci.yaml"),
)
