"""`cnnstat list`: the bundled architectures, or the plug-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnstat.analysis.analyze import analyze
from cnnstat.cli.options import output_options
from cnnstat.cli.output import show
from cnnstat.commands.list.document import document
from cnnstat.commands.list.plugins_document import plugins_document
from cnnstat.commands.list.plugins_report import report as plugins_report
from cnnstat.commands.list.report import report
from cnnstat.spec import bundled

if TYPE_CHECKING:
    from cnnstat.cli.options import Output


@click.command("list")
@click.option("--plugins", is_flag=True, help="List what installed packages add, and what cannot be loaded.")
@output_options()
def list_(plugins: bool, output: Output) -> None:
    """The bundled architectures, or the plug-ins."""
    if plugins:
        added = plugins_document()
        show(added, lambda: plugins_report(added), output)
        return
    # By their addresses, as a folder here may have the name of a network.
    analyses = ((name, bundled.family(name), analyze(bundled.address(name))) for name in bundled.names())
    found = document(analyses)
    show(found, lambda: report(found), output)
