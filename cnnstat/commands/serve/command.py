"""`cnnstat serve`: a page to design a network in, on this machine."""

from __future__ import annotations

import click

from cnnstat.cli import completion
from cnnstat.cli.output import Undone, say
from cnnstat.commands.serve.libraries import missing


@click.command()
@click.argument("spec", required=False, shell_complete=completion.specs)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Where to listen.  [default: any port that is free]",
)
@click.option("--browser/--no-browser", default=True, help="Open the page.  [default: yes]")
def serve(spec: str | None, port: int, browser: bool) -> None:
    """A page on this machine: the text of SPEC on the left, its figures beside it, with every key.

    Without SPEC it begins with lenet5. The file is written when you save, and never over a change that was
    made elsewhere. Prints the address, which nobody else can guess; Ctrl-C stops it.
    """
    if lacking := missing():
        raise Undone(lacking)
    # These need starlette and uvicorn: --help does without.
    from cnnstat.commands.serve.opened import opened  # noqa: PLC0415
    from cnnstat.commands.serve.server import NotServedError, run  # noqa: PLC0415

    try:
        run(opened(spec), port, say, browser=browser)
    except NotServedError as error:
        raise Undone(str(error)) from None
