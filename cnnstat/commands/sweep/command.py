"""`cnnstat sweep`: the figures of many networks, from a grid or a sample of a space."""

from __future__ import annotations

import gc
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING

import click

from cnnstat.cli import completion
from cnnstat.cli.files import FILE
from cnnstat.cli.machine_options import machine_options
from cnnstat.cli.options import output_options, settings_options
from cnnstat.cli.output import complain
from cnnstat.cli.processes import processors
from cnnstat.cli.progress import progress
from cnnstat.commands.sweep.chart_files import check_plots
from cnnstat.commands.sweep.outcome import outcome_of
from cnnstat.report.render import FORMATS
from cnnstat.sweeps.networks.figures import THROUGH_LAYERS, USUAL
from cnnstat.sweeps.output.document import document
from cnnstat.sweeps.output.streams import STREAMS
from cnnstat.sweeps.question.asked import SHOWN
from cnnstat.sweeps.question.options import selection_options, varied_options
from cnnstat.sweeps.question.task import task_of
from cnnstat.sweeps.store.store import Store
from cnnstat.sweeps.workers.rows_in_order import rows_in_order
from cnnstat.sweeps.workers.stop import Stop

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.settings import Settings
    from cnnstat.cli.options import Output
    from cnnstat.sweeps.question.asked import Asked, Varied

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
    top = None if output.form in STREAMS else SHOWN
    task = task_of(specs, varied, asked, settings, machine, store_file, top)
    check_plots(asked.plots, task.wanted, output)
    stop = Stop()
    with (
        closing(Store(store_file, task.plan, task.points)) if store_file else nullcontext() as store,
        outcome_of(task.columns, task.wanted, asked, output) as outcome,
        progress("sweeping", task.count, long=not outcome.on_terminal, unit="networks") as advance,
        stop.listening(),
        closing(rows_in_order(task.plan, task.count, store, scheduler, jobs or processors())) as found,
    ):
        for rows in found:
            outcome.take(rows, matches)
            advance(len(rows))
            if stop.asked or outcome.selection.matching == matches:
                break
    about = {"space": task.points.described(task.plan), "seed": task.plan.seed, "asked": task.count}
    answer = document("sweep", outcome.selection, task.columns, about, task.plan.machine)
    outcome.show(answer)
    if stop.asked:
        kept = f", and stored in {store_file}: the same command goes on" if store_file else ""
        complain(f"interrupted; {answer.points:,} points are finished{kept}\n", 0)
        raise click.exceptions.Exit(130)
    if not answer.accepted:
        raise click.exceptions.Exit(1)
