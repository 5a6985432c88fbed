"""`cnnstat rf`: receptive fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnstat.analysis import analyze_graph
from cnnstat.cli import completion
from cnnstat.cli.options import depth_option, network_options, output_options, read_by, settings_options
from cnnstat.cli.output import on_terminal, say, show, standard_output, width_of
from cnnstat.cli.values import unit_of
from cnnstat.commands.rf.document import document, unit_document
from cnnstat.commands.rf.report import report, unit_report

if TYPE_CHECKING:
    from cnnstat.analysis.settings import Settings
    from cnnstat.cli.options import Chosen, Output
    from cnnstat.commands.rf.document import UnitDocument

_WIDTH = 80
"""Columns of a picture where nothing says how many there are."""


@click.command()
@network_options()
@settings_options()
@depth_option
@click.option(
    "--at",
    "layer",
    metavar="LAYER",
    shell_complete=completion.layers,
    help="With --unit: the layer whose unit is asked for.",
)
@click.option(
    "--unit", metavar="Y,X", callback=read_by(unit_of), help="Print what this unit of the layer sees."
)
@output_options()
def rf(
    network: Chosen,
    settings: Settings,
    depth: int | None,
    layer: str | None,
    unit: tuple[int, ...] | None,
    output: Output,
) -> None:
    """Receptive fields: size, stride and padding of every layer."""
    if (layer is None) != (unit is None):
        raise click.UsageError("--at LAYER and --unit Y,X go together")
    analysis = analyze_graph(network.load(), settings)
    if layer is None or unit is None:
        fields = document(analysis, depth)
        show(fields, lambda: report(fields, analysis, depth), output)
    else:
        found = unit_document(analysis, layer, unit)
        show(found, lambda: unit_report(found), output)
        if output.form == "table" and on_terminal(output.output):
            _draw(found)


def _draw(found: UnitDocument) -> None:
    """Show on a terminal where on the input it is that a unit sees."""
    from cnnstat.commands.rf.region_picture import region_picture  # noqa: PLC0415 - for terminals alone

    say("\n" + region_picture(found, width_of(None) or _WIDTH, standard_output().encoding))
