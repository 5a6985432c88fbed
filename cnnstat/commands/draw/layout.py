"""Picture -> Placed, by Graphviz: it gets sizes and numbers of items, no texts, and gives places.

Compared on this task: Graphviz' `dot` in the process (pygraphviz), and layouts in plain Python (grandalf),
which know no boxes around items and let arrows run through them. docs/development.md has the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.commands.draw.libraries import graphviz
from cnnstat.commands.draw.placed import (
    BOX_TITLE,
    SHAPE,
    STRIP,
    Placed,
    PlacedBox,
    PlacedItem,
    Rect,
    item_size,
    strip_width,
)
from cnnstat.commands.draw.ports import arrow_with_ports, port_of, start_of
from cnnstat.commands.draw.text_width import text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.commands.draw.picture import Box, Item, Picture
    from cnnstat.commands.draw.placed import Direction, PlacedArrow, Point

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
    skipped = {arrow.source for arrow in picture.arrows if arrow.skip}
    outers = [_outer(item, direction, skips=item.number in skipped) for item in picture.items]
    for item, (width, height) in zip(picture.items, outers, strict=True):
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
    return _placed(graph, groups, picture, direction, outers)


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


def _outer(item: Item, direction: Direction, *, skips: bool) -> Point:
    """Return the size of an item with the part of its arrows that the shape stands beside.

    ``skips`` says that some leave beside the others.
    """
    width, height = item_size(item)
    strip, port = strip_width(item), port_of(item, direction) if skips else 0.0
    if direction == "down":
        return max(width, 2 * (strip + port)), height + STRIP
    return width + strip + 8, max(height, 2 * (SHAPE + 2 + port))


def _placed(
    graph: Any, groups: list[Any], picture: Picture, direction: Direction, outers: Sequence[Point]
) -> Placed:
    left, low, right, top = map(float, graph.graph_attr["bb"].split(","))

    def point(text: str) -> Point:
        x, y = text.split(",")
        return float(x) - left, top - float(y)

    middles = [point(graph.get_node(item.number).attr["pos"]) for item in picture.items]
    rects = [
        _item_rect(item, middle, outer, direction)
        for item, middle, outer in zip(picture.items, middles, outers, strict=True)
    ]
    ports = [port_of(item, direction) for item in picture.items]
    arrows: list[PlacedArrow] = []
    leaving: list[list[PlacedArrow]] = [[] for _ in rects]
    for arrow in picture.arrows:
        points = [*map(point, graph.get_edge(arrow.source, arrow.target).attr["pos"].split())]
        of_both = ports[arrow.source], ports[arrow.target]
        arrows.append(arrow_with_ports(arrow, rects[arrow.source], points, of_both, direction))
        leaving[arrow.source].append(arrows[-1])
    items = tuple(map(_item, picture.items, rects, leaving, [direction] * len(rects)))
    boxes = tuple(
        PlacedBox(box, _rect(*point(",".join(corners[:2])), *point(",".join(corners[2:]))))
        for box, group in zip(picture.boxes, groups, strict=True)
        if len(corners := group.graph_attr["bb"].split(",")) == 4
    )
    size = right - left, top - low
    return Placed(picture.title, picture.subtitle, *size, direction, items, tuple(arrows), boxes)


def _item_rect(item: Item, middle: Point, outer: Point, direction: Direction) -> Rect:
    """Return the rectangle of an item: what is laid out without the strip behind it."""
    width, height = item_size(item)
    x, y = middle
    if direction == "down":
        return Rect(x - width / 2, y - outer[1] / 2, width, height)
    return Rect(x - outer[0] / 2, y - height / 2, width, height)


def _item(item: Item, rect: Rect, leaving: Sequence[PlacedArrow], direction: Direction) -> PlacedItem:
    """Return an item with the shape of its output beside the arrows that leave it, to the right or above."""
    x, y = start_of(rect, direction)
    if direction == "down":
        beside = max((each.start[0] for each in leaving), default=x)
        return PlacedItem(item, rect, (max(x, beside) + 5, y + 13), (x, y + STRIP))
    above = min((each.start[1] for each in leaving), default=y)
    return PlacedItem(item, rect, (x + 8, min(y, above) - 4), (x + strip_width(item) + 8, y))


def _rect(left: float, bottom: float, right: float, top: float) -> Rect:
    return Rect(left, top, right - left, bottom - top)
