"""The options of `sweep`, `query` and `fit` that say what varies, what is wanted of it, and what is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import suggestion
from cnnstat.cli.options import gathered, read_by, set_option
from cnnstat.cli.values import inputs_of
from cnnstat.sweeps.networks.figures import SWEPT
from cnnstat.sweeps.output.streams import STREAMS
from cnnstat.sweeps.question.asked import FORMS, PLOTS, SHOWN, Asked, Plot, Varied
from cnnstat.sweeps.selection.conditions import read_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnstat.base.arguments import Inputs


def _plots(texts: tuple[str, ...]) -> tuple[Plot, ...]:
    """Read KIND, or KIND=FILE."""
    found = []
    for text in texts:
        kind, sign, name = text.partition("=")
        if kind not in PLOTS:
            hint = suggestion(kind, PLOTS) or f"; known: {', '.join(PLOTS)}"
            raise ArgumentError(f"there is no chart '{kind}'{hint}")
        plot = Plot(kind, Path(name) if sign else None)
        if sign and plot.form not in FORMS:
            raise ArgumentError(f"'{name}' does not say what it is to be: .svg, .png, .pdf or .json")
        found.append(plot)
    return tuple(found)


def _vary(texts: tuple[str, ...]) -> dict[str, str]:
    """Read NAME=VALUES, as often as it is given."""
    found: dict[str, str] = {}
    for text in texts:
        name, sign, values = (part.strip() for part in text.partition("="))
        if not sign or not name or not values:
            raise ArgumentError(f"expected NAME=0.5:2:0.1 or NAME=1,2,4, got '{text}'")
        if name in found:
            raise ArgumentError(f"'{name}' is given twice")
        found[name] = values
    return found


def _each_input(texts: tuple[str, ...]) -> tuple[Inputs, ...]:
    """Read shapes, each another input of the network; of several, left=3x64x64,right=3x64x64."""
    found = (inputs_of(tuple(text.split(","))) for text in texts)
    return tuple(shapes for shapes in found if shapes is not None)


_varying = (
    click.option(
        "--vary",
        metavar="NAME=VALUES",
        multiple=True,
        callback=read_by(_vary),
        help="What a parameter may be: width=0.5:2:0.1, depth=1,1.2,1.4, 'w0=log 8:256:8', 'g=power2 8:64', "
        "or an expression of others. May be repeated.",
    ),
    set_option,
    click.option(
        "--input",
        "inputs",
        metavar="[NAME=]CxHxW",
        multiple=True,
        callback=read_by(_each_input),
        help="Input in place of the spec's. Repeated, each is tried; of several, left=3x64x64,right=3x64x64.",
    ),
)

vary_options = gathered("varied", Varied, *_varying)
"""What varies, for who chooses the points; the command gets it as ``varied``."""

varied_options = gathered(
    "varied",
    Varied,
    *_varying,
    click.option("--variants", is_flag=True, help="Every variant of each family."),
    click.option(
        "--sample", type=click.IntRange(1), metavar="N", help="Draw so many points instead of a grid."
    ),
    click.option("--seed", type=click.IntRange(0), metavar="S", help="What they are drawn by.  [default: 0]"),
)


def selection_options(usual: str, more: str = "") -> Callable[[Any], Any]:
    """Return the options that say what is wanted; ``usual`` says which columns there are without any.

    ``more`` is what else there is to say of columns.
    """
    return gathered("asked", Asked, *_selecting, columns_option(usual, more), _plotting)


_selecting = (
    click.option(
        "--where",
        metavar="CONDITION",
        multiple=True,
        help='Which networks are wanted: "macs between 360M and 440M and params <= 6M", or of parameters '
        '"$w2 >= $w1". May be repeated.',
    ),
    click.option(
        "--pareto", metavar="A,-B,...", help="Only those that no other beats: less of A, more of B is better."
    ),
    click.option("--sort", metavar="A,-B,...", help="By figures or parameters; - begins with the largest."),
    click.option(
        "--top",
        type=click.IntRange(1),
        metavar="N",
        help=f"The first N of them.  [default: {SHOWN} of a page, all of {', '.join(STREAMS)}]",
    ),
)


_plotting = click.option(
    "--plot",
    "plots",
    metavar="KIND[=FILE]",
    multiple=True,
    callback=read_by(_plots),
    help=f"A chart, {', '.join(PLOTS)}: to a file (.svg, .png, .pdf, .json), or in characters.",
)


def columns_option(usual: str, more: str = "") -> Callable[[Any], Any]:
    """Return the option of figures to show, for which ``usual`` stands where nobody names any."""
    return click.option(
        "--columns",
        metavar="A,B,...",
        callback=read_by(read_columns),
        help=f"Figures to show, any of {', '.join(SWEPT)}.{more}  [default: {usual}]",
    )
