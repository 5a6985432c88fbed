"""Edits of a text at places that are known: all else in it stays byte for byte."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.rules.rule import Edit as RuleEdit

_END = re.compile(r"\r\n|\n|\r")


class Edit(Struct, frozen=True, order=True):
    """What stands from ``start`` to before ``stop`` becomes ``text``; where these are one, it is put in."""

    start: int
    stop: int
    text: str


Fixes: TypeAlias = "Sequence[tuple[Edit, ...]]"
"""The edits of each finding that can be mended; they belong together."""


def edit_of(found: RuleEdit) -> Edit:
    """Return the edit that a rule wants, by the places of its characters."""
    span = found.span
    start = span.source.offset(span.line, span.column)
    return Edit(start, start + span.length, found.text)


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits made, which are apart from each other; added lines end as those there do."""
    parts, end = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        new = edit.text
        if "\n" in new:
            new = new.replace("\n", _end_of_line(text, edit.start))
        parts += [text[end : edit.start], new]
        end = edit.stop
    return "".join((*parts, text[end:]))


def applied(text: str, fixes: Fixes) -> tuple[str, list[int]]:
    """Return a text with the edits of findings made, and of which; one that overlaps another waits."""
    made: list[Edit] = []  # in order, and apart from each other
    numbers = []
    for number, edits in enumerate(fixes):
        if not any(_overlaps(each, made) for each in edits):
            for each in edits:
                insort(made, each)
            numbers.append(number)
    return edited(text, made), numbers


def _end_of_line(text: str, place: int) -> str:
    """Return how the line at a place ends; the last one ends as the first does."""
    found = _END.search(text, place) or _END.search(text)
    return found[0] if found else "\n"


def _overlaps(wanted: Edit, made: list[Edit]) -> bool:
    index = bisect_left(made, wanted)
    return any(
        wanted.start == each.start or (wanted.start < each.stop and each.start < wanted.stop)
        for each in made[max(0, index - 1) : index + 1]
    )
