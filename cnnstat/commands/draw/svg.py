"""Placed -> SVG: rectangles, curves and texts under classes, with colours for light and dark pages.

No script, nothing from outside, and every text escaped. A text says how wide it is, so that it keeps to its
box in whatever font it is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.draw.elements import coordinate, rect_element, text_element, text_of
from cnnstat.commands.draw.page import page
from cnnstat.commands.draw.placed import LINE, PADDING, SHAPE, STEP, TITLE
from cnnstat.commands.draw.style import DARK, FOLDED, LIGHT, family_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.commands.draw.picture import Mark
    from cnnstat.commands.draw.placed import Placed, PlacedArrow, PlacedBox, PlacedItem

_BASE = 0.78
"""How far the base line of a text is below its top, in its size."""


def svg(placed: Placed) -> str:
    """Return a picture as SVG."""
    families = list(dict.fromkeys(each.item.family for each in placed.items))
    found = (*(each.item.mark for each in placed.items), *(each.arrow.mark for each in placed.arrows))
    marks = [mark for mark in dict.fromkeys(found) if mark]
    legend = [(f"f-{family}", family) for family in families if family not in ("input", FOLDED)]
    if FOLDED in families:
        legend.append((f"block f-{FOLDED}", "folded block"))
    drawing = (
        *map(_box, placed.boxes),
        *map(_arrow, placed.arrows),
        *map(_box_title, placed.boxes),
        *(line for each in placed.items for line in _item(each, placed)),
    )
    return page(
        (placed.title, placed.subtitle),
        _style(families, marks),
        (placed.width, placed.height),
        drawing,
        [*legend, *((mark, mark) for mark in marks)],
    )


def _style(families: Sequence[str], marks: Sequence[Mark]) -> str:
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
        yield rect_element(rect.x + 3, rect.y + 3, rect.width, rect.height, "behind", corner)
    yield rect_element(rect.x, rect.y, rect.width, rect.height, "", corner)
    y = rect.y + PADDING / 2 + TITLE * _BASE + 1.5
    yield text_element(item.title, rect.middle, y, TITLE, "name", "middle")
    for number, line in enumerate(item.lines, 1):
        yield text_element(line, rect.middle, y + number * STEP, LINE, "more", "middle")
    if item.output:
        yield _stub(each, placed)
    yield text_element(item.shape, *each.shape, SHAPE, "shape")
    yield "</g>"


def _stub(each: PlacedItem, placed: Placed) -> str:
    """Return the arrow out of the network."""
    x, y = map(coordinate, each.end)
    if placed.direction == "down":
        line = f"M{x},{coordinate(each.rect.bottom)}V{y}"
    else:
        line = f"M{coordinate(each.rect.right)},{y}H{x}"
    return f'<path class="way" marker-end="url(#tip)" d="{line}"/>'


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
