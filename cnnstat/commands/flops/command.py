"""`cnnstat flops`: multiply-adds, as other tools count them, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnstat.analysis import analyze_graph
from cnnstat.analysis.backward_cost import costs
from cnnstat.analysis.conventions import CONVENTIONS, convention_of
from cnnstat.analysis.roofline import roofs
from cnnstat.analysis.tool_counts import tool_counts, total, weight_gradients
from cnnstat.cli.machine_options import machine_options
from cnnstat.cli.options import (
    depth_option,
    network_options,
    output_options,
    read_by,
    settings_options,
)
from cnnstat.cli.output import show
from cnnstat.commands.flops.document import (
    convention_entries,
    convention_entry,
    counted_layers,
    document,
    every_convention,
    roofline_entry,
    training_entry,
)
from cnnstat.commands.flops.report import convention_report, conventions_report, report
from cnnstat.commands.flops.roofline_report import roofline_report
from cnnstat.commands.flops.training_report import training_report

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis
    from cnnstat.analysis.convention import Convention
    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.settings import Settings
    from cnnstat.cli.options import Chosen, Output


@click.command()
@network_options()
@settings_options("batch", "dtype")
@machine_options
@depth_option
@click.option(
    "--convention",
    metavar="TOOL",
    callback=read_by(convention_of),
    help=f"Count as another tool prints it: {', '.join(CONVENTIONS)}.",
)
@click.option("--conventions", "all_tools", is_flag=True, help="What every one of these tools prints.")
@click.option("--training", is_flag=True, help="Forward and backward: gradients of weights and inputs.")
@output_options()
def flops(
    network: Chosen,
    settings: Settings,
    machine: Machine | None,
    depth: int | None,
    convention: Convention | None,
    all_tools: bool,
    training: bool,
    output: Output,
) -> None:
    """Multiply-adds and FLOPs per layer, block and type."""
    _check_counting(convention, machine, all_tools=all_tools, training=training)
    analysis = analyze_graph(network.load(), settings)
    if machine is not None:
        _roofline(analysis, depth, machine, output)
    elif training:
        _training(analysis, depth, convention, output)
    elif all_tools:
        _conventions(analysis, output)
    elif convention is not None:
        _one_convention(analysis, depth, convention, output)
    else:
        found = document(analysis, depth)
        show(found, lambda: report(found, analysis, depth), output)


def _one_convention(analysis: Analysis, depth: int | None, convention: Convention, output: Output) -> None:
    counted = tool_counts(analysis, convention)
    entry = convention_entry(convention, total(counted), counted_layers(analysis, depth, counted))
    found = document(analysis, depth, convention=entry)
    show(found, lambda: convention_report(found, analysis, depth, convention, counted), output)


def _conventions(analysis: Analysis, output: Output) -> None:
    counted = every_convention(analysis)
    found = document(analysis, None, conventions=convention_entries(counted))
    show(found, lambda: conventions_report(found, analysis, counted), output)


def _training(analysis: Analysis, depth: int | None, convention: Convention | None, output: Output) -> None:
    forward = () if convention is None else tool_counts(analysis, convention)
    if convention is None:
        spent = costs(analysis)
    else:
        backward = weight_gradients(analysis, convention)
        spent = costs(analysis, [count.total for count in forward], [count.total for count in backward])
    found = document(analysis, depth, training=training_entry(analysis, depth, convention, spent))
    show(found, lambda: training_report(found, analysis, depth, spent, convention, forward), output)


def _roofline(analysis: Analysis, depth: int | None, machine: Machine, output: Output) -> None:
    under = roofs(analysis, machine)
    found = document(analysis, depth, roofline=roofline_entry(analysis, depth, machine, under))
    show(found, lambda: roofline_report(found, analysis, depth, machine, under), output)


def _check_counting(
    convention: Convention | None, machine: Machine | None, *, all_tools: bool, training: bool
) -> None:
    """Refuse ways of counting that do not go together."""
    if machine is not None and (training or all_tools or convention is not None):
        other = "--training" if training else "--conventions" if all_tools else "--convention"
        raise click.UsageError(f"{other} and a machine exclude each other")
    if all_tools and (training or convention is not None):
        other = "--training" if training else "--convention"
        raise click.UsageError(f"{other} and --conventions exclude each other")
    if training and convention is not None and not convention.backward:
        able = ", ".join(name for name, tool in CONVENTIONS.items() if tool.backward)
        raise click.UsageError(f"{convention.name} counts no backward pass; --training goes with {able}")
