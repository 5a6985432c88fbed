"""Picture -> Placed, by Graphviz: it gets sizes and numbers of items, no texts, and gives places.

Compared on this task: Graphviz' `dot` in the process (pygraphviz), and layouts in plain Python (grandalf),
which know no boxes around items and let arrows run through them. docs/development.md has the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.commands.draw.libraries import graphviz
from cnnstat.commands.draw.placed import (
    BOX_TITLE,
    STRIP,
    Placed,
    PlacedArrow,
    PlacedBox,
    PlacedItem,
    Rect,
    item_size,
    strip_width,
)
from cnnstat.commands.draw.text_width import text_width

if TYPE_CHECKING:
    from cnnstat.commands.draw.picture import Box, Item, Picture
    from cnnstat.commands.draw.placed import Direction, Point

_INCH = 72.0
_MOST_ITEMS = 10_000
_MOST_CROWDED = 1_000_000
"""Items that are laid out, and how crowded with long arrows: beyond that, `dot` takes minutes.

Every repetition of ResNet-1202 has 4,807 items and is at 17,000, that of HRNet at 89,000; 40 layers of which
each reads all before it are at 2.8 million and take 11 seconds of a processor.
"""


class TooLargeError(Exception):
    """A picture that nobody would wait for; the message says so."""


def laid_out(picture: Picture, direction: Direction) -> Placed:
    """Return a picture with places.

    Raises:
        NoLibraryError: pygraphviz is missing.
        TooLargeError: it would take minutes.
    """
    _check_size(picture)
    graph = graphviz().AGraph(
        directed=True,
        strict=True,
        rankdir="TB" if direction == "down" else "LR",
        nodesep="0.28",
        ranksep="0.24",
        splines="true",
        nslimit="3",
        nslimit1="3",
    )
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    graph.edge_attr.update(dir="none")
    for item in picture.items:
        width, height = _outer(item, direction)
        graph.add_node(item.number, width=f"{width / _INCH:.4f}", height=f"{height / _INCH:.4f}")
    groups: list[Any] = []
    for place, box in enumerate(picture.boxes):
        outer = graph if box.inside is None else groups[box.inside]
        label = _room(box)
        groups.append(
            outer.add_subgraph(box.items, name=f"cluster{place}", label=label, labeljust="l", margin="10")
        )
    ports = ("s", "n") if direction == "down" else ("e", "w")
    for arrow in picture.arrows:
        weight = "1" if arrow.skip else "8"
        graph.add_edge(arrow.source, arrow.target, weight=weight, tailport=ports[0], headport=ports[1])
    graph.layout(prog="dot")
    return _placed(graph, groups, picture, direction)


def _check_size(picture: Picture) -> None:
    """Refuse what is too large; an arrow is as long as the items that it passes in order.

    Raises:
        TooLargeError: it is.
    """
    count = len(picture.items)
    if count > _MOST_ITEMS:
        raise TooLargeError(f"{count:,} boxes are more than can be laid out ({_MOST_ITEMS:,})")
    long = sum(arrow.target - arrow.source for arrow in picture.arrows)
    if long * long > _MOST_CROWDED * count:
        raise TooLargeError(
            f"{len(picture.arrows):,} arrows, most of them long, are more than can be laid out"
        )


def _room(box: Box) -> str:
    """Return what keeps the place for a title of a box: a cell of its size, without any text."""
    width = round(text_width(box.title, 11, bold=True)) + 6
    size = f'WIDTH="{width}" HEIGHT="{BOX_TITLE - 4:.0f}"'
    cell = f'<TABLE BORDER="0" FIXEDSIZE="TRUE" {size}><TR><TD></TD></TR></TABLE>'
    return f"<{cell}>"


def _outer(item: Item, direction: Direction) -> Point:
    """Return the size of an item with the part of its arrow that the shape stands beside."""
    width, height = item_size(item)
    strip = strip_width(item)
    return (max(width, 2 * strip), height + STRIP) if direction == "down" else (width + strip + 8, height)


def _placed(graph: Any, groups: list[Any], picture: Picture, direction: Direction) -> Placed:
    left, low, right, top = map(float, graph.graph_attr["bb"].split(","))

    def point(text: str) -> Point:
        x, y = text.split(",")
        return float(x) - left, top - float(y)

    items = tuple(
        _item(item, point(graph.get_node(item.number).attr["pos"]), direction) for item in picture.items
    )
    arrows = tuple(
        PlacedArrow(
            arrow,
            _start(items[arrow.source].rect, direction),
            tuple(map(point, graph.get_edge(arrow.source, arrow.target).attr["pos"].split())),
        )
        for arrow in picture.arrows
    )
    boxes = tuple(
        PlacedBox(box, _rect(*point(",".join(corners[:2])), *point(",".join(corners[2:]))))
        for box, group in zip(picture.boxes, groups, strict=True)
        if len(corners := group.graph_attr["bb"].split(",")) == 4
    )
    size = right - left, top - low
    return Placed(picture.title, picture.subtitle, *size, direction, items, arrows, boxes)


def _item(item: Item, middle: Point, direction: Direction) -> PlacedItem:
    width, height = item_size(item)
    outer = _outer(item, direction)
    x, y = middle
    if direction == "down":
        rect = Rect(x - width / 2, y - outer[1] / 2, width, height)
        return PlacedItem(item, rect, (x, y + outer[1] / 2))
    rect = Rect(x - outer[0] / 2, y - height / 2, width, height)
    return PlacedItem(item, rect, (x + outer[0] / 2, y))


def _start(rect: Rect, direction: Direction) -> Point:
    """Return where arrows leave an item."""
    return (rect.middle, rect.bottom) if direction == "down" else (rect.right, rect.y + rect.height / 2)


def _rect(left: float, bottom: float, right: float, top: float) -> Rect:
    return Rect(left, top, right - left, bottom - top)
