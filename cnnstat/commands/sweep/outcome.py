"""What becomes of the rows of `sweep` and `query`: a table or another document, a stream, and charts."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from cnnstat.cli.output import complain, show, standard_output
from cnnstat.commands.sweep.chart_files import put_plots
from cnnstat.sweeps.output.report import in_a_line, report
from cnnstat.sweeps.output.streams import STREAMS, opened
from cnnstat.sweeps.selection.chart_data import ChartData
from cnnstat.sweeps.selection.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.cli.options import Output
    from cnnstat.sweeps.networks.columns import Columns
    from cnnstat.sweeps.networks.evaluator import Row
    from cnnstat.sweeps.output.document import SweepDocument
    from cnnstat.sweeps.output.streams import Stream
    from cnnstat.sweeps.question.asked import Asked
    from cnnstat.sweeps.selection.selection import Wanted


class Outcome:
    """Takes rows in order: those that are wanted go into the stream at once, or are shown in the end."""

    def __init__(
        self, columns: Columns, wanted: Wanted, asked: Asked, output: Output, stream: Stream | None
    ) -> None:
        self._columns, self._asked, self._output, self._stream = columns, asked, output, stream
        self._chart_data = ChartData(columns) if asked.plots else None
        self.selection = Selection(wanted, columns, self._chart_data, handed_on=stream is not None)

    @property
    def on_terminal(self) -> bool:
        """Say whether rows appear on a terminal as they come, where a bar would be in their way."""
        return self._stream is not None and self._output.output is None and standard_output().isatty()

    def take(self, rows: Iterable[Row], matches: int | None = None) -> None:
        """Take the next rows, until so many ``matches`` are found."""
        handed_on = self.selection.take(rows, matches)
        if self._stream is not None:
            self._stream.write(handed_on)

    def show(self, found: SweepDocument) -> None:
        """Show a document, of points that went into a stream a line about them, and charts.

        Raises:
            ArgumentError: there is nothing that a chart could show.
            Undone: something cannot be written.
        """
        if self._stream is None:
            show(found, lambda: report(found, self._columns), self._output)
        else:
            complain(in_a_line(found) + "\n", 0)
        if self._chart_data is not None:
            put_plots(self._asked.plots, self._chart_data, self.selection)


@contextmanager
def outcome_of(columns: Columns, wanted: Wanted, asked: Asked, output: Output) -> Iterator[Outcome]:
    """Give what takes rows; the stream of a format that is one is whole when this ends.

    Raises:
        UsageError: the format is for files.
        Undone: the file takes nothing more.
    """
    with ExitStack() as stack:
        streamed = output.form in STREAMS
        stream = stack.enter_context(opened(output.form, output.output, columns)) if streamed else None
        outcome = Outcome(columns, wanted, asked, output, stream)
        yield outcome
        if stream is not None and not outcome.selection.flows:
            stream.write([*outcome.selection.rows()])
