"""Analysis -> the charts of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.plot.field_chart import field_chart
from cnnstat.commands.plot.layer_chart import DEFAULT, layer_chart
from cnnstat.commands.plot.memory_chart import memory_chart
from cnnstat.commands.plot.vega_lite import vega_lite
from cnnstat.commands.report.document import ChartEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.commands.plot.chart import Chart
    from cnnstat.commands.report.document import ChartKind


def chart_entries(analysis: Analysis) -> tuple[ChartEntry, ...]:
    """Return a network's charts, each for light and dark pages."""
    return tuple(
        ChartEntry(kind=kind, light=vega_lite(chart, "light"), dark=vega_lite(chart, "dark"))
        for kind, chart in _charts(analysis)
    )


def _charts(analysis: Analysis) -> Iterator[tuple[ChartKind, Chart]]:
    yield "layers", layer_chart([analysis], DEFAULT, None)
    yield "memory", memory_chart([analysis])
    if len(analysis.input_shape) > 1:  # a vector has no places
        yield "rf", field_chart([analysis])
