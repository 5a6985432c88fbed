"""`cnnstat summary`: every figure, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnstat.analysis import analyze_graph
from cnnstat.cli.options import (
    columns_option,
    depth_option,
    network_options,
    output_options,
    settings_options,
)
from cnnstat.cli.output import finish, show
from cnnstat.commands.summary.document import document
from cnnstat.commands.summary.report import report
from cnnstat.report.columns import SUMMARY

if TYPE_CHECKING:
    from cnnstat.analysis.settings import Settings
    from cnnstat.cli.options import Chosen, Output


@click.command()
@network_options()
@settings_options("batch", "dtype", "optimizer")
@depth_option
@columns_option(SUMMARY)
@output_options()
def summary(
    network: Chosen, settings: Settings, depth: int | None, columns: tuple[str, ...], output: Output
) -> None:
    """Shapes, parameters, multiply-adds, connections and memory, layer by layer."""
    analysis = analyze_graph(network.load(), settings)
    found = document(analysis, depth)
    show(found, lambda: report(found, analysis, columns, depth), output)
    finish(analysis)
