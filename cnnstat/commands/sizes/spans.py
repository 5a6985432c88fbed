"""Some of the sizes of a sweep in few words: a pattern, ranges, or a list that is cut."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from cnnstat.report.text import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.commands.sizes.size_range import Steps

_LISTED = 5

Run: TypeAlias = tuple[int, int]
"""The numbers of the first and the last of sizes that follow each other in a sweep."""


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


def spans(numbers: Sequence[int], steps: Steps) -> str:
    """Return the sizes of these numbers: ``32k + 3 (67, 99, ..., 451)``, or ``227 to 258``."""
    found = runs(numbers)
    if not found:
        return "none"
    if found == [(0, steps.count - 1)] and steps.count > 1:
        return "every size that was tried"
    if len(found) == 1 and found[0][1] == steps.count - 1 and found[0][0] < found[0][1]:
        return f"{_run(found[0], steps)}, the last that was tried"
    after = period(found, steps.count)
    if after is None:
        return _listed(found, steps)
    first, second, last = (_run(found[i], steps) for i in (0, 1, -1))
    pattern = _pattern(found, after, steps)
    every = "" if pattern else f", every {after * steps.step:,}"
    return f"{pattern}{first}, {second}, ..., {last}{')' if pattern else every}"


def _pattern(found: Sequence[Run], after: int, steps: Steps) -> str:
    """Return ``32k + 3 (`` for single sizes that are equal on all axes, else nothing."""
    if any(first != last for first, last in found) or len(set(steps.first)) > 1:
        return ""
    each = after * steps.step
    rest = (steps.first[0] + steps.step * found[0][0]) % each
    return f"{each}k + {rest} (" if rest else f"{each}k ("


def _listed(found: Sequence[Run], steps: Steps) -> str:
    more = found[_LISTED:]
    left = sum(last - first + 1 for first, last in more)
    rest = f" and {left:,} more up to {_size(more[-1][1], steps)}" if more else ""
    return ", ".join(_run(run, steps) for run in found[:_LISTED]) + rest


def _run(run: Run, steps: Steps) -> str:
    first, last = (_size(number, steps) for number in run)
    return first if first == last else f"{first} to {last}"


def _size(number: int, steps: Steps) -> str:
    return shown(tuple(axis + steps.step * number for axis in steps.first), "sizes")
