"""`cnnstat sweep`: the figures of many networks, from a grid or a sample of a space."""

from __future__ import annotations

import gc
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from cnnstat.base.errors import ArgumentError
from cnnstat.cli import completion
from cnnstat.cli.machine_options import machine_options
from cnnstat.cli.options import FILE, output_options, settings_options
from cnnstat.cli.output import complain, standard_output
from cnnstat.cli.processes import processors
from cnnstat.cli.progress import progress
from cnnstat.commands.sweep.collected import Collected
from cnnstat.commands.sweep.document import document
from cnnstat.commands.sweep.figures import ON_MACHINES, USUAL, USUAL_ON_MACHINES, check_machine
from cnnstat.commands.sweep.options import SHOWN, figures_for, selection_options, varied_options
from cnnstat.commands.sweep.plan_of import plan_of
from cnnstat.commands.sweep.plots import check_plots
from cnnstat.commands.sweep.points import Points
from cnnstat.commands.sweep.selection import Selection
from cnnstat.commands.sweep.shown import show_points
from cnnstat.commands.sweep.store import Store, figures_in
from cnnstat.commands.sweep.streams import STREAMS, opened
from cnnstat.commands.sweep.sweeping import Stop, sweep_through
from cnnstat.commands.sweep.table import Columns
from cnnstat.report.render import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.settings import Settings
    from cnnstat.cli.options import Output
    from cnnstat.commands.sweep.options import Asked, Varied

MOST = 100_000_000
"""Points of a grid that anybody waits for."""


@click.command()
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=completion.specs)
@varied_options
@selection_options(", ".join(USUAL))
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
    shown = asked.columns or (USUAL if machine is None else USUAL_ON_MACHINES)
    plan = plan_of(specs, varied, asked.of_params, settings)
    points = Points(plan)
    wanted = asked.wanted(points.params, top=None if streamed else SHOWN)
    figures = figures_for(wanted, shown, points.params)
    if store_file is not None and store_file.exists():
        stored, its_machine = figures_in(store_file)
        if {*figures} <= {*stored}:
            figures, machine = stored, machine or its_machine
    check_machine(figures, machine)
    plan = replace(plan, figures=figures, machine=machine if {*figures} & {*ON_MACHINES} else None)
    count = varied.sample or _grid(points)
    columns = Columns(tuple(member.label for member in plan.members), points.params, figures, shown)
    check_plots(asked.plots, wanted, output)
    collected = Collected(columns) if asked.plots else None
    selection, stop = Selection(wanted, columns.cell, collected), Stop()
    with ExitStack() as stack:
        store = None
        if store_file is not None:
            store = Store(store_file, plan, points)
            stack.callback(store.close)
        stream = stack.enter_context(opened(output.form, output.output, columns)) if streamed else None
        on_terminal = streamed and output.output is None and standard_output().isatty()
        bar = progress("sweeping", count, long=not on_terminal, unit="networks")
        sweep_through(
            plan,
            count,
            selection,
            store=store,
            stream=stream,
            matches=matches,
            jobs=jobs or processors(),
            scheduler=scheduler,
            advance=stack.enter_context(bar),
            stop=stop,
        )
    about = {"space": points.described(plan), "seed": plan.seed, "asked": count}
    found = document("sweep", selection, columns, about, plan.machine)
    show_points(found, columns, asked, output, selection, collected)
    if stop.asked:
        kept = f", and stored in {store_file}: the same command goes on" if store_file else ""
        complain(f"interrupted; {selection.points:,} points are finished{kept}\n", 0)
        raise click.exceptions.Exit(130)
    if not found.accepted:
        raise click.exceptions.Exit(1)


def _grid(points: Points) -> int:
    """Return how many points the grid has.

    Raises:
        ArgumentError: it has none, or more than anybody waits for.
    """
    if points.endless:
        name = points.endless[0]
        raise ArgumentError(f"the range of {name} has no steps, so there is no grid; --sample N draws points")
    count = points.count
    assert count is not None
    if count > MOST:
        raise ArgumentError(
            f"the grid has {count:,} points, at most {MOST:,} are tried; --sample N draws some"
        )
    return count
