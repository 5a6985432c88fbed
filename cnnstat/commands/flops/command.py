"""The command that counts as other tools do, too: `flops`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnstat.analysis.analyze import analyze
from cnnstat.analysis.conventions import CONVENTIONS, convention_of
from cnnstat.cli.options import output_options, read_by, spec_options
from cnnstat.cli.output import show
from cnnstat.commands.flops import report as flops_report
from cnnstat.commands.flops import training as training_report

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.analysis.conventions import Convention


@click.command()
@spec_options
@click.option(
    "--convention",
    metavar="TOOL",
    callback=read_by(convention_of),
    help=f"Count as another tool prints it: {', '.join(CONVENTIONS)}.",
)
@click.option("--conventions", "all_tools", is_flag=True, help="What every one of these tools prints.")
@click.option("--training", is_flag=True, help="Forward and backward: gradients of weights and inputs.")
@output_options
def flops(
    spec: str,
    convention: Convention | None,
    all_tools: bool,
    training: bool,
    depth: int | None,
    form: str,
    output: Path | None,
    **how: Any,
) -> None:
    """Multiply-adds and FLOPs per layer, block and type."""
    _check_counting(convention, all_tools=all_tools, training=training)
    analysis = analyze(spec, **how)
    if training:
        report = training_report.training(analysis, depth, convention)
    elif all_tools:
        report = flops_report.side_by_side(analysis)
    elif convention is not None:
        report = flops_report.by_convention(analysis, convention, depth)
    else:
        report = flops_report.flops(analysis, depth)
    show(report, form, output)


def _check_counting(convention: Convention | None, *, all_tools: bool, training: bool) -> None:
    """Refuse ways of counting that do not go together."""
    if all_tools and (training or convention is not None):
        other = "--training" if training else "--convention"
        raise click.UsageError(f"{other} and --conventions exclude each other")
    if training and convention is not None and not convention.backward:
        able = ", ".join(name for name, tool in CONVENTIONS.items() if tool.backward)
        raise click.UsageError(f"{convention.name} counts no backward pass; --training goes with {able}")
