"""Analyses -> Chart: the figures of each layer, or, of several networks, their sums up to each layer."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from cnnstat.analysis import LayerRow
from cnnstat.analysis.outline import folded
from cnnstat.base.figures import FIGURES
from cnnstat.commands.draw.wording import family_of
from cnnstat.commands.plot.chart import Axis, Bar, Chart, Panel, Point, Series, label
from cnnstat.commands.plot.heading import bundles, heading, layer_axis, names_of, shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis, Row

DEFAULT = ("macs", "params")
"""The figures without a choice."""

_HALF = 0.42


def layer_chart(
    analyses: Sequence[Analysis], figures: Sequence[str] = DEFAULT, depth: int | None = None
) -> Chart:
    """Return a panel for each of these figures; blocks below a depth are folded."""
    what = " and ".join(FIGURES[key].label for key in figures)
    if len(analyses) == 1:
        rows = folded(analyses[0], depth)
        panels = tuple(_bars(rows, key, last=key == figures[-1]) for key in figures)
        title = f"{label(analyses[0].name)}: {what} of each {'layer or block' if depth else 'layer'}"
        return Chart(title, (*_totals(analyses[0], figures), *shared(len(rows), "the sum")), panels)
    return Chart(
        f"{what} up to each {'layer or block' if depth else 'layer'}",
        tuple(line for analysis in analyses for line in _totals(analysis, figures)),
        tuple(_sums(analyses, key, depth, last=key == figures[-1]) for key in figures),
    )


def _totals(analysis: Analysis, figures: Sequence[str]) -> Iterator[str]:
    totals = (f"{getattr(analysis.totals.counts, key):,} {FIGURES[key].label}" for key in figures)
    yield f"{heading(analysis)}: {', '.join(totals)}"


def _bars(rows: Sequence[Row], key: str, *, last: bool) -> Panel:
    """Return the figures of one network as bars, coloured by the family of the layer."""
    bars: dict[str, list[Bar]] = {}
    for bundle in bundles(len(rows)):
        sums: dict[str, int] = {}
        for row in (rows[number] for number in bundle):
            if row.known:
                family = family_of(row) if isinstance(row, LayerRow) else "block"
                sums[family] = sums.get(family, 0) + getattr(row.counts, key)
        start, end, bottom = bundle[0] + 1 - _HALF, bundle[-1] + 1 + _HALF, 0
        for family, value in sums.items():
            if value:
                name = label(rows[bundle[0]].name)
                bars.setdefault(family, []).append(Bar(start, end, bottom, bottom + value, name))
                bottom += value
    across = layer_axis([row.name for row in rows], marked=last)
    series = tuple(Series(family, "bars", bars=tuple(each), hue=family) for family, each in bars.items())
    return Panel(across, Axis(FIGURES[key].label), series or (Series("layers", "bars"),))


def _sums(analyses: Sequence[Analysis], key: str, depth: int | None, *, last: bool) -> Panel:
    """Return the sums of several networks as lines."""
    series = []
    for name, analysis in zip(names_of(analyses), analyses, strict=True):
        rows = folded(analysis, depth)
        sums = list(accumulate((getattr(row.counts, key) if row.known else 0 for row in rows), initial=0))
        points = [Point(0, 0)] + [
            Point(bundle[-1] + 1, sums[bundle[-1] + 1], label(rows[bundle[-1]].name))
            for bundle in bundles(len(rows))
        ]
        series.append(Series(name, "step", tuple(points)))
    across = Axis("layer", "places", marked=last)
    return Panel(across, Axis(f"{FIGURES[key].label} so far"), tuple(series))
