"""The commands that tell: arguments -> calls -> a report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from cnnstat import __version__, api, bundled
from cnnstat.analysis.conventions import CONVENTIONS
from cnnstat.cli.options import (
    columns_option,
    convention,
    memory_options,
    output_options,
    spec_options,
    unit_of,
)
from cnnstat.cli.output import finish, say, show
from cnnstat.errors import Misfit, plain
from cnnstat.report import build
from cnnstat.report import flops as flops_report
from cnnstat.report import training as training_report
from cnnstat.report.columns import SUMMARY
from cnnstat.report.schema import schema as spec_schema

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.analysis.conventions import Convention


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cnnstat")
def cli() -> None:
    """Exact figures of convolutional networks from a YAML spec.

    SPEC is a path, - for standard input, or the name of a bundled architecture (see: cnnstat list).
    FILE#NAME is the variant NAME of a family.
    """


@cli.command()
@spec_options
@memory_options
@columns_option(SUMMARY)
@output_options
def summary(
    spec: str, columns: tuple[str, ...], depth: int | None, form: str, output: Path | None, **how: Any
) -> None:
    """Shapes, parameters, multiply-adds, connections and memory, layer by layer."""
    analysis = api.analyze(spec, **how)
    show(build.summary(analysis, columns, depth), form, output)
    finish(analysis)


@cli.command()
@spec_options
@click.option(
    "--convention",
    metavar="TOOL",
    callback=convention,
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
    analysis = api.analyze(spec, **how)
    if training:
        report = training_report.training(analysis, depth, convention)
    elif all_tools:
        report = flops_report.side_by_side(analysis)
    elif convention is not None:
        report = flops_report.by_convention(analysis, convention, depth)
    else:
        report = flops_report.flops(analysis, depth)
    show(report, form, output)


@cli.command()
@spec_options
@click.option("--at", "layer", metavar="LAYER", help="With --unit: the layer whose unit is asked for.")
@click.option("--unit", metavar="Y,X", callback=unit_of, help="Print what this unit of the layer sees.")
@output_options
def rf(
    spec: str,
    layer: str | None,
    unit: tuple[int, ...] | None,
    depth: int | None,
    form: str,
    output: Path | None,
    **how: Any,
) -> None:
    """Receptive fields: size, stride and padding of every layer."""
    if (layer is None) != (unit is None):
        raise click.UsageError("--at LAYER and --unit Y,X go together")
    analysis = api.analyze(spec, **how)
    if layer is None or unit is None:
        show(build.receptive(analysis, depth), form, output)
        return
    try:
        report = build.unit(analysis, layer, unit)
    except Misfit as misfit:
        raise click.UsageError(plain(misfit.message)) from None
    show(report, form, output)


@cli.command("list")
@output_options
def list_(form: str, output: Path | None) -> None:
    """The bundled architectures."""
    # By their addresses, as a folder here may have the name of a network.
    analyses = ((name, bundled.family(name), api.analyze(bundled.address(name))) for name in bundled.names())
    show(build.listing(analyses), form, output)


@cli.command()
def schema() -> None:
    """The JSON Schema of the spec language, for editors and CI."""
    say(json.dumps(spec_schema(), indent=2) + "\n")


def _check_counting(convention: Convention | None, *, all_tools: bool, training: bool) -> None:
    """Refuse ways of counting that do not go together."""
    if all_tools and (training or convention is not None):
        other = "--training" if training else "--convention"
        raise click.UsageError(f"{other} and --conventions exclude each other")
    if training and convention is not None and not convention.backward:
        able = ", ".join(name for name, tool in CONVENTIONS.items() if tool.backward)
        raise click.UsageError(f"{convention.name} counts no backward pass; --training goes with {able}")
