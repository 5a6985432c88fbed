"""The command that compares: `diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnstat.base.errors import SpecError
from cnnstat.cli.options import (
    columns_option,
    depth_option,
    input_option,
    memory_options,
    output_options,
    set_option,
    strict_option,
)
from cnnstat.cli.output import complain, show
from cnnstat.commands.diff import compare
from cnnstat.commands.diff.report import FIGURES, report

if TYPE_CHECKING:
    from pathlib import Path

TROUBLE = 2
"""How diff(1) ends where it cannot compare: 1 says that there is a difference."""


@click.command()
@click.argument("a")
@click.argument("b")
@set_option
@input_option
@strict_option
@depth_option
@memory_options
@columns_option(FIGURES)
@click.option(
    "--exit-code", is_flag=True, help="Exit with 1 where they differ, with 2 where a spec is wrong."
)
@output_options
def diff(
    a: str,
    b: str,
    columns: tuple[str, ...],
    exit_code: bool,
    form: str,
    output: Path | None,
    **how: Any,
) -> None:
    """What changed from spec A to spec B, layer by layer and in total.

    Layers are aligned by name and structure. --set changes B alone, --input is the input of both.
    """
    if a == b == "-":
        raise click.UsageError("only one of A and B can be standard input")
    try:
        difference = compare.diff(a, b, **how)
    except SpecError as error:
        if not exit_code:
            raise
        raise click.exceptions.Exit(complain(f"{error}\n", TROUBLE)) from None
    show(report(difference, columns), form, output)
    if exit_code and difference.differ:
        raise click.exceptions.Exit(1)
