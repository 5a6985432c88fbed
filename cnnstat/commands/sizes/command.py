"""`cnnstat sizes`: a network at other input sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnstat.base.limits import MAX_SIZE
from cnnstat.cli.options import network_options, output_options, read_by, settings_options
from cnnstat.cli.output import show
from cnnstat.cli.progress import progress
from cnnstat.cli.values import size_of
from cnnstat.commands.sizes.document import document
from cnnstat.commands.sizes.report import report
from cnnstat.commands.sizes.size_range import between
from cnnstat.commands.sizes.size_search import sweep

if TYPE_CHECKING:
    from cnnstat.analysis.settings import Settings
    from cnnstat.cli.options import Chosen, Output

_AT_ONCE = 30_000
"""Layers, those of all sizes together, that nobody waits for."""


@click.command()
@network_options()
@click.option(
    "--from",
    "first",
    metavar="SIZE",
    callback=read_by(size_of),
    help="The first size: 128 or 128x256.  [default: 1, or the step]",
)
@click.option("--to", "last", metavar="SIZE", callback=read_by(size_of), help="No size beyond it.")
@click.option("--step", type=click.IntRange(1, MAX_SIZE), help="From one size to the next.  [default: 1]")
@settings_options("batch", "dtype")
@output_options()
def sizes(
    network: Chosen,
    first: tuple[int, ...] | None,
    last: tuple[int, ...] | None,
    step: int | None,
    settings: Settings,
    output: Output,
) -> None:
    """Which input sizes the network accepts, and what each costs.

    Height and width grow together. Without a range, sizes up to twice the network's own are tried, and
    some of them listed.
    """
    graph = network.load()
    steps = between(graph, first, last, step)
    with progress("trying sizes", steps.count, long=steps.count * len(graph.layers) > _AT_ONCE) as advance:
        search = sweep(graph, steps, settings, advance)
    every = any(value is not None for value in (first, last, step))
    found = document(search, every=every)
    show(found, lambda: report(found, search, every=every), output)
