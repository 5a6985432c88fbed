"""`cnnstat query`: what a sweep has stored."""

from __future__ import annotations

import gc
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from cnnstat.base.errors import ArgumentError
from cnnstat.cli import completion
from cnnstat.cli.files import FILE
from cnnstat.cli.options import output_options
from cnnstat.cli.output import Undone, standard_output
from cnnstat.cli.progress import progress
from cnnstat.commands.query.selected import selected
from cnnstat.commands.sweep.chart_files import check_plots
from cnnstat.commands.sweep.shown import show_points
from cnnstat.report.render import FORMATS
from cnnstat.sweeps.networks.columns import Columns, following
from cnnstat.sweeps.output.document import document
from cnnstat.sweeps.output.streams import STREAMS, opened
from cnnstat.sweeps.question.options import SHOWN, figures_for, selection_options
from cnnstat.sweeps.selection.chart_data import ChartData
from cnnstat.sweeps.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.cli.options import Output
    from cnnstat.sweeps.question.options import Asked

MANY = 20_000
"""Networks whose reading takes so long that a bar says how far it is."""


@click.command()
@click.argument("file", type=FILE, shell_complete=completion.files)
@click.argument("condition", required=False)
@selection_options("all that are stored")
@output_options((*FORMATS, *(form for form in STREAMS if form not in FORMATS)))
def query(file: Path, condition: str | None, asked: Asked, output: Output) -> None:
    """The networks that a sweep has stored in FILE, those that meet CONDITION.

    A condition is one of --where: "macs between 360M and 440M and params <= 6M".
    """
    gc.enable()  # what runs for minutes has something to collect
    if not file.exists():
        raise Undone(f"there is no file {file}")
    if condition is not None:
        asked = replace(asked, where=(_without_where(condition), *asked.where))
    streamed = output.form in STREAMS
    with ExitStack() as stack:
        store = stack.enter_context(closing(Store(file)))
        about = store.about
        params, figures = tuple(about["params"]), tuple(about["figures"])
        shown = asked.columns or figures
        wanted = asked.wanted(params, top=None if streamed else SHOWN)
        for key in figures_for(wanted, shown, params):
            if key not in figures:
                raise ArgumentError(f"the store has no figure '{key}'; it has {', '.join(figures)}")
        networks, left_out_first = tuple(about["networks"]), following(about["space"])
        columns = Columns(networks, params, figures, shown, about["params"], left_out_first)
        stream = stack.enter_context(opened(output.form, output.output, columns)) if streamed else None
        check_plots(asked.plots, wanted, output)
        chart_data = ChartData(columns) if asked.plots else None
        on_terminal = streamed and output.output is None and standard_output().isatty()
        accepted = store.count("refused IS NULL")
        bar = progress("reading", accepted, long=not on_terminal and accepted > MANY, unit="networks")
        advance = stack.enter_context(bar)
        selection = selected(store, columns, wanted, asked.of_params, stream, chart_data, advance)
        machine = store.machine
    asked_for = {"space": about["space"], "seed": about["plan"]["seed"], "asked": None}
    found = document("query", selection, columns, asked_for, machine)
    show_points(found, columns, asked, output, selection, chart_data)


def _without_where(text: str) -> str:
    """Return a condition without the word that one may begin with."""
    first, _, rest = text.strip().partition(" ")
    return rest if first.lower() == "where" else text
