"""`cnnstat check`: specs in a repository, as its CI, its editors and its hooks check them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnstat.cli.options import output_options
from cnnstat.cli.output import put
from cnnstat.commands.check.check_file import CheckOptions, check_file
from cnnstat.commands.check.document import document
from cnnstat.commands.check.formats import FORMATS, render
from cnnstat.commands.check.spec_files import spec_files

if TYPE_CHECKING:
    from cnnstat.cli.options import Output


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@output_options(FORMATS, default="text")
def check(paths: tuple[str, ...], output: Output) -> None:
    """Check specs: each PATH is a file, a folder, a pattern or - for standard input.

    Exit code 0: nothing found; 1: findings; 2: usage.
    """
    options = CheckOptions()
    reports = [check_file(name, options) for name in spec_files(paths)]
    found = document(reports)
    put(render(found, output.form, colour=False), output.output)
    if any(report.findings for report in found.files):
        raise click.exceptions.Exit(1)
