"""What one unit reads, or who reads one number: the product of what its axes say; and how that is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product
from math import prod
from typing import TYPE_CHECKING, Literal

from cnnstat.base.axes import RANKS
from cnnstat.commands.trace.working import Matrix, Plane, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.commands.trace.along import Along, Tap

Places = tuple[int, ...]
"""One place along each axis, channels first; or an index of one sample."""
Taps = tuple["Tap", ...]
"""One tap along each axis."""


@dataclass(frozen=True)
class Grid:
    """An input and an output, axis by axis. An output is the unit at its places, if not said otherwise."""

    axes: tuple[Along, ...]

    def unit(self, places: Places) -> Places:
        """Return the unit of the layer that an output is."""
        return places

    def places(self, unit: Places) -> Places | None:
        """Return the output that a unit is; None where it is none of this grid's."""
        return unit

    def reads(self, places: Places) -> list[list[Tap]]:
        """Return what an output reads along each axis."""
        return [axis.reads(place) for axis, place in zip(self.axes, places, strict=True)]

    def readers(self, cell: Places) -> list[list[Tap]]:
        """Return which outputs read a number, along each axis."""
        return [axis.readers(place) for axis, place in zip(self.axes, cell, strict=True)]


def every(along: Sequence[Sequence[Tap]]) -> list[Taps]:
    """Return every combination of taps, in row-major order."""
    return list(product(*along))


def place_of(taps: Taps) -> Places | None:
    """Return where taps are together: nowhere if one of them is beyond its axis."""
    found = tuple(each.place for each in taps if each.place is not None)
    return found if len(found) == len(taps) else None


class Column:
    """Numbers, one for each combination of taps, and what they are; None is padding."""

    def __init__(
        self,
        head: str,
        numbers: Sequence[float | None],
        sign: str = "",
        beyond: Literal["zero", "nothing"] = "zero",
    ) -> None:
        self.head, self.numbers, self.sign, self.beyond = head, numbers, sign, beyond


def planes(
    along: Sequence[Sequence[Tap]],
    columns: Sequence[Column],
    *,
    label: str = "",
    channel: str = "channel",
    marked: int | None = None,
) -> tuple[Plane, ...]:
    """Return numbers as planes of matrices, the last two axes as rows and columns.

    Where there is one place only, or nothing but a vector, channels stand one below the other. `marked` is
    the combination that decides.
    """
    sizes = [len(each) for each in along]
    total = prod(sizes)
    lead: Sequence[Sequence[Tap]] = ()
    if not total:
        return ()
    if len(sizes) == 1 or (total == sizes[0] and total > 1):
        rows, width = total, 1
    elif len(sizes) == 2:
        rows, width, lead = 1, sizes[1], tuple(along[:1])
    else:
        rows, width, lead = sizes[-2], sizes[-1], tuple(along[:-2])
    names = (channel, *(name[:-1] for name in RANKS[len(sizes) - 1].places))
    found = []
    for number, taps in enumerate(product(*lead)):
        start = number * rows * width
        spoken = (
            f"{name} {each.at}" for name, each, axis in zip(names, taps, lead, strict=False) if len(axis) > 1
        )
        text = ", ".join(filter(None, (label, *spoken)))
        at = None if marked is None else marked - start
        mark = ((at // width, at % width),) if at is not None and 0 <= at < rows * width else ()
        found.append(
            Plane(
                text,
                tuple(
                    _matrix(each, start, rows, width, mark if not i else ()) for i, each in enumerate(columns)
                ),
            )
        )
    return tuple(found)


def _matrix(column: Column, start: int, rows: int, width: int, marked: tuple[tuple[int, int], ...]) -> Matrix:
    firsts = range(start, start + rows * width, width)
    numbers = rows_of(column.numbers[first : first + width] for first in firsts)
    return Matrix(column.head, numbers, column.sign, column.beyond, marked)


def spoken(along: Sequence[Sequence[Tap]], channel: str = "channels") -> str:
    """Return which places taps are at: channels 0 to 2, rows −1 to 1, columns 4 to 6."""
    rank = RANKS[len(along) - 1]
    names = (channel, *rank.places) if rank.places else ("numbers" if channel == "channels" else channel,)
    return ", ".join(_range(taps, name) for taps, name in zip(along, names, strict=True))


def _range(taps: Sequence[Tap], name: str) -> str:
    if not taps:
        return f"no {name}"
    first, last = min(each.at for each in taps), max(each.at for each in taps)
    if first == last:
        return f"{name[:-1]} {_signed(first)}"
    steps = {abs(b.at - a.at) for a, b in pairwise(taps)}
    apart = f" in steps of {max(steps)}" if len(steps) == 1 and max(steps) > 1 else ""
    return f"{name} {_signed(first)} to {_signed(last)}{apart}"


def _signed(number: int) -> str:
    return str(number).replace("-", "−")
