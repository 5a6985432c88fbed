"""`cnnstat plot`: figures of networks as charts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click
from msgspec import Struct

from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import ArgumentError
from cnnstat.base.figures import COUNTS
from cnnstat.base.text import suggestion
from cnnstat.cli import completion
from cnnstat.cli.files import File
from cnnstat.cli.machine_options import machine_options
from cnnstat.cli.options import (
    Chosen,
    depth_option,
    gathered,
    input_option,
    read_by,
    set_option,
    settings_options,
)
from cnnstat.cli.output import Undone, check_output, put, say, standard_output, width_of
from cnnstat.cli.progress import progress
from cnnstat.cli.values import size_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.settings import Settings
    from cnnstat.base.arguments import Inputs
    from cnnstat.commands.plot.chart import Chart
    from cnnstat.commands.sizes.size_search import SizeSearch
    from cnnstat.graph.model import Graph

KINDS = ("layers", "memory", "rf", "sizes", "roofline")
"""What can be plotted."""
_FIGURES = {"layers": COUNTS, "sizes": ("macs", "params", "activations", "inference_memory_bytes")}
"""The figures that there are to choose from."""
FORMS = ("svg", "png", "pdf", "json")
THEMES = ("light", "dark")

_WIDTH = 80
"""Columns of a picture where there is no terminal."""
_AT_ONCE = 30_000
"""Layers, those of all sizes together, that nobody waits for."""
_ONLY = {"depth": "layers", "training": "memory", "sizes": "sizes"}
"""Options that are for one kind of chart."""


_Range: TypeAlias = tuple[tuple[int, ...], tuple[int, ...], int]
"""The first size, the last one, and from one to the next."""


class _Wanted(Struct, frozen=True):
    """What is to be shown of the networks; None, or False, where it is not said."""

    figures: tuple[str, ...] | None
    depth: int | None
    training: bool
    sizes: _Range | None

    def check(self, kind: str, machine: Machine | None) -> None:
        """Refuse what goes with another kind of chart, and a roofline without a machine."""
        if (kind == "roofline") is not (machine is not None):
            raise click.UsageError(
                "a roofline is that of a machine: --machine v100, or --peak and --bandwidth"
                if machine is None
                else f"a machine is for 'roofline', not for '{kind}'"
            )
        for name, owner in _ONLY.items():
            if getattr(self, name) not in (None, False) and kind != owner:
                raise click.UsageError(f"--{name} is for '{owner}', not for '{kind}'")
        if self.figures is None:
            return
        known = _FIGURES.get(kind)
        if known is None:
            raise click.UsageError(f"--figures is for 'layers' and 'sizes', not for '{kind}'")
        for key in self.figures:
            if key not in known:
                hint = suggestion(key, known) or f"; known: {', '.join(known)}"
                raise click.UsageError(f"'{kind}' has no figure '{key}'{hint}")


def _words(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer specs, and kinds as well: a shell does not know which spec is the last."""
    return completion.specs_or(KINDS, incomplete)


def _keys(text: str) -> tuple[str, ...]:
    """Read macs,params."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip())) or ("",)


def _range(text: str) -> _Range:
    """Read 128:448:32."""
    first, *others = text.split(":")
    if len(others) not in (1, 2):
        raise ArgumentError(f"expected sizes such as 128:448 or 128:448:32, got '{text}'")
    step = size_of(others[1]) if len(others) > 1 else (1,)
    if len(step) > 1:
        raise ArgumentError(f"sizes grow by one step on every axis, got '{others[1]}'")
    return size_of(first), size_of(others[0]), step[0]


@click.command()
@click.argument("specs", metavar="SPEC...", nargs=-1, shell_complete=_words)
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@set_option
@input_option
@settings_options("batch", "dtype", "optimizer")
@machine_options
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=File(dir_okay=False, allow_dash=True),
    help="The file to write: .svg, .png, .pdf, or .json for Vega-Lite. - is standard output.",
)
@click.option("--to", type=click.Choice(FORMS), help="What to write, whatever the suffix.")
@click.option(
    "--theme",
    type=click.Choice(THEMES),
    help="For what page.  [default: light; an SVG follows the page it is on]",
)
@gathered(
    "wanted",
    _Wanted,
    click.option(
        "--figures", metavar="A,B,...", callback=read_by(_keys), help="For layers and sizes: which figures."
    ),
    depth_option,
    click.option("--training", is_flag=True, help="For memory: keep what the backward pass reads."),
    click.option(
        "--sizes",
        metavar="FIRST:LAST[:STEP]",
        callback=read_by(_range),
        help="For sizes: from the first to the last.  [default: each up to twice the own]",
    ),
)
def plot(
    specs: tuple[str, ...],
    kind: str,
    params: dict[str, object],
    input_shape: Inputs | None,
    settings: Settings,
    machine: Machine | None,
    output: str | None,
    to: str | None,
    theme: str | None,
    wanted: _Wanted,
) -> None:
    """Figures of networks as a chart: KIND is layers, memory, rf, sizes or roofline.

    \b
    layers    MACs and params of each layer; of several networks, sums up to each
    memory    activations alive while the layers run, and which are at the peak
    rf        the receptive field of each layer, and the input's size
    sizes     what each input size costs
    roofline  FLOPs for each byte, and the least time of each layer on a --machine

    Without -o and --to a rough picture is shown in characters.
    """
    if not specs:
        raise click.UsageError(f"a network comes first: cnnstat plot resnet50 {kind}")
    if specs.count("-") > 1:
        raise click.UsageError("only one network can be standard input")
    wanted.check(kind, machine)
    file = None if output in (None, "-") else Path(str(output))
    form = to or _form(file)
    if file is None and form in ("png", "pdf"):
        raise click.UsageError(f"a {form.upper()} goes to a file: -o chart.{form}")
    check_output(file)
    networks = [Chosen(spec, params, input_shape) for spec in specs]
    if machine is None:
        chart = _chart(kind, networks, settings, wanted)
    else:
        from cnnstat.commands.plot.roofline_chart import roofline_chart  # noqa: PLC0415

        chart = roofline_chart([analyze_graph(network.load(), settings) for network in networks], machine)
    if form is None:
        _show(chart)
    else:
        put(_content(chart, form, theme), file)


def _form(file: Path | None) -> str | None:
    """Return what a file is to be.

    Raises:
        UsageError: its suffix does not say.
    """
    if file is None:
        return None
    form = file.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise click.UsageError(f"{file} does not say what it is to be: give --to ({', '.join(FORMS)})")
    return form


def _chart(kind: str, networks: Sequence[Chosen], settings: Settings, wanted: _Wanted) -> Chart:
    """Work out what is shown; each kind takes only its own modules."""
    if kind == "sizes":
        from cnnstat.commands.plot import size_chart  # noqa: PLC0415

        searches = [_search(network.load(), settings, wanted) for network in networks]
        return size_chart.size_chart(searches, wanted.figures or size_chart.DEFAULT)
    analyses = [analyze_graph(network.load(), settings) for network in networks]
    if kind == "layers":
        from cnnstat.commands.plot import layer_chart  # noqa: PLC0415

        return layer_chart.layer_chart(analyses, wanted.figures or layer_chart.DEFAULT, wanted.depth)
    if kind == "memory":
        from cnnstat.commands.plot.memory_chart import memory_chart  # noqa: PLC0415

        return memory_chart(analyses, training=wanted.training)
    from cnnstat.commands.plot.field_chart import field_chart  # noqa: PLC0415

    return field_chart(analyses)


def _search(graph: Graph, settings: Settings, wanted: _Wanted) -> SizeSearch:
    from cnnstat.commands.sizes.size_range import between  # noqa: PLC0415
    from cnnstat.commands.sizes.size_search import sweep  # noqa: PLC0415

    first, last, step = wanted.sizes or (None, None, None)
    steps = between(graph, first, last, step)
    with progress("trying sizes", steps.count, long=steps.count * len(graph.layers) > _AT_ONCE) as advance:
        return sweep(graph, steps, settings, advance)


def _content(chart: Chart, form: str, theme: str | None) -> bytes:
    from cnnstat.commands.draw.libraries import NoLibraryError  # noqa: PLC0415
    from cnnstat.commands.plot.files import content  # noqa: PLC0415 - a terminal needs nothing of it

    try:
        return content(chart, form, theme or "")
    except NoLibraryError as error:
        raise Undone(str(error)) from None


def _show(chart: Chart) -> None:
    from cnnstat.commands.plot.characters import characters  # noqa: PLC0415

    say(characters(chart, width_of(None) or _WIDTH, standard_output().encoding or "utf-8"))
