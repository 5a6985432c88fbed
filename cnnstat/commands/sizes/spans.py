"""Some of the sizes that were tried in few words: a pattern, ranges, or a list that is cut."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from cnnstat.report.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.commands.sizes.document import Range, Tried

_LISTED = 5

Run: TypeAlias = tuple[int, int]
"""The numbers of the first and the last of sizes that follow each other."""
Words: TypeAlias = tuple[str | Quantity, ...]


def runs(numbers: Sequence[int]) -> list[Run]:
    """Return increasing numbers as runs without gaps."""
    found: list[Run] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def period(found: Sequence[Run], count: int) -> int | None:
    """Return after how many of ``count`` sizes the runs repeat; None where they do not.

    Three runs are needed, and they go on to the end, which may cut off the last of them.
    """
    if len(found) < 3:
        return None
    between = {later[0] - sooner[0] for sooner, later in pairwise(found)}
    lengths = {last - first for first, last in found[:-1]}
    after = min(between)
    whole = len(between) == len(lengths) == 1 and found[-1][0] + after >= count
    last = found[-1][1] - found[-1][0]
    fits = last in lengths or (found[-1][1] == count - 1 and last < max(lengths))
    return after if whole and fits else None


def how_many(ranges: Sequence[Range], tried: Tried) -> int:
    """Return how many sizes there are in ranges."""
    return sum(last - first + 1 for first, last in (_run(each, tried) for each in ranges))


def spans(ranges: Sequence[Range], tried: Tried) -> Words:
    """Return the sizes in ranges: ``32k + 3 (67, 99, ..., 451)``, or ``227 to 258``."""
    if not ranges:
        return ("none",)
    if how_many(ranges, tried) == tried.count > 1:
        return ("every size that was tried",)
    if len(ranges) == 1 and ranges[0][0] != ranges[0][1] == tried.last:
        return *_range(ranges[0]), ", the last that was tried"
    after = period([_run(each, tried) for each in ranges], tried.count)
    if after is None:
        return _listed(ranges, tried)
    first, second, last = (_range(ranges[i]) for i in (0, 1, -1))
    some: Words = (*first, ", ", *second, ", ..., ", *last)
    pattern = _pattern(ranges, after * tried.step)
    return (f"{pattern} (", *some, ")") if pattern else (*some, ", every ", Quantity(after * tried.step))


def _pattern(ranges: Sequence[Range], each: int) -> str:
    """Return ``32k + 3`` for single sizes that are equal on all axes, else nothing."""
    if any(first != last or len(set(first)) > 1 for first, last in ranges):
        return ""
    rest = ranges[0][0][0] % each
    return f"{each}k + {rest}" if rest else f"{each}k"


def _listed(ranges: Sequence[Range], tried: Tried) -> Words:
    words: Words = _range(ranges[0])
    for each in ranges[1:_LISTED]:
        words = (*words, ", ", *_range(each))
    more = ranges[_LISTED:]
    if not more:
        return words
    left, largest = Quantity(how_many(more, tried)), Quantity(more[-1][1], "sizes")
    return *words, " and ", left, " more up to ", largest


def _range(each: Range) -> Words:
    first, last = (Quantity(size, "sizes") for size in each)
    return (first,) if first == last else (first, " to ", last)


def _run(each: Range, tried: Tried) -> Run:
    first, last = ((size[0] - tried.first[0]) // tried.step for size in each)
    return first, last
