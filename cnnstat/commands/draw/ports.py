"""Where arrows leave and reach items: skips beside the others, so that no arrowhead lies on another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.draw.placed import PlacedArrow, item_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.commands.draw.picture import Arrow, Item
    from cnnstat.commands.draw.placed import Direction, Point, Rect

_PORT = 12.0
_STRAIGHT = 1.0
"""How far a curve has to come from a line to be on a side of it, in pixels."""


def port_of(item: Item, direction: Direction) -> float:
    """Return how far from the middle of an item its skips start and end."""
    width, height = item_size(item)
    return min(_PORT, (width if direction == "down" else height) / 3)


def start_of(rect: Rect, direction: Direction) -> Point:
    """Return where arrows leave an item, but for skips."""
    return (rect.middle, rect.bottom) if direction == "down" else (rect.right, rect.y + rect.height / 2)


def arrow_with_ports(
    arrow: Arrow, rect: Rect, points: Sequence[Point], ports: tuple[float, float], direction: Direction
) -> PlacedArrow:
    """Return an arrow out of a rectangle; a skip has its ends beside the middle, on the side where it runs.

    The ends of its curve move with the points next to them, so that it leaves and arrives as straight as it
    did. ``ports`` are how far they move.
    """
    start = start_of(rect, direction)
    if not arrow.skip:
        return PlacedArrow(arrow, start, tuple(points))
    across = 0 if direction == "down" else 1
    places = [point[across] for point in points]
    tail, head = ports[0] * _side(places), ports[1] * _side(places[::-1])
    shifts = (tail, tail, *(0.0 for _ in points[4:]), head, head)
    moved = tuple(_moved(*point, by, direction) for point, by in zip(points, shifts, strict=True))
    return PlacedArrow(arrow, _moved(*start, tail, direction), moved)


def _side(places: Sequence[float]) -> int:
    """Return on which side of its first place a line runs: -1 or 1, which is that of a straight one, too."""
    return next((-1 if place < places[0] else 1 for place in places if abs(place - places[0]) > _STRAIGHT), 1)


def _moved(x: float, y: float, by: float, direction: Direction) -> Point:
    return (x + by, y) if direction == "down" else (x, y + by)
