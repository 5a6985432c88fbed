"""Spec files with their figures pinned: written in place, or left as they were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.errors import Problem, Source, Span, SpecError
from cnnstat.base.files import FileError, as_file_error, replace_unchanged
from cnnstat.commands.check.pins import Pins, pinned
from cnnstat.spec import file

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARK = b"\xef\xbb\xbf"
"""What some editors begin a file of UTF-8 with."""


class WrittenPins(Struct, frozen=True):
    """What is pinned in a file, and why nothing is."""

    pins: Pins | None = None
    problem: Problem | None = None


def write_pins(spec: str) -> WrittenPins:
    """Pin the figures of a file, or of one variant in it, in place.

    A file with problems stays as it is: its check names them.
    """
    try:
        path, shown, variant = file.find(spec)
        text, _, _ = file.read(spec)
    except SpecError:
        return WrittenPins()
    if Path(shown) != path:
        return _unwritten(shown, "is a bundled network; copy its file and name that")
    try:
        pins = pinned(text, shown, variant)
        if pins.text != text:
            mark = _MARK if _begins_with_mark(path) else b""
            replace_unchanged(path, mark + text.encode(), mark + pins.text.encode())
    except SpecError as error:
        return WrittenPins(problem=_own(error.problems))
    except FileError as error:
        return _unwritten(shown, str(error).removeprefix(f"{shown}: "))
    return WrittenPins(pins)


def _begins_with_mark(path: Path) -> bool:
    with as_file_error(path), path.open("rb") as opened:
        return opened.read(len(_MARK)) == _MARK


def _own(problems: Iterable[Problem]) -> Problem | None:
    """Return what is wrong with writing; the check names what is wrong with the spec."""
    return next((each for each in problems if each.code == "expect/unwritten"), None)


def _unwritten(shown: str, why: str) -> WrittenPins:
    return WrittenPins(problem=Problem("expect/unwritten", why, Span(Source(shown, ""), 1, 1)))
