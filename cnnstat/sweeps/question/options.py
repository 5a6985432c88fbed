"""The options of `sweep` that say what varies and what is wanted of it; `query` has the latter, too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import suggestion
from cnnstat.cli.options import gathered, read_by, set_option
from cnnstat.cli.values import inputs_of
from cnnstat.sweeps.networks.columns import param_key
from cnnstat.sweeps.networks.figures import SWEPT
from cnnstat.sweeps.output.streams import STREAMS
from cnnstat.sweeps.selection.condition_texts import params_and_figures
from cnnstat.sweeps.selection.conditions import (
    check_together,
    read_columns,
    read_orders,
    read_where,
)
from cnnstat.sweeps.selection.selection import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from cnnstat.base.arguments import Inputs
from cnnstat.sweeps.selection.conditions import Order

PLOTS = ("edf", "pareto", "params")
"""What can be plotted of a sweep."""

FORMS = ("svg", "png", "pdf", "json")

SHOWN = 20
"""Points that a page shows where nothing else is asked for."""


class Varied(Struct, frozen=True):
    """What varies, and how points are chosen."""

    vary: dict[str, str]
    params: dict[str, object]
    inputs: tuple[Inputs, ...]
    variants: bool = False
    sample: int | None = None
    seed: int | None = None


class Asked(Struct, frozen=True):
    """Which points are wanted, and what of them is shown."""

    where: tuple[str, ...]
    pareto: str | None
    sort: str | None
    top: int | None
    columns: tuple[str, ...] | None
    plots: tuple[Plot, ...]

    @property
    def of_params(self) -> tuple[str, ...]:
        """Return the conditions on parameters."""
        return params_and_figures(self.where)[0]

    def wanted(self, params: Sequence[str], *, top: int | None) -> Wanted:
        """Return what is wanted of points with these parameters; ``top`` is how many where nobody says.

        Raises:
            ArgumentError: there is no such figure, or no such bound.
        """
        where = tuple(each for text in params_and_figures(self.where)[1] for each in read_where(text, params))
        check_together(where)
        return Wanted(where, _orders(self.pareto), _orders(self.sort, params), self.top or top)


class Plot(Struct, frozen=True):
    """A chart that is wanted: its kind, and its file; without one it is shown in characters."""

    kind: str
    file: Path | None

    @property
    def form(self) -> str:
        """Return what the file is to be."""
        return "" if self.file is None else self.file.suffix.lower().removeprefix(".")


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


def _orders(text: str | None, params: Sequence[str] = ()) -> tuple[Order, ...]:
    return () if text is None else read_orders(text, params)


def figures_for(wanted: Wanted, shown: Sequence[str], params: Sequence[str]) -> tuple[str, ...]:
    """Return the figures that have to be known: those that are shown, and those that are compared."""
    compared = [condition.key for condition in wanted.where]
    compared += [order.key for order in (*wanted.pareto, *wanted.sort)]
    of_params = {param_key(name) for name in params}
    return tuple(dict.fromkeys((*shown, *(key for key in compared if key not in of_params))))


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
