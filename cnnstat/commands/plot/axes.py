"""From where to where the axes of a panel go, and where along them a value stands."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from cnnstat.commands.plot.ticks import log_ends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.plot.chart import Axis, Panel


def axis_of(panel: Panel, name: str) -> Axis:
    """Return the axis of a panel by its letter."""
    return panel.x if name == "x" else panel.y


def extent(panel: Panel, name: str) -> tuple[float, float]:
    """Return from where to where an axis goes: its values, with 0 where it has that; a log axis has marks."""
    axis = axis_of(panel, name)
    values = [0, *_values(panel, name)] if axis.zero and not axis.log else [*_values(panel, name)]
    if axis.log:
        return log_ends(min(values, default=1), max(values, default=10), axis.unit)
    low, high = min(values, default=0), max(values, default=1)
    return (low, high) if low < high else (low, low + 1)


def _values(panel: Panel, name: str) -> Iterator[float]:
    for each in panel.series:
        for bar in each.bars:
            yield from (bar.start, bar.end) if name == "x" else (bar.bottom, bar.top)
        for point in each.points:
            value = point.x if name == "x" else point.y
            if value is not None:
                yield value
    yield from (rule.value for rule in panel.rules if rule.axis == name)


def part(value: float, low: float, high: float, *, logs: bool) -> float:
    """Return where a value stands along an axis: 0 at its beginning, 1 at its end."""
    return log(value / low) / log(high / low) if logs else (value - low) / (high - low)
