"""What one unit sees of the input as a rough picture in characters, for a terminal."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.axes import rank_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.commands.rf.document import Region, UnitDocument

_WIDEST = 64
_HIGHEST = 28


class _Signs(Struct, frozen=True):
    """The signs of a place of the input that is seen, of one that is not, and of padding that is seen."""

    seen: str
    other: str
    padding: str


_BLOCKS, _ASCII = _Signs("█", "·", "░"), _Signs("#", ".", "+")


def region_picture(document: UnitDocument, width: int, encoding: str = "utf-8") -> str:
    """Return the input with what a unit sees of it, of a volume the last two axes, in so many columns.

    Where several places share a sign, those of the region and of the input show.
    """
    names = rank_of(document.input_shape).places
    sizes = document.input_shape[1:]
    seen, full = document.region_on_input, document.region
    if len(sizes) == 1:  # a signal is a single row
        sizes, seen, full = (1, *sizes), ((0, 0), *seen), ((0, 0), *full)
    (top, bottom), (left, right) = map(_ends, sizes[-2:], full[-2:])
    rows, columns = bottom - top + 1, right - left + 1
    room = max(8, min(_WIDEST, width))
    places = next(
        each
        for each in (1, *range(2, 2 * max(rows, columns) + 2, 2))
        if -(-rows // each) <= _HIGHEST and -(-columns * 2 // each) <= room
    )
    signs = _signs(encoding)
    lines = []
    for row in range(-(-rows // places)):
        down = (top + row * places, top + (row + 1) * places - 1)
        line = ""
        for column in range(-(-columns * 2 // places)):
            # A sign is twice as high as it is wide.
            across = (left + column * places // 2, left + ((column + 1) * places - 1) // 2)
            line += _sign((down, across), seen[-2:], full[-2:], sizes[-2:], signs)
        lines.append(line.rstrip())
    legend = f"{signs.seen} seen  {signs.other} not seen  {signs.padding} padding"
    return "\n".join((*lines, *wrap(f"{' down, '.join(names[-2:])} across: {legend}", width), ""))


def _ends(size: int, region: tuple[int, int]) -> tuple[int, int]:
    """Return the first and the last position of the input or the region along an axis."""
    low, high = region
    return (min(0, low), max(size - 1, high)) if low <= high else (0, size - 1)


def _signs(encoding: str) -> _Signs:
    """Return signs that an output of this encoding can show."""
    try:
        f"{_BLOCKS.seen}{_BLOCKS.other}{_BLOCKS.padding}".encode(encoding)
    except UnicodeEncodeError:
        return _ASCII
    return _BLOCKS


def _sign(cell: Region, seen: Region, full: Region, sizes: Sequence[int], signs: _Signs) -> str:
    """Return the sign for the places of a cell."""
    if _meet(cell, seen):
        return signs.seen
    if _meet(cell, tuple((0, size - 1) for size in sizes)):
        return signs.other
    return signs.padding if _meet(cell, full) else " "


def _meet(one: Region, other: Region) -> bool:
    """Say whether regions have a place in common."""
    return all(max(a, c) <= min(b, d) for (a, b), (c, d) in zip(one, other, strict=True))
