"""Picture -> DOT, for Graphviz and what reads its language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.text import visible
from cnnstat.commands.draw.style import LIGHT, colours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.draw.picture import Item, Picture
    from cnnstat.commands.draw.placed import Direction


def dot(picture: Picture, direction: Direction) -> str:
    """Return a picture as a directed graph, its boxes as clusters."""
    return "\n".join(_lines(picture, direction)) + "\n"


def _lines(picture: Picture, direction: Direction) -> Iterator[str]:
    yield "digraph {"
    yield f"  label={quoted(picture.title, picture.subtitle)}; labelloc=t; labeljust=l;"
    yield f"  rankdir={'TB' if direction == 'down' else 'LR'}; fontname=Helvetica;"
    yield '  node [shape=box, style="rounded,filled", fontname=Helvetica];'
    yield "  edge [fontname=Helvetica, fontsize=10];"
    innermost: dict[int, int] = {item: place for place, box in enumerate(picture.boxes) for item in box.items}
    yield from _inside(picture, innermost, None, "  ")
    for arrow in picture.arrows:
        label = quoted(picture.items[arrow.source].shape)
        style = ", style=dashed, weight=1" if arrow.skip else ", weight=8"
        yield f"  n{arrow.source} -> n{arrow.target} [label={label}{style}];"
    yield "}"


def _inside(picture: Picture, innermost: dict[int, int], place: int | None, indent: str) -> Iterator[str]:
    """Yield the items and boxes that stand in a box, or outside of all."""
    for item in (
        picture.items if place is None else map(picture.items.__getitem__, picture.boxes[place].items)
    ):
        if innermost.get(item.number) == place:
            yield f"{indent}n{item.number} {_node(item)};"
    for number, box in enumerate(picture.boxes):
        if box.inside == place:
            style = "rounded,dashed" if box.stands else "rounded"
            yield f'{indent}subgraph cluster{number} {{ label={quoted(box.title)}; style="{style}";'
            yield from _inside(picture, innermost, number, f"{indent}  ")
            yield f"{indent}}}"


def _node(item: Item) -> str:
    fill, border = colours(LIGHT, item.family)
    more = ", peripheries=2" if item.output else ""
    return f'[label={quoted(item.title, *item.lines)}, fillcolor="{fill}", color="{border}"{more}]'


def quoted(*lines: str) -> str:
    """Return lines as one string of DOT: no sign in them is an escape, an entity or an end."""
    texts = (visible(line).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(texts) + '"'
