"""Networks of a sweep -> Chart: distributions, a front, parameters against figures."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cnnstat.base.errors import ArgumentError
from cnnstat.commands.plot.chart import OTHER, Axis, Chart, Panel, Point, Series, label
from cnnstat.sweeps.cells import nearest
from cnnstat.sweeps.networks.columns import param_key
from cnnstat.sweeps.networks.figures import SWEPT
from cnnstat.sweeps.selection.chart_data import SOME
from cnnstat.sweeps.selection.conditions import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cnnstat.commands.plot.chart import Unit
    from cnnstat.sweeps.networks.evaluator import Row
    from cnnstat.sweeps.selection.chart_data import ChartData
    from cnnstat.sweeps.selection.conditions import Number
    from cnnstat.sweeps.selection.selection import Selection

_STEPS = 400
"""Steps of a distribution that are drawn, of any number."""

_PANELS = 12

_DECADES = 100
"""From this many times the smallest value on, an axis is logarithmic."""


def chart_of(kind: str, chart_data: ChartData, selection: Selection) -> Chart:
    """Return a chart of the networks that meet the conditions.

    Raises:
        ArgumentError: there is nothing that such a chart could show.
    """
    if not chart_data.count:
        raise ArgumentError(f"--plot {kind}: no network meets the conditions")
    return _CHARTS[kind](chart_data, selection)


def _edf(chart_data: ChartData, selection: Selection) -> Chart:
    panels = []
    for key, values in chart_data.values.items():
        if values:
            share = Axis("networks with at most so much", "share")
            steps = tuple(_steps(sorted(values)))
            panels.append(Panel(_axis(key, values), share, (Series(SWEPT[key].title, "step", steps),)))
    if not panels:
        raise ArgumentError("--plot edf: no figure that is shown is a number")
    return Chart("Empirical distribution", _said(chart_data), tuple(panels[:_PANELS]))


def _steps(values: Sequence[float]) -> Iterator[Point]:
    """Yield the distribution: at each value, the part that is not more; of very many, some are left out."""
    count = len(values)
    yield Point(values[0], 0)
    last = -1.0
    for place, (value, following) in enumerate(pairwise((*values, float("inf"))), 1):
        if value != following and (place / count - last >= 1 / _STEPS or place == count):
            last = place / count
            yield Point(value, last)


def _pareto(chart_data: ChartData, selection: Selection) -> Chart:
    orders = selection.wanted.pareto[:2]
    if len(orders) < 2:
        raise ArgumentError(
            '--plot pareto shows two figures against each other; name them: --pareto "params, macs"'
        )
    across, along = (order.key for order in orders)
    front = tuple(_points(selection.front(), across, along, chart_data))
    some = tuple(_points(chart_data.some(), across, along, chart_data))
    series = (Series("networks", "points", some, hue=OTHER), Series("Pareto front", "rings", front))
    title = f"{SWEPT[along].title} by {SWEPT[across].title}"
    are = "is" if len(front) == 1 else "are"
    said = (*_said(chart_data), f"{len(front):,} of them {are} on the front of {_words(selection)}")
    panel = Panel(_axis(across, (point.x for point in some)), _axis(along, _heights(some)), series)
    return Chart(title[:1].upper() + title[1:], said, (panel,))


def _words(selection: Selection) -> str:
    return ", ".join(
        f"{'less' if each.less else 'more'} {SWEPT[each.key].title}" for each in selection.wanted.pareto
    )


def _params(chart_data: ChartData, selection: Selection) -> Chart:
    columns, some = chart_data.columns, chart_data.some()
    numeric = [
        name for name in columns.params if _are_numbers(columns.cell(row, param_key(name)) for row in some)
    ]
    others = ", ".join(label(name) for name in columns.params if name not in numeric)
    pairs = [(name, key) for key in columns.shown if SWEPT[key].kind != "text" for name in numeric]
    if not pairs:
        raise ArgumentError("--plot params: no parameter that varies has numbers alone")
    panels = []
    for name, key in pairs[:_PANELS]:
        points = tuple(_points(some, param_key(name), key, chart_data))
        across = Axis(label(name), "number", zero=False, log=_spans(point.x for point in points))
        series = Series(SWEPT[key].title, "points", points)
        panels.append(Panel(across, _axis(key, _heights(points)), (series,)))
    left = len(pairs) - len(panels)
    more = (f"{left} more pairs are not shown; --columns chooses figures",) if left > 0 else ()
    words = (f"not all numbers, and not drawn: {others}",) if others else ()
    return Chart("Figures by parameters", (*_said(chart_data), *words, *more), tuple(panels))


def _are_numbers(cells: Iterable[Any]) -> bool:
    """Say whether there is a number, and nothing else: on an axis, words would be left out, and true be 1."""
    found = [cell for cell in cells if cell is not None]
    numbers = (not isinstance(cell, bool) and number(cell, least=True) is not None for cell in found)
    return bool(found) and all(numbers)


def _points(rows: Sequence[Row], across: str, along: str, chart_data: ChartData) -> Iterator[Point]:
    columns = chart_data.columns
    for row in rows:
        x, y = (_drawn(number(columns.cell(row, key), least=False)) for key in (across, along))
        if x is not None and y is not None:
            yield Point(x, y, label(f"{columns.networks[row.network]}, point {row.number}"))


def _drawn(value: Number | None) -> float | None:
    """Return a number that can be drawn: an integer as it is, a fraction as the nearest decimal."""
    near = None if value is None else nearest(value)
    return value if isinstance(value, int) and near is not None else near


def _said(chart_data: ChartData) -> tuple[str, ...]:
    networks = ", ".join(map(label, chart_data.columns.networks[:3]))
    some = f", {SOME:,} of them shown" if chart_data.count > SOME else ""
    return (f"{networks}: {chart_data.count:,} networks{some}",)


def _heights(points: Iterable[Point]) -> Iterator[float]:
    return (point.y for point in points if point.y is not None)


def _axis(key: str, values: Iterable[float]) -> Axis:
    return Axis(SWEPT[key].title, _UNITS.get(SWEPT[key].kind, "places"), zero=False, log=_spans(values))


def _spans(values: Iterable[float]) -> bool:
    """Say whether values span decades, so that only logarithms show all of them."""
    found = [*values]
    low = min(found, default=0)
    return low > 0 and max(found) >= _DECADES * low


_UNITS: dict[str, Unit] = {"count": "count", "bytes": "bytes", "seconds": "seconds", "ratio": "number"}
_CHARTS: dict[str, Callable[[ChartData, Selection], Chart]] = {
    "edf": _edf,
    "pareto": _pareto,
    "params": _params,
}
