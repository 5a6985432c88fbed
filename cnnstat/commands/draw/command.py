"""`cnnstat draw`: a network as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import ArgumentError
from cnnstat.base.figures import COUNTS
from cnnstat.base.text import suggestion
from cnnstat.cli.files import File
from cnnstat.cli.options import depth_option, network_options, read_by
from cnnstat.cli.output import Undone, check_output, put, say, width_of
from cnnstat.commands.draw.network_picture import Chosen as Drawn
from cnnstat.commands.draw.network_picture import picture_of
from cnnstat.commands.draw.suffixes import FORMS, form_of
from cnnstat.commands.draw.written import content_of

if TYPE_CHECKING:
    from cnnstat.cli.options import Chosen
    from cnnstat.commands.draw.picture import Picture
    from cnnstat.commands.draw.placed import Direction


def _figures(text: str) -> tuple[str, ...]:
    """Read params,macs."""
    keys = tuple(part.strip() for part in text.split(",") if part.strip())
    for key in keys:
        if key not in COUNTS:
            hint = suggestion(key, COUNTS) or f"; known: {', '.join(COUNTS)}"
            raise ArgumentError(f"unknown figure '{key}'{hint}")
    return keys


@click.command()
@network_options()
@click.option(
    "-o",
    "--output",
    "output",
    metavar="FILE",
    type=File(dir_okay=False, allow_dash=True),
    help="The file to write; its suffix says what: .svg, .png, .pdf, .dot, .mmd. - is standard output.",
)
@click.option("--to", type=click.Choice(FORMS), help="What to write, whatever the suffix.")
@depth_option
@click.option("--repeats", is_flag=True, help="Draw each repetition, also where all are equal.")
@click.option(
    "--figures",
    metavar="A,B,...",
    default="",
    callback=read_by(_figures),
    help=f"Figures in each box: any of {', '.join(COUNTS)}.",
)
@click.option(
    "--direction",
    type=click.Choice(["down", "right"]),
    default="down",
    show_default=True,
    help="Where arrows lead.",
)
@click.option(
    "--style",
    type=click.Choice(["graph", "paper"]),
    default="graph",
    show_default=True,
    help="A graph, or feature maps as boxes to scale, in greys, as in papers.",
)
def draw(
    network: Chosen,
    output: str | None,
    to: str | None,
    depth: int | None,
    repeats: bool,
    figures: tuple[str, ...],
    direction: Direction,
    style: str,
) -> None:
    """A picture of the network: blocks as boxes, shapes on the arrows, skips.

    Without -o and --to the graph is shown in characters. Repetitions that are equal are drawn once.
    """
    file = None if output in (None, "-") else Path(str(output))
    form = to or (form_of(file) if file else None)
    if file is not None and form is None:
        raise click.UsageError(f"{file} does not say what it is to be: give --to ({', '.join(FORMS)})")
    if file is None and form in ("png", "pdf"):
        raise click.UsageError(f"a {form.upper()} goes to a file: -o net.{form}")
    if style == "paper" and form not in ("svg", "png", "pdf"):
        raise click.UsageError("--style paper is for SVG, PNG and PDF: -o net.svg")
    check_output(file)
    picture = picture_of(analyze_graph(network.load()), Drawn(depth, repeats or style == "paper", figures))
    if form is None:
        _show(picture)
    else:
        put(content_of(picture, form, direction, style), file)


def _show(picture: Picture) -> None:
    """Show a picture in characters, where it fits."""
    from cnnstat.commands.draw.characters import NoRoomError, characters  # noqa: PLC0415 - for this alone

    try:
        say(characters(picture, width_of(None)))
    except NoRoomError as error:
        raise Undone(f"{error}; --depth folds blocks, -o net.svg draws all of it") from None
