"""Hostile texts take work in proportion to their length: the lines of the program that run are counted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cnnstat
from cnnstat.analysis import bounds, long_patterns
from cnnstat.base import errors
from cnnstat.commands.check import budgets, ignores, networks
from tests.hostile import CHECKED, KINDS, UNFOLDING
from tests.program import within

if TYPE_CHECKING:
    from types import FrameType

PROGRAM = str(Path(cnnstat.__file__).parent)
SIZE = 2_000
MOST = 2_000_000
"""Lines that may run for a text of twice this size."""


class TooMuchError(Exception):
    """More work than any text of this size may be."""


def work(path: Path, text: str, *arguments: str) -> int:
    """Return how many lines of the program run for a text; one round of a comprehension is a line, too."""
    path.write_text(text, encoding="utf-8")
    for kept in (bounds._composed, bounds._merged):
        kept.cache_clear()
    count = 0

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        if count > MOST:
            raise TooMuchError
        return line

    def call(frame: FrameType, event: str, argument: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(PROGRAM) else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        ended = within(*arguments, str(path))
    finally:
        sys.settrace(before)
    assert ended.returncode in (0, 1)
    return count


@pytest.mark.parametrize("kind", KINDS)
def test_twice_the_text_is_twice_the_work(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are lowered, so that they are met by texts that are short enough to count each line."""
    monkeypatch.setattr(errors, "MAX_PROBLEMS", 10)
    monkeypatch.setattr(long_patterns, "MAX_PHASES", 2**15)
    make, path = KINDS[kind], tmp_path / "hostile.yaml"
    work(path, make(0), "summary")  # what is imported or kept at first use
    single = work(path, make(SIZE), "summary")
    double = work(path, make(2 * SIZE), "summary")
    assert double <= 2.3 * single + SIZE


@pytest.mark.parametrize("kind", CHECKED)
def test_twice_the_text_is_twice_the_work_of_a_check(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (networks, budgets):
        monkeypatch.setattr(module, "MAX_CHECKED_LAYERS", 200)
    monkeypatch.setattr(ignores, "MAX_PROBLEMS", 10)
    make, path = CHECKED[kind], tmp_path / "hostile.yaml"
    work(path, make(0), "check")
    single = work(path, make(SIZE), "check")
    double = work(path, make(2 * SIZE), "check")
    assert double <= 2.3 * single + SIZE


def test_a_kind_is_as_long_as_asked_for() -> None:
    for kind, make in {**KINDS, **CHECKED, **UNFOLDING}.items():
        assert 0.5 * SIZE <= len(make(SIZE)) <= 1.6 * SIZE + 500, kind
