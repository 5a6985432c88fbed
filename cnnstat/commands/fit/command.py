"""`cnnstat fit`: the parameters with which a network meets a budget."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import click
from msgspec import UNSET
from msgspec.structs import replace

from cnnstat.base.errors import ArgumentError
from cnnstat.cli import completion
from cnnstat.cli.machine_options import machine_options
from cnnstat.cli.options import output_options, read_by, settings_options
from cnnstat.cli.output import show
from cnnstat.cli.progress import progress
from cnnstat.commands.fit.document import Question, document
from cnnstat.commands.fit.report import report
from cnnstat.commands.fit.search import TRIALS, look
from cnnstat.commands.fit.trials import Trials
from cnnstat.commands.fit.wishes import read_share, read_wishes
from cnnstat.commands.sweep.conditions import is_of_params, read_columns
from cnnstat.commands.sweep.figures import USUAL, check_machine
from cnnstat.commands.sweep.options import Varied, vary_options
from cnnstat.commands.sweep.plan_of import plan_of
from cnnstat.commands.sweep.rows import Rows
from cnnstat.commands.sweep.table import Columns
from cnnstat.report.machine import machine_entry

if TYPE_CHECKING:
    from fractions import Fraction

    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.settings import Settings
    from cnnstat.cli.options import Output


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
@click.option("--columns", metavar="A,B,...", callback=read_by(read_columns), help="Figures to show.")
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Of the optimiser."
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
    of_params = tuple(text for text in under if is_of_params(text))
    wishes = read_wishes(to, tuple(text for text in under if text not in of_params), most, least, within)
    shown = columns or tuple(dict.fromkeys((*wishes.keys, *USUAL)))
    plan = plan_of((spec,), varied, of_params, settings)
    figures = tuple(dict.fromkeys((*shown, *wishes.keys)))
    check_machine(figures, machine)
    plan = replace(plan, figures=figures, machine=machine)
    rows = Rows(plan)
    if not rows.points.networks[0].space.axes:
        raise ArgumentError("nothing varies: --vary width=0.25:4 names a parameter and its range")
    table = Columns((plan.members[0].label,), rows.points.params, plan.figures, shown)
    question = Question(
        command="fit",
        network=plan.members[0].label,
        space=rows.points.described(plan),
        to=to,
        under=under,
        most=most,
        least=least,
        machine=UNSET if machine is None else machine_entry(machine),
    )
    with progress("fitting", TRIALS, unit="networks") as advance:
        trials = Trials(rows, table, wishes, advance)
        way = look(trials, varied.seed or 0)
    found = document(question, trials, way, top)
    show(found, lambda: report(found, table), output)
    if not found.met:
        raise click.exceptions.Exit(1)
