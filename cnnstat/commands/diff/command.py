"""`cnnstat diff`: what changed from one network to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import SpecError
from cnnstat.cli import completion
from cnnstat.cli.options import (
    Chosen,
    columns_option,
    depth_option,
    input_option,
    output_options,
    set_option,
    settings_options,
)
from cnnstat.cli.output import complain, put, show
from cnnstat.commands.diff.difference import both, compare
from cnnstat.commands.diff.document import document
from cnnstat.commands.diff.report import DEFAULT_COLUMNS, report
from cnnstat.commands.draw.suffixes import form_of
from cnnstat.commands.draw.written import content_of

if TYPE_CHECKING:
    from cnnstat.analysis.settings import Settings
    from cnnstat.cli.options import Output

TROUBLE = 2
"""How diff(1) ends where it cannot compare: 1 says that there is a difference."""


@click.command()
@click.argument("a", shell_complete=completion.specs)
@click.argument("b", shell_complete=completion.specs)
@set_option
@input_option
@settings_options("batch", "dtype", "optimizer")
@depth_option
@columns_option(DEFAULT_COLUMNS)
@click.option(
    "--exit-code", is_flag=True, help="Exit with 1 where they differ, with 2 where a spec is wrong."
)
@output_options()
def diff(
    a: str,
    b: str,
    params: dict[str, object],
    input_shape: tuple[int, ...] | None,
    settings: Settings,
    depth: int | None,
    columns: tuple[str, ...],
    exit_code: bool,
    output: Output,
) -> None:
    """What changed from spec A to spec B, layer by layer and in total.

    Layers are aligned by name and structure. --set changes B alone, --input is the input of both. With -o
    and a file such as net.svg, .png or .pdf, the difference is drawn.
    """
    if a == b == "-":
        raise click.UsageError("only one of A and B can be standard input")
    before, after = Chosen(a, {}, input_shape), Chosen(b, params, input_shape)
    try:
        analyses = both(
            lambda: analyze_graph(before.load(), settings), lambda: analyze_graph(after.load(), settings)
        )
    except SpecError as error:
        if not exit_code:
            raise
        raise click.exceptions.Exit(complain(f"{error}\n", TROUBLE)) from None
    difference = compare(*analyses, depth)
    found = document(difference)
    if output.output is not None and output.form == "table" and (form := form_of(output.output)):
        from cnnstat.commands.diff.picture import picture  # noqa: PLC0415 - a report needs nothing of this

        put(content_of(picture(difference, depth), form), output.output)
    else:
        show(found, lambda: report(found, difference, columns), output)
    if exit_code and found.differ:
        raise click.exceptions.Exit(1)
