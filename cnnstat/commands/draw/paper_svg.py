"""Maps as boxes -> SVG in greys, which is printed as it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.draw.elements import coordinate, rect_element, text_element, text_of
from cnnstat.commands.draw.placed import LINE, SHAPE, STEP, TITLE
from cnnstat.commands.draw.text_width import FONT, text_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.commands.draw.paper import Paper, Volume, Way
    from cnnstat.commands.draw.placed import Rect

_MARGIN = 16.0
_HEAD = 44.0
_GREYS = {"input": 100, "conv": 94, "linear": 86, "block": 78, "pool": 66, "resize": 74, "merge": 56}
_OTHER = 90
_SCALE = "height and depth of boxes to scale, width by the square root of the channels"


def paper_svg(paper: Paper) -> str:
    """Return maps as SVG."""
    subtitle = f"{paper.subtitle}; {_SCALE}"
    families = list(dict.fromkeys(volume.items[0].family for volume in paper.volumes))
    legend = list(_legend(families))
    lines = max(len(volume.texts) for volume in paper.volumes)
    heads = (text_width(paper.title, 16, bold=True), text_width(subtitle, LINE))
    width = max(paper.width, *heads, *(right for right, _ in legend)) + 2 * _MARGIN
    height = paper.base + lines * STEP + 2 * _MARGIN + _HEAD + 36
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{coordinate(width)}" height="{coordinate(height)}"'
            f' viewBox="0 0 {coordinate(width)} {coordinate(height)}" role="img" font-family="{FONT}">',
            f"<title>{text_of(paper.title)}</title>",
            f"<style>{_rules(families)}</style>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="6" markerHeight="6"'
            ' orient="auto"><path class="tip" d="M0,0.8L8,4L0,7.2Z"/></marker></defs>',
            f'<rect class="page" width="{coordinate(width)}" height="{coordinate(height)}"/>',
            text_element(paper.title, _MARGIN, _MARGIN + 14, 16, "name"),
            text_element(subtitle, _MARGIN, _MARGIN + 31, LINE, "more"),
            f'<g transform="translate({coordinate(_MARGIN)} {coordinate(_MARGIN + _HEAD)})">',
            *(line for volume in paper.volumes for line in _volume(volume, paper)),
            *(_way(way, paper) for way in paper.ways),
            "</g>",
            f'<g transform="translate({coordinate(_MARGIN)} {coordinate(height - _MARGIN - 12)})">',
            *(line for _, line in legend),
            "</g>",
            "</svg>",
            "",
        ]
    )


def _rules(families: Sequence[str]) -> str:
    greys = {family: round(2.55 * _GREYS.get(family, _OTHER)) for family in families}
    rules = [
        ".page{fill:#fff}.name{fill:#000;font-weight:bold}.more,.shape{fill:#222}.tip{fill:#000}",
        ".way{fill:none;stroke:#000;stroke-width:1}.skip{stroke-dasharray:5 3}",
        "polygon,.item>rect{stroke:#000;stroke-width:0.8;stroke-linejoin:round}",
        *(
            f".f-{family}{{fill:{_grey(level)}}}.f-{family} .top{{fill:{_grey(level, 0.92)}}}"
            f".f-{family} .side{{fill:{_grey(level, 0.8)}}}"
            for family, level in greys.items()
        ),
    ]
    return "".join(rules)


def _grey(level: int, share: float = 1.0) -> str:
    return f"#{round(level * share):02x}" + f"{round(level * share):02x}" * 2


def _volume(volume: Volume, paper: Paper) -> Iterator[str]:
    for item, front in zip(volume.items, volume.fronts, strict=True):
        yield f'<g class="f-{item.family}"><title>{text_of(item.hover)}</title>{_faces(front, volume.depth)}</g>'
    y = paper.base + 18
    for place, text in enumerate(volume.texts):
        last = place == len(volume.texts) - 1
        size, style = (TITLE, "name") if not place else (SHAPE, "shape") if last else (LINE, "more")
        yield text_element(text, volume.middle, y + place * STEP, size, style, "middle")


def _faces(front: Rect, depth: float) -> str:
    """Return the front, the top and the right side of a box."""
    x, y, right, bottom = front.x, front.y, front.right, front.bottom
    top = ((x, y), (x + depth, y - depth), (right + depth, y - depth), (right, y))
    side = ((right, y), (right + depth, y - depth), (right + depth, bottom - depth), (right, bottom))
    face = ((x, y), (right, y), (right, bottom), (x, bottom))
    return _polygon(top, "top") + _polygon(side, "side") + _polygon(face, "front")


def _polygon(points: Sequence[tuple[float, float]], style: str) -> str:
    text = " ".join(f"{coordinate(x)},{coordinate(y)}" for x, y in points)
    return f'<polygon class="{style}" points="{text}"/>'


def _way(way: Way, paper: Paper) -> str:
    source, target = paper.volumes[way.source], paper.volumes[way.target]
    if not way.level:
        y = coordinate(paper.axis)
        return (
            f'<path class="way" marker-end="url(#tip)" d="M{coordinate(source.right - source.depth / 2)},{y}'
            f'H{coordinate(target.left - 1)}"/>'
        )
    start, end, height = (coordinate(each) for each in (_above(source), _above(target), way.height))
    return (
        f'<path class="way skip" marker-end="url(#tip)" d="M{start},{coordinate(source.top)}V{height}H{end}'
        f'V{coordinate(target.top - 1)}"/>'
    )


def _above(volume: Volume) -> float:
    """Return where ways over the boxes leave and enter."""
    return volume.fronts[-1].middle + volume.depth


def _legend(families: Sequence[str]) -> Iterator[tuple[float, str]]:
    x = 0.0
    for family in families:
        width = text_width(family, SHAPE)
        swatch = rect_element(x, 0, 11, 11, "", 0)
        text = text_element(family, x + 16, 9, SHAPE, "more")
        yield x + 16 + width, f'<g class="item f-{family}">{swatch}{text}</g>'
        x += width + 32
