"""`cnnstat sweep`: the figures of many networks, from a grid or a sample of a space."""

from __future__ import annotations

import gc
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from cnnstat.cli import completion
from cnnstat.cli.files import FILE
from cnnstat.cli.machine_options import machine_options
from cnnstat.cli.options import output_options, settings_options
from cnnstat.cli.output import complain, standard_output
from cnnstat.cli.processes import processors
from cnnstat.cli.progress import progress
from cnnstat.commands.sweep.chart_files import check_plots
from cnnstat.commands.sweep.shown import show_points
from cnnstat.report.render import FORMATS
from cnnstat.sweeps.networks.figures import THROUGH_LAYERS, USUAL
from cnnstat.sweeps.output.document import document
from cnnstat.sweeps.output.streams import STREAMS, opened
from cnnstat.sweeps.question.options import SHOWN, selection_options, varied_options
from cnnstat.sweeps.question.task import task_of
from cnnstat.sweeps.selection.chart_data import ChartData
from cnnstat.sweeps.selection.selection import Selection
from cnnstat.sweeps.store.store import Store
from cnnstat.sweeps.workers.rows_in_order import Stop, sweep_through

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.settings import Settings
    from cnnstat.cli.options import Output
    from cnnstat.sweeps.question.options import Asked, Varied

_SLOW = (
    f" Those of other tools, those of a machine and {', '.join(THROUGH_LAYERS)} take several times as long."
)


@click.command()
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=completion.specs)
@varied_options
@selection_options(", ".join(USUAL), _SLOW)
@click.option(
    "--matches", type=click.IntRange(1), metavar="N", help="Stop when N networks meet the conditions."
)
@click.option(
    "--store", "store_file", type=FILE, help="Keep every point in this file, and go on where it ends."
)
@click.option("--jobs", type=click.IntRange(1, 1024), help="Processes.  [default: one for each processor]")
@click.option("--scheduler", metavar="ADDRESS", help="Work on a Dask cluster: tcp://HOST:8786.")
@settings_options("batch", "dtype", "optimizer")
@machine_options
@output_options((*FORMATS, *(form for form in STREAMS if form not in FORMATS)))
def sweep(
    specs: tuple[str, ...],
    varied: Varied,
    asked: Asked,
    matches: int | None,
    store_file: Path | None,
    jobs: int | None,
    scheduler: str | None,
    settings: Settings,
    machine: Machine | None,
    output: Output,
) -> None:
    """Many networks: every point of a grid, or a sample of it, and the figures of each.

    What varies is what --vary names, and the space: of a spec. Results go on where --store ends.
    """
    if varied.seed is not None and varied.sample is None:
        raise click.UsageError("--seed goes with --sample N")
    gc.enable()  # what runs for minutes has something to collect
    streamed = output.form in STREAMS
    top = None if streamed else SHOWN
    found = task_of(specs, varied, asked, settings, machine, store_file, top)
    plan, columns = found.plan, found.columns
    check_plots(asked.plots, found.wanted, output)
    chart_data = ChartData(columns) if asked.plots else None
    selection, stop = Selection(found.wanted, columns.cell, chart_data, handed_on=streamed), Stop()
    with ExitStack() as stack:
        store = None
        if store_file is not None:
            store = Store(store_file, plan, found.points)
            stack.callback(store.close)
        stream = stack.enter_context(opened(output.form, output.output, columns)) if streamed else None
        on_terminal = streamed and output.output is None and standard_output().isatty()
        bar = progress("sweeping", found.count, long=not on_terminal, unit="networks")
        sweep_through(
            plan,
            found.count,
            selection,
            store=store,
            stream=stream,
            matches=matches,
            jobs=jobs or processors(),
            scheduler=scheduler,
            advance=stack.enter_context(bar),
            stop=stop,
        )
    about = {"space": found.points.described(plan), "seed": plan.seed, "asked": found.count}
    answer = document("sweep", selection, columns, about, plan.machine)
    show_points(answer, columns, asked, output, selection, chart_data)
    if stop.asked:
        kept = f", and stored in {store_file}: the same command goes on" if store_file else ""
        complain(f"interrupted; {selection.points:,} points are finished{kept}\n", 0)
        raise click.exceptions.Exit(130)
    if not answer.accepted:
        raise click.exceptions.Exit(1)
