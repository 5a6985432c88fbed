"""The command that tries a network at other input sizes: `sizes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnstat.base.limits import MAX_SIZE
from cnnstat.cli.options import (
    batch_options,
    input_option,
    output_options,
    read_by,
    set_option,
    size_of,
    strict_option,
)
from cnnstat.cli.output import show
from cnnstat.commands.sizes import report, search

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("spec")
@set_option
@input_option
@strict_option
@click.option(
    "--from",
    "first",
    metavar="SIZE",
    callback=read_by(size_of),
    help="The first size: 128 or 128x256.  [default: 1, or the step]",
)
@click.option("--to", "last", metavar="SIZE", callback=read_by(size_of), help="No size beyond it.")
@click.option("--step", type=click.IntRange(1, MAX_SIZE), help="From one size to the next.  [default: 1]")
@batch_options
@output_options
def sizes(
    spec: str,
    first: tuple[int, ...] | None,
    last: tuple[int, ...] | None,
    step: int | None,
    form: str,
    output: Path | None,
    **how: Any,
) -> None:
    """Which input sizes the network accepts, and what each costs.

    Height and width grow together. Without a range, sizes up to twice the network's own are tried, and
    some of them listed.
    """
    found = search.sizes(spec, first=first, last=last, step=step, **how)
    every = any(value is not None for value in (first, last, step))
    show(report.sizes(found, every=every), form, output)
