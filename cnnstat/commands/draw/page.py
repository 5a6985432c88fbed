"""A picture as a whole SVG: title, drawing and legend on a page of their size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.draw.elements import coordinate, rect_element, text_element, text_of
from cnnstat.commands.draw.placed import LINE, SHAPE
from cnnstat.commands.draw.text_width import FONT, text_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_MARGIN = 16.0
_HEAD = 44.0
_FOOT = 28.0
_TITLE = 16.0
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="6" markerHeight="6"'
    ' orient="auto"><path class="tip" d="M0,0.8L8,4L0,7.2Z"/></marker></defs>'
)


def page(
    heads: tuple[str, str],
    rules: str,
    size: tuple[float, float],
    drawing: Iterable[str],
    legend: Sequence[tuple[str, str]],
) -> str:
    """Return an SVG: two lines on top, a drawing of a size, and a legend of classes and what they are for."""
    title, subtitle = heads
    swatches = list(_legend(legend))
    lines = (text_width(title, _TITLE, bold=True), text_width(subtitle, LINE))
    across = max(size[0], *lines, *(right for right, _ in swatches))
    width, height = (
        coordinate(each) for each in (across + 2 * _MARGIN, size[1] + 2 * _MARGIN + _HEAD + _FOOT)
    )
    left, top = _MARGIN + (across - size[0]) / 2, _MARGIN + _HEAD
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" role="img" font-family="{FONT}">',
            f"<title>{text_of(title)}</title>",
            f"<style>{rules}</style>",
            _TIP,
            f'<rect class="page" width="{width}" height="{height}"/>',
            text_element(title, _MARGIN, _MARGIN + 14, _TITLE, "name"),
            text_element(subtitle, _MARGIN, _MARGIN + 31, LINE, "more"),
            _moved(left, top),
            *drawing,
            "</g>",
            _moved(_MARGIN, top + size[1] + _FOOT - 12),
            *(line for _, line in swatches),
            "</g>",
            "</svg>",
            "",
        )
    )


def _moved(x: float, y: float) -> str:
    return f'<g transform="translate({coordinate(x)} {coordinate(y)})">'


def _legend(legend: Sequence[tuple[str, str]]) -> Iterator[tuple[float, str]]:
    """Yield the colours and what they are for, each with its right edge."""
    x = 0.0
    for style, name in legend:
        right = x + 16 + text_width(name, SHAPE)
        behind = rect_element(x + 2, 2, 11, 11, "behind", 2) if style.startswith("block ") else ""
        swatch = behind + rect_element(x, 0, 11, 11, "", 2)
        yield right, f'<g class="item {style}">{swatch}{text_element(name, x + 16, 9, SHAPE, "more")}</g>'
        x = right + 16
