"""`cnnstat query`: what a sweep has stored."""

from __future__ import annotations

import gc
from contextlib import closing
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from cnnstat.base.errors import ArgumentError
from cnnstat.cli import completion
from cnnstat.cli.files import FILE
from cnnstat.cli.options import output_options
from cnnstat.cli.output import Undone
from cnnstat.cli.progress import progress
from cnnstat.commands.query.stored_rows import StoredRows
from cnnstat.commands.sweep.chart_files import check_plots
from cnnstat.commands.sweep.outcome import outcome_of
from cnnstat.report.render import FORMATS
from cnnstat.sweeps.networks.columns import Columns, following
from cnnstat.sweeps.networks.figures import without_bounds
from cnnstat.sweeps.output.document import document
from cnnstat.sweeps.output.streams import STREAMS
from cnnstat.sweeps.question.asked import SHOWN, figures_for
from cnnstat.sweeps.question.options import selection_options
from cnnstat.sweeps.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.cli.options import Output
    from cnnstat.sweeps.question.asked import Asked
    from cnnstat.sweeps.selection.selection import Wanted

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
    with closing(Store(file)) as store:
        columns = _columns(store, asked)
        wanted = asked.wanted(columns.params, top=None if streamed else SHOWN)
        _check_figures(wanted, columns)
        check_plots(asked.plots, wanted, output)
        needs_all = streamed or bool(asked.plots)
        stored = StoredRows(store, columns, wanted, asked.of_params, sorted_here=needs_all)
        accepted = store.count("refused IS NULL")
        with outcome_of(columns, wanted, asked, output) as outcome:
            long = accepted > MANY and not outcome.on_terminal
            with progress("reading", accepted, long=long, unit="networks") as advance:
                for rows in stored:
                    outcome.take(filter(stored.meets_params, rows))
                    advance(len(rows))
            stored.complete(outcome.selection)
        about = {"space": store.about["space"], "seed": store.about["plan"]["seed"], "asked": None}
        machine = store.machine
    outcome.show(document("query", outcome.selection, columns, about, machine))


def _columns(store: Store, asked: Asked) -> Columns:
    """Return the columns that a store has, all of which are shown where nobody asks for others."""
    about = store.about
    figures = tuple(about["figures"])
    return Columns(
        networks=tuple(about["networks"]),
        params=tuple(about["params"]),
        figures=figures,
        shown=asked.columns or without_bounds(figures),
        kinds=about["params"],
        following=following(about["space"]),
    )


def _check_figures(wanted: Wanted, columns: Columns) -> None:
    """Refuse figures that the store does not have."""
    for key in figures_for(wanted, columns.shown, columns.params):
        if key not in columns.figures:
            raise ArgumentError(f"the store has no figure '{key}'; it has {', '.join(columns.figures)}")


def _without_where(text: str) -> str:
    """Return a condition without the word that one may begin with."""
    first, _, rest = text.strip().partition(" ")
    return rest if first.lower() == "where" else text
