"""Maps as boxes -> SVG in greys, which is printed as it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.draw.elements import coordinate, text_element, text_of
from cnnstat.commands.draw.page import page
from cnnstat.commands.draw.placed import LINE, SHAPE, STEP, TITLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.commands.draw.paper import Paper, Volume, Way
    from cnnstat.commands.draw.placed import Rect

_GREYS = {"input": 100, "conv": 94, "linear": 86, "block": 78, "pool": 66, "resize": 74, "merge": 56}
_OTHER = 90
_SCALE = "height and depth of boxes to scale, width by the square root of the channels"


def paper_svg(paper: Paper) -> str:
    """Return maps as SVG."""
    families = list(dict.fromkeys(volume.items[0].family for volume in paper.volumes))
    lines = max(len(volume.texts) for volume in paper.volumes)
    drawing = (
        *(line for volume in paper.volumes for line in _volume(volume, paper)),
        *(_way(way, paper) for way in paper.ways),
    )
    return page(
        (paper.title, f"{paper.subtitle}; {_SCALE}"),
        _rules(families),
        (paper.width, paper.base + lines * STEP + 8),
        drawing,
        [(f"f-{family}", family) for family in families],
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
        hover = f"<title>{text_of(item.hover)}</title>"
        yield f'<g class="f-{item.family}">{hover}{_faces(front, volume.depth)}</g>'
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
