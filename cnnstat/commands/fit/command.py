"""`cnnstat fit`: the parameters with which a network meets a budget."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import click

from cnnstat.cli import completion
from cnnstat.cli.machine_options import machine_options
from cnnstat.cli.options import output_options, read_by, settings_options
from cnnstat.cli.output import show
from cnnstat.cli.progress import progress
from cnnstat.commands.fit.document import document
from cnnstat.commands.fit.report import report
from cnnstat.commands.fit.search import TRIALS, look
from cnnstat.commands.fit.task import Aim, task_of
from cnnstat.commands.fit.trials import Trials
from cnnstat.commands.fit.wishes import read_share
from cnnstat.sweeps.networks.figures import USUAL
from cnnstat.sweeps.question.options import columns_option, vary_options

if TYPE_CHECKING:
    from fractions import Fraction

    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.settings import Settings
    from cnnstat.cli.options import Output
    from cnnstat.sweeps.question.asked import Varied


@click.command()
@click.argument("spec", shell_complete=completion.specs)
@vary_options
@click.option(
    "--to", metavar="TARGET", multiple=True, help="macs = 600M, or '$a * $b**2 = 2'. May be repeated."
)
@click.option("--most", metavar="FIGURE", help="Have as much of it as the bounds allow.")
@click.option("--least", metavar="FIGURE", help="Have as little of it as they allow.")
@click.option(
    "--under",
    metavar="CONDITION",
    multiple=True,
    help="inference_memory <= 64MiB, or of parameters $a >= $b.",
)
@click.option(
    "--within",
    metavar="SHARE",
    default="1%",
    show_default=True,
    callback=read_by(read_share),
    help="How near to a target is near enough.",
)
@click.option("--top", type=click.IntRange(1, 1000), default=5, show_default=True, help="Networks to show.")
@columns_option(f"what is wanted, {', '.join(USUAL)}")
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Of the optimiser."
)
@click.option(
    "--tries",
    type=click.IntRange(1, 10_000_000),
    default=TRIALS,
    show_default=True,
    help="Networks that the optimiser tries, about.",
)
@settings_options("batch", "dtype", "optimizer")
@machine_options
@output_options()
def fit(
    spec: str,
    varied: Varied,
    to: tuple[str, ...],
    most: str | None,
    least: str | None,
    under: tuple[str, ...],
    within: Fraction,
    top: int,
    columns: tuple[str, ...] | None,
    tries: int,
    settings: Settings,
    machine: Machine | None,
    output: Output,
) -> None:
    """The parameters with which SPEC meets targets and bounds.

    What varies is what --vary names, and the space: of the spec.
    """
    if len(varied.inputs) > 1:
        raise click.UsageError("--input is given once: a fit looks at one input; sweep tries several")
    gc.enable()
    aim = Aim(to, under, most, least, within)
    task = task_of(spec, varied, aim, settings, machine, columns)
    with progress("fitting", tries, unit="networks") as advance:
        trials = Trials(task, advance)
        way = look(trials, varied.seed or 0, tries, top)
    found = document(task, trials, way, top)
    show(found, lambda: report(found, task.columns), output)
    if not found.met:
        raise click.exceptions.Exit(1)
