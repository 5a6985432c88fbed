"""A reshape, a transpose and a reshape that deal out channels or exchange them with places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.layers.base import Shape

Found: TypeAlias = tuple[str, str, dict[str, Any]]
"""An operator, the domain it is of (`found`: our own), and its attributes."""


def shuffle_of(before: Shape, parted: Shape, order: Sequence[int], after: Shape) -> Found | None:
    """Return what three nodes compute together: shapes are of one sample, the order is with its axis.

    ``before`` is the shape that is read, ``parted`` that in between, whose axes take this order.
    """
    order = [axis - 1 for axis in order[1:]] if [*order[:1]] == [0] else []
    whole = [*range(2, len(order))]
    if order == [1, 0, *whole] and after == before:
        dealt = len(parted) == len(before) + 1 and parted[2:] == before[1:]
        return ("channel_shuffle", "found", {"groups": parted[0]}) if dealt else None
    if len(before) != 3 or len(parted) != 5 or len(after) != 3:
        return None
    channels, height, width = before
    for wanted, places, found in _EXCHANGES:
        if order == wanted:
            r = parted[places[0]]
            enlarged = found[0] == "DepthToSpace"
            rows = (height, width) if enlarged else (height // r, width // r)
            shape = dict.fromkeys(places, r) | dict(zip(_rest(places, enlarged), rows, strict=True))
            maps = next(axis for axis in range(5) if axis not in shape)
            shape[maps] = channels // r**2 if enlarged else channels
            fits = r > 1 and parted == tuple(shape[axis] for axis in range(5))
            return (found[0], found[1], {**found[2], "blocksize": r}) if fits else None
    return None


_EXCHANGES: tuple[tuple[list[int], tuple[int, int], Found], ...] = (
    ([0, 3, 1, 4, 2], (1, 2), ("DepthToSpace", "", {"mode": b"CRD"})),
    ([2, 3, 0, 4, 1], (0, 1), ("DepthToSpace", "", {"mode": b"DCR"})),
    ([0, 2, 4, 1, 3], (2, 4), ("pixel_unshuffle", "found", {})),
    ([2, 4, 0, 1, 3], (2, 4), ("SpaceToDepth", "", {})),
)
"""Orders of the axes between, where among these the factor stands twice, and what they are."""


def _rest(places: tuple[int, int], enlarged: bool) -> tuple[int, int]:
    """Return where rows and columns stand among the axes between."""
    return (3, 4) if enlarged else (places[0] - 1, places[1] - 1)
