"""`cnnstat summary`: every figure, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnstat.analysis.analyze import analyze
from cnnstat.cli.options import columns_option, memory_options, output_options, spec_options
from cnnstat.cli.output import finish, show
from cnnstat.commands.summary import report
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
    analysis = analyze(spec, **how)
    show(report.summary(analysis, columns, depth), form, output)
    finish(analysis)
