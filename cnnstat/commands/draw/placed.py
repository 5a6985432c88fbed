"""A picture with places: where each item, box, arrow and text of it is, in pixels from the top left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from cnnstat.commands.draw.text_width import text_width

if TYPE_CHECKING:
    from cnnstat.commands.draw.picture import Arrow, Box, Item

Direction: TypeAlias = Literal["down", "right"]
Point: TypeAlias = tuple[float, float]

TITLE, LINE, SHAPE = 12.0, 11.0, 10.0
"""The sizes of texts: a name, what else stands in an item, a shape on an arrow."""

STEP = 15.0
"""From one line of an item to the next."""

PADDING = 9.0
STRIP = 18.0
"""The part of an arrow behind an item, which no other arrow crosses: the shape stands there."""

BOX_TITLE = 18.0


class Rect(Struct, frozen=True):
    """A rectangle by its left upper corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Return the middle from left to right."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """Return the lower edge."""
        return self.y + self.height

    @property
    def right(self) -> float:
        """Return the right edge."""
        return self.x + self.width


class PlacedItem(Struct, frozen=True):
    """An item, its rectangle, where the shape of its output starts, and where the arrow beside that ends."""

    item: Item
    rect: Rect
    shape: Point
    end: Point


class PlacedArrow(Struct, frozen=True):
    """An arrow: a line from ``start`` to the first point, then a Bézier curve, three points each piece."""

    arrow: Arrow
    start: Point
    points: tuple[Point, ...]


class PlacedBox(Struct, frozen=True):
    """A box and its rectangle."""

    box: Box
    rect: Rect


class Placed(Struct, frozen=True):
    """A picture with the places of all that is in it."""

    title: str
    subtitle: str
    width: float
    height: float
    direction: Direction
    items: tuple[PlacedItem, ...]
    arrows: tuple[PlacedArrow, ...]
    boxes: tuple[PlacedBox, ...]


def item_size(item: Item) -> Point:
    """Return how wide and high an item has to be for its texts."""
    widths = [text_width(item.title, TITLE, bold=True), *(text_width(line, LINE) for line in item.lines)]
    return max(widths) + 2 * PADDING, STEP * len(widths) + PADDING


def strip_width(item: Item) -> float:
    """Return how wide the shape behind an item is, with some room around it."""
    return text_width(item.shape, SHAPE) + 10
