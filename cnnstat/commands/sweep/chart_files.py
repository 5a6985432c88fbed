"""Charts of a sweep, to files and to a terminal, by what `cnnstat plot` has for its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.errors import ArgumentError
from cnnstat.cli.output import Undone, check_output, complain, put, say, standard_output, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.cli.options import Output
    from cnnstat.sweeps.question.asked import Plot
    from cnnstat.sweeps.selection.chart_data import ChartData
    from cnnstat.sweeps.selection.selection import Selection, Wanted

_WIDTH = 80
"""Columns of a picture where there is no terminal."""


def check_plots(plots: Sequence[Plot], wanted: Wanted, output: Output) -> None:
    """Refuse charts that could not be made, before the work.

    Raises:
        ArgumentError: two figures are lacking, or standard output has something else.
        UsageError: a file cannot be written.
        Undone: a library is missing.
    """
    for plot in plots:
        if plot.kind == "pareto" and len(wanted.pareto) < 2:
            raise ArgumentError('--plot pareto shows two figures; name them: --pareto "params, macs"')
        if plot.file is None and output.form != "table" and output.output is None:
            raise ArgumentError(f"standard output has the points; --plot {plot.kind}=FILE writes the chart")
        if plot.file is not None:
            check_output(plot.file)
        if plot.form in ("svg", "png", "pdf"):
            from cnnstat.commands.draw.libraries import NoLibraryError, converter  # noqa: PLC0415

            try:
                converter()
            except NoLibraryError as error:
                raise Undone(str(error)) from None


def put_plots(plots: Sequence[Plot], chart_data: ChartData, selection: Selection) -> None:
    """Write charts to their files, and show those without one.

    Raises:
        ArgumentError: no network meets the conditions, or nothing about them is a number.
    """
    from cnnstat.commands.plot.characters import characters  # noqa: PLC0415 - most sweeps have no chart
    from cnnstat.commands.plot.files import content  # noqa: PLC0415
    from cnnstat.commands.sweep.charts import chart_of  # noqa: PLC0415

    if not chart_data.count:
        complain("no chart: no network meets the conditions\n", 0)
        return
    for plot in plots:
        chart = chart_of(plot.kind, chart_data, selection)
        if plot.file is None:
            width, encoding = width_of(None) or _WIDTH, standard_output().encoding or "utf-8"
            say(f"\n{characters(chart, width, encoding)}")
        else:
            put(content(chart, plot.form), plot.file)
