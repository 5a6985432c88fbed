"""`cnnstat report`: networks as one HTML file that one can click through."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnnstat.base.errors import ArgumentError, SpecError
from cnnstat.base.text import plain
from cnnstat.cli import completion
from cnnstat.cli.files import File
from cnnstat.cli.options import input_option, max_memory_option, read_by, set_option, settings_options
from cnnstat.cli.output import check_output, complain, finish, put
from cnnstat.cli.values import index_of
from cnnstat.commands.run.command import spare_busy_processors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.settings import Settings
    from cnnstat.base.arguments import Inputs
    from cnnstat.commands.report.networks import Reported
    from cnnstat.commands.report.pages import Pages


def _units(texts: Sequence[str]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Read LAYER:C,Y,X, as often as it is given."""
    found = []
    for text in texts:
        layer, sign, unit = text.rpartition(":")
        if not sign or not layer:
            raise ArgumentError(f"expected a layer and a unit of it, such as conv1:0,3,5, got '{text}'")
        found.append((layer, index_of(unit)))
    return tuple(found)


@click.command()
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=completion.specs)
@set_option
@input_option
@settings_options("batch", "dtype", "optimizer")
@click.option("--run", "runs", is_flag=True, help="Execute each network, and show the proof of its figures.")
@click.option(
    "--trace",
    "traces",
    metavar="LAYER:C,Y,X",
    multiple=True,
    callback=read_by(_units),
    help="Show how this unit comes about. May be repeated.  [default: of small networks one of each layer]",
)
@max_memory_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=File(dir_okay=False, allow_dash=True),
    required=True,
    help="The HTML file to write; - is standard output.",
)
def report(
    specs: tuple[str, ...],
    params: dict[str, object],
    input_shape: Inputs | None,
    settings: Settings,
    runs: bool,
    traces: tuple[tuple[str, tuple[int, ...]], ...],
    max_memory: int | None,
    output: str,
) -> None:
    """Networks as a page to click through: one HTML file that needs nothing beside it, and loads nothing.

    Of two SPECs it shows the difference, too. A SPEC may be a folder: then it is all networks of its specs.
    """
    if specs.count("-") > 1:
        raise click.UsageError("only one network can be standard input")
    file = None if output == "-" else Path(output)
    check_output(file)
    if runs:
        spare_busy_processors()
    else:  # with more threads, the last digits of a trace may differ from one time to another
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # These need NumPy, which takes longer to start than the whole calculator: --help does without.
    from cnnstat.commands.check.configuration import read_configuration  # noqa: PLC0415
    from cnnstat.commands.report.finding_entries import Checks  # noqa: PLC0415
    from cnnstat.commands.report.html import html  # noqa: PLC0415
    from cnnstat.commands.report.networks import Given, networks  # noqa: PLC0415
    from cnnstat.commands.report.pages import Wanted, pages_of  # noqa: PLC0415
    from cnnstat.page.assets import assets  # noqa: PLC0415

    weights = runs or bool(traces)
    configuration = read_configuration(None, Path.cwd())
    found = networks(specs, Given(configuration, params, input_shape, settings, weights, max_memory))
    pages = pages_of(found, Wanted(runs, traces, max_memory), Checks(configuration))
    put(html(pages.document, pages.networks, assets("report")), file)
    _end(found, pages)


def _end(networks: Sequence[Reported], pages: Pages) -> None:
    """End as the commands do whose figures are shown: what is wrong, or could not be done, is said.

    Raises:
        Exit: with 1 where a spec, a published figure or a calculated one is wrong; with 2 where a network
            could not be run.
    """
    wrong: list[str] = []
    undone: list[str] = []
    for network, ran in zip(networks, pages.ran, strict=True):
        if network.error:
            wrong.append(str(network.error))
        if network.analysis:
            try:
                finish(network.analysis)
            except SpecError as error:
                wrong.append(str(error))
        if ran and not ran.proved:
            (undone if ran.proved is None else wrong).append(plain(f"{network.spec}: {ran.said}"))
    if wrong or undone:
        lines = "".join(f"{line}\n" for line in (*wrong, *undone))
        raise click.exceptions.Exit(complain(lines, 1 if wrong else 2))
