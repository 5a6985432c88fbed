"""The command that tries a network at other input sizes: `sizes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnstat import api
from cnnstat.analysis import sizes as trying
from cnnstat.analysis.model import Settings
from cnnstat.analysis.ranges import between, every_size
from cnnstat.cli.options import DTYPES, input_option, output_options, set_option, size_of, strict_option
from cnnstat.cli.output import show
from cnnstat.errors import Misfit, plain
from cnnstat.limits import MAX_SIZE
from cnnstat.report import sizes as report

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.analysis.ranges import Size, Steps
    from cnnstat.graph import Graph

_FOR_MEMORY = "What the inference memory is told for."


@click.command()
@click.argument("spec")
@set_option
@input_option
@strict_option
@click.option(
    "--from",
    "first",
    metavar="SIZE",
    callback=size_of,
    help="The first size: 128 or 128x256.  [default: 1, or the step]",
)
@click.option("--to", "last", metavar="SIZE", callback=size_of, help="No size beyond it.")
@click.option("--step", type=click.IntRange(1, MAX_SIZE), help="From one size to the next.  [default: 1]")
@click.option("--batch", type=click.IntRange(1, MAX_SIZE), default=1, show_default=True, help=_FOR_MEMORY)
@click.option("--dtype", type=DTYPES, default="float32", show_default=True, help=_FOR_MEMORY)
@output_options
def sizes(
    spec: str,
    params: dict[str, object],
    input_shape: tuple[int, ...] | None,
    strict: bool,
    batch: int,
    dtype: str,
    form: str,
    output: Path | None,
    **asked: Any,
) -> None:
    """Which input sizes the network accepts, and what each costs.

    Height and width grow together. Without a range, sizes up to twice the network's own are tried, and
    some of them listed.
    """
    graph = api.load(spec, params=params)
    shape = input_shape or graph.spec.input_shape
    every = any(value is not None for value in asked.values())
    steps = _steps(graph, shape[1:], every=every, **asked)
    found = trying.sweep(
        graph, steps, input_shape=shape, strict=strict, settings=Settings(batch=batch, dtype=dtype)
    )
    show(report.sizes(found, every=every), form, output)


def _steps(
    graph: Graph, own: Size, *, every: bool, first: Size | None, last: Size | None, step: int | None
) -> Steps:
    if not own:
        raise click.UsageError(
            f"the input of {plain(graph.spec.name)} is a vector, which has no size to vary"
        )
    if not every:
        return every_size(graph, own)
    try:
        return between(graph, own, first, last, step)
    except Misfit as misfit:
        raise click.UsageError(plain(misfit.message)) from None
