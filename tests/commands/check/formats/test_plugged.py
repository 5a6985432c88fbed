"""Formats of other packages that do not keep what a format promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.plugged import run_with, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("raise KeyError('a\\n::error::b')", "KeyError: 'a\\n: :error: :b'"),
        ("return 3", "TypeError: it returned int, not str"),
        ("raise SystemExit(0)", "SystemExit: 0"),
    ],
)
def test_one_that_fails_is_named(tmp_path: Path, body: str, why: str) -> None:
    code = f"def render(document, medium):\n    {body}\n"
    write(tmp_path, "wrong", "1.2", {"cnnstat.formats": {"odd": "wrong:render"}}, code)
    ended = run_with(tmp_path, "check", "lenet5", "--format", "odd")
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert "format 'odd' comes from package wrong 1.2, and failed" in ended.stderr
    assert why in ended.stderr
