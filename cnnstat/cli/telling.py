"""The commands that tell: `summary`, `rf`, `list` and `schema`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from cnnstat import api, bundled
from cnnstat.cli.options import (
    columns_option,
    memory_options,
    output_options,
    spec_options,
    unit_of,
)
from cnnstat.cli.output import finish, say, show
from cnnstat.errors import Misfit, plain
from cnnstat.report import build
from cnnstat.report.columns import SUMMARY

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
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


@click.command()
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


@click.command("list")
@output_options
def list_(form: str, output: Path | None) -> None:
    """The bundled architectures."""
    # By their addresses, as a folder here may have the name of a network.
    analyses = ((name, bundled.family(name), api.analyze(bundled.address(name))) for name in bundled.names())
    show(build.listing(analyses), form, output)


@click.command()
def schema() -> None:
    """The JSON Schema of the spec language, for editors and CI."""
    from cnnstat.report.schema import schema as spec_schema  # noqa: PLC0415 - no other command reads it

    say(json.dumps(spec_schema(), indent=2) + "\n")
