"""`cnnstat report`: networks as one HTML file that one can click through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnstat.cli import completion
from cnnstat.cli.options import File, gathered, input_option, set_option, settings_options
from cnnstat.cli.output import check_output, complain, put
from cnnstat.commands.report.networks import Given, networks

if TYPE_CHECKING:
    from pathlib import Path


def _file(context: click.Context, parameter: click.Parameter, value: str) -> Path | None:
    from pathlib import Path  # noqa: PLC0415

    return None if value == "-" else Path(value)


@click.command()
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=completion.specs)
@gathered("given", Given, set_option, input_option, settings_options("batch", "dtype", "optimizer"))
@click.option(
    "-o",
    "--output",
    "output",
    metavar="FILE",
    type=File(dir_okay=False, allow_dash=True),
    required=True,
    callback=_file,
    help="The HTML file to write; - is standard output.",
)
def report(specs: tuple[str, ...], given: Given, output: Path | None) -> None:
    """A page of networks that one can click through, as one HTML file that needs nothing beside it.

    Of two SPECs it shows the difference, too. A SPEC may be a folder: all networks of all its specs.
    """
    from cnnstat.commands.report.html import html  # noqa: PLC0415 - --help needs none of it
    from cnnstat.commands.report.network_page import network_page  # noqa: PLC0415
    from cnnstat.commands.report.page_document import page_document  # noqa: PLC0415
    from cnnstat.page.assets import assets  # noqa: PLC0415

    check_output(output)
    found = networks(specs, given)
    pages = [None if each.analysis is None else network_page(each.analysis, each.key) for each in found]
    put(html(page_document(found, pages), pages, assets("report")), output)
    wrong = [each.error for each in found if each.error]
    if wrong:
        raise click.exceptions.Exit(complain("".join(f"{error}\n" for error in wrong), 1))
