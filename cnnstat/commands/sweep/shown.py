"""What `sweep` and `query` end with: the points that are wanted, or what became of them, and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.cli.output import complain, show
from cnnstat.commands.sweep.chart_files import put_plots
from cnnstat.sweeps.output.report import in_a_line, report
from cnnstat.sweeps.output.streams import STREAMS

if TYPE_CHECKING:
    from cnnstat.cli.options import Output
    from cnnstat.sweeps.networks.columns import Columns
    from cnnstat.sweeps.output.document import SweepDocument
    from cnnstat.sweeps.question.options import Asked
    from cnnstat.sweeps.selection.chart_data import ChartData
    from cnnstat.sweeps.selection.selection import Selection


def show_points(
    found: SweepDocument,
    columns: Columns,
    asked: Asked,
    output: Output,
    selection: Selection,
    chart_data: ChartData | None,
) -> None:
    """Show a document, of points that went into a stream a line about them, and charts.

    Raises:
        ArgumentError: there is nothing that a chart could show.
        Undone: something cannot be written.
    """
    if output.form in STREAMS:
        complain(in_a_line(found) + "\n", 0)
    else:
        show(found, lambda: report(found, columns), output)
    if chart_data is not None:
        put_plots(asked.plots, chart_data, selection)
