"""Placed -> SVG: rectangles, curves and texts under classes, with colours for light and dark pages.

No script, nothing from outside, and every text escaped. A text says how wide it is, so that it keeps to its
box in whatever font it is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.draw.elements import coordinate, rect_element, text_element, text_of
from cnnstat.commands.draw.placed import LINE, PADDING, SHAPE, STEP, TITLE
from cnnstat.commands.draw.style import DARK, LIGHT, family_rules
from cnnstat.commands.draw.text_width import FONT, text_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.commands.draw.picture import Mark
    from cnnstat.commands.draw.placed import Placed, PlacedArrow, PlacedBox, PlacedItem

MARGIN = 16.0
_HEAD = 44.0
_BASE = 0.78
"""How far the base line of a text is below its top, in its size."""


def svg(placed: Placed) -> str:
    """Return a picture as SVG."""
    families = dict.fromkeys(each.item.family for each in placed.items)
    head = max(text_width(placed.title, 16, bold=True), text_width(placed.subtitle, LINE))
    marks = dict.fromkeys(each.item.mark for each in placed.items if each.item.mark)
    marks |= dict.fromkeys(each.arrow.mark for each in placed.arrows if each.arrow.mark)
    legend = list(_legend([family for family in families if family not in ("input", "block")], marks))
    across = max(placed.width, head, *(right for right, _ in legend), 0)
    width, height = across + 2 * MARGIN, placed.height + 2 * MARGIN + _HEAD + (28 if legend else 0)
    shift = (across - placed.width) / 2
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{coordinate(width)}" height="{coordinate(height)}"'
        f' viewBox="0 0 {coordinate(width)} {coordinate(height)}" role="img" font-family="{FONT}">',
        f"<title>{text_of(placed.title)}</title>",
        f"<style>{_style([*families], [*marks])}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="6" markerHeight="6"'
        ' orient="auto"><path class="tip" d="M0,0.8L8,4L0,7.2Z"/></marker></defs>',
        f'<rect class="page" width="{coordinate(width)}" height="{coordinate(height)}"/>',
        text_element(placed.title, MARGIN, MARGIN + 14, 16, "name"),
        text_element(placed.subtitle, MARGIN, MARGIN + 31, LINE, "more"),
        f'<g transform="translate({coordinate(MARGIN + shift)} {coordinate(MARGIN + _HEAD)})">',
        *map(_box, placed.boxes),
        *map(_arrow, placed.arrows),
        *map(_box_title, placed.boxes),
        *(line for each in placed.items for line in _item(each, placed)),
        "</g>",
        f'<g transform="translate({coordinate(MARGIN)} {coordinate(height - MARGIN - 12)})">',
        *(line for _, line in legend),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _style(families: list[str], marks: list[str]) -> str:
    light, dark = (family_rules(scheme, families, marks) for scheme in (LIGHT, DARK))
    return f"{light}@media (prefers-color-scheme: dark){{{dark}}}"


def _item(each: PlacedItem, placed: Placed) -> Iterator[str]:
    item, rect = each.item, each.rect
    classes = " ".join(
        filter(None, ("item", item.kind, f"f-{item.family}", item.mark, "out" if item.output else ""))
    )
    corner = 12 if item.kind == "input" else 3
    yield f'<g class="{classes}"><title>{text_of(item.hover)}</title>'
    if item.kind == "block":
        yield rect_element(rect.x + 3, rect.y + 3, rect.width, rect.height, "", corner)
    yield rect_element(rect.x, rect.y, rect.width, rect.height, "", corner)
    y = rect.y + PADDING / 2 + TITLE * _BASE + 1.5
    yield text_element(item.title, rect.middle, y, TITLE, "name", "middle")
    for number, line in enumerate(item.lines, 1):
        yield text_element(line, rect.middle, y + number * STEP, LINE, "more", "middle")
    if item.output:
        yield _stub(each, placed)
    if placed.direction == "down":
        yield text_element(item.shape, rect.middle + 5, rect.bottom + 13, SHAPE, "shape")
    else:
        yield text_element(item.shape, rect.right + 8, rect.y + rect.height / 2 - 4, SHAPE, "shape")
    yield "</g>"


def _stub(each: PlacedItem, placed: Placed) -> str:
    """Return the arrow out of the network."""
    x, y = each.end
    if placed.direction == "down":
        return f'<path class="way" marker-end="url(#tip)" d="M{coordinate(x)},{coordinate(each.rect.bottom)}V{coordinate(y)}"/>'
    return f'<path class="way" marker-end="url(#tip)" d="M{coordinate(each.rect.right)},{coordinate(y)}H{coordinate(x)}"/>'


def _box(each: PlacedBox) -> str:
    rect, box = each.rect, each.box
    style = "box stands" if box.stands else "box"
    return (
        f'<g class="{style}"><title>{text_of(box.hover)}</title>'
        + rect_element(rect.x, rect.y, rect.width, rect.height, "", 6)
        + "</g>"
    )


def _box_title(each: PlacedBox) -> str:
    """Return the title of a box, over the arrows that lead in."""
    return text_element(each.box.title, each.rect.x + 8, each.rect.y + 14, LINE, "name halo")


def _arrow(each: PlacedArrow) -> str:
    (x, y), *points = each.points
    curve = " ".join(f"{coordinate(a)},{coordinate(b)}" for a, b in points)
    style = " ".join(filter(None, ("way", "skip" if each.arrow.skip else "", each.arrow.mark)))
    start = f"M{coordinate(each.start[0])},{coordinate(each.start[1])}L{coordinate(x)},{coordinate(y)}"
    return f'<path class="{style}" marker-end="url(#tip)" d="{start}C{curve}"/>'


def _legend(families: list[str], marks: Iterable[Mark]) -> Iterator[tuple[float, str]]:
    """Yield the colours and what they are for, each with its right edge."""
    x = 0.0
    for style, name in (*((f"f-{family}", family) for family in families), *((mark, mark) for mark in marks)):
        width = text_width(name, SHAPE)
        swatch = rect_element(x, 0, 11, 11, "", 2)
        yield (
            x + 16 + width,
            f'<g class="item {style}">{swatch}{text_element(name, x + 16, 9, SHAPE, "more")}</g>',
        )
        x += width + 32
