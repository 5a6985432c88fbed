"""`cnnstat check`: specs in a repository, as its CI, its editors and its hooks check them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnstat.cli.options import output_options
from cnnstat.cli.output import put
from cnnstat.commands.check.check_file import CheckOptions, check_file, read_and_check
from cnnstat.commands.check.document import document
from cnnstat.commands.check.formats import FORMATS, render
from cnnstat.commands.check.spec_files import spec_files

if TYPE_CHECKING:
    from cnnstat.cli.options import Output
    from cnnstat.commands.check.check_file import FileReport


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--fix", is_flag=True, help="Mend in place what can be mended safely; of -, print the mended text."
)
@output_options(FORMATS, default="text")
def check(paths: tuple[str, ...], fix: bool, output: Output) -> None:
    """Check specs: each PATH is a file, a folder, a pattern or - for standard input.

    Exit code 0: nothing found; 1: findings; 2: usage.
    """
    options = CheckOptions(fix=fix)
    if fix and "-" in paths:
        reports = [_mend_input(paths, options)]
    else:
        reports = [check_file(name, options) for name in spec_files(paths)]
    found = document(reports)
    text = render(found, output.form, colour=False)
    if fix and "-" in paths and output.output is None:
        click.echo(text, err=True, nl=False)
    else:
        put(text, output.output)
    if any(report.findings for report in found.files):
        raise click.exceptions.Exit(1)


def _mend_input(paths: tuple[str, ...], options: CheckOptions) -> FileReport:
    """Print standard input as it is mended; what was found goes elsewhere."""
    if len(paths) > 1:
        raise click.UsageError("--fix mends files in place and prints standard input: name - alone")
    report, text = read_and_check("-", options)
    click.echo(text.encode(), nl=False)  # as bytes: not a sign of it may change
    return report
