"""`cnnstat rf`: receptive fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnstat.analysis.analyze import analyze
from cnnstat.base.errors import ArgumentError, Misfit, plain
from cnnstat.cli.options import output_options, spec_options, unit_of
from cnnstat.cli.output import show
from cnnstat.commands.rf import report

if TYPE_CHECKING:
    from pathlib import Path


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
    analysis = analyze(spec, **how)
    if layer is None or unit is None:
        show(report.receptive(analysis, depth), form, output)
        return
    try:
        seen = report.unit(analysis, layer, unit)
    except (ArgumentError, Misfit) as error:
        raise click.UsageError(plain(str(error))) from None
    show(seen, form, output)
