"""Picture -> Mermaid, which pages of GitHub and GitLab draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.text import visible
from cnnstat.commands.draw.style import LIGHT, colours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.draw.picture import Picture
    from cnnstat.commands.draw.placed import Direction

_SAFE = frozenset(" ,.+-_/×·–…→ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")


def mermaid(picture: Picture, direction: Direction) -> str:
    """Return a picture as a flowchart, its boxes as subgraphs."""
    return "\n".join(_lines(picture, direction)) + "\n"


def _lines(picture: Picture, direction: Direction) -> Iterator[str]:
    yield f"flowchart {'TB' if direction == 'down' else 'LR'}"
    innermost = {item: place for place, box in enumerate(picture.boxes) for item in box.items}
    yield from _inside(picture, innermost, None, "  ")
    for arrow in picture.arrows:
        sign = "-.->" if arrow.skip else "-->"
        yield f'  n{arrow.source} {sign}|"{safe(picture.items[arrow.source].shape)}"| n{arrow.target}'
    for family in dict.fromkeys(item.family for item in picture.items):
        fill, border = colours(LIGHT, family)
        yield f"  classDef f_{family} fill:{fill},stroke:{border},color:#1f2328"


def _inside(picture: Picture, innermost: dict[int, int], place: int | None, indent: str) -> Iterator[str]:
    """Yield the items and boxes that stand in a box, or outside of all."""
    for item in (
        picture.items if place is None else map(picture.items.__getitem__, picture.boxes[place].items)
    ):
        if innermost.get(item.number) == place:
            text = "<br>".join(map(safe, (item.title, *item.lines)))
            left, right = (
                ("([", "])") if item.kind == "input" else ("[[", "]]") if item.kind == "block" else "[]"
            )
            yield f'{indent}n{item.number}{left}"{text}"{right}:::f_{item.family}'
    for number, box in enumerate(picture.boxes):
        if box.inside == place:
            yield f'{indent}subgraph b{number} ["{safe(box.title)}"]'
            yield from _inside(picture, innermost, number, f"{indent}  ")
            yield f"{indent}end"


def safe(text: str) -> str:
    """Return a text in which every sign that could mean something to Mermaid or a page is a number.

    Mermaid takes a backslash with an n behind it for the end of a line, also where they were numbers: a
    space without width stands between them.
    """
    parted = visible(text).replace("\\n", "\\\N{ZERO WIDTH SPACE}n")
    return "".join(sign if sign in _SAFE else f"#{ord(sign)};" for sign in parted)
