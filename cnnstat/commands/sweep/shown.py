"""What `sweep` and `query` end with: the points that are wanted, or what became of them, and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.cli.output import complain, show
from cnnstat.commands.sweep.plots import put_plots
from cnnstat.commands.sweep.report import in_a_line, report
from cnnstat.commands.sweep.streams import STREAMS

if TYPE_CHECKING:
    from cnnstat.cli.options import Output
    from cnnstat.commands.sweep.collected import Collected
    from cnnstat.commands.sweep.document import SweepDocument
    from cnnstat.commands.sweep.options import Asked
    from cnnstat.commands.sweep.selection import Selection
    from cnnstat.commands.sweep.table import Columns


def show_points(
    found: SweepDocument,
    columns: Columns,
    asked: Asked,
    output: Output,
    selection: Selection,
    collected: Collected | None,
) -> None:
    """Show a document, of points that went into a stream a line about them, and charts of what is collected.

    Raises:
        ArgumentError: there is nothing that a chart could show.
        Undone: something cannot be written.
    """
    if output.form in STREAMS:
        complain(in_a_line(found) + "\n", 0)
    else:
        show(found, lambda: report(found, columns), output)
    if collected is not None:
        put_plots(asked.plots, collected, selection)
