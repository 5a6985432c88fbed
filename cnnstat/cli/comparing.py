"""The command that compares: `diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnstat import api
from cnnstat.analysis.difference import compare
from cnnstat.cli.options import (
    columns_option,
    depth_option,
    input_option,
    memory_options,
    output_options,
    set_option,
    strict_option,
)
from cnnstat.cli.output import show
from cnnstat.errors import Problem, SpecError
from cnnstat.report.difference import FIGURES, difference

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.analysis import Analysis


@click.command()
@click.argument("a")
@click.argument("b")
@set_option
@input_option
@strict_option
@depth_option
@memory_options
@columns_option(FIGURES)
@click.option("--exit-code", is_flag=True, help="Exit with 1 where they differ, as CI wants.")
@output_options
def diff(
    a: str,
    b: str,
    params: dict[str, object],
    columns: tuple[str, ...],
    depth: int | None,
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
    before, after = _analyzed((a, {}), (b, params), how)
    told = compare(before, after, depth)
    show(difference(told, columns), form, output)
    if exit_code and told.differ:
        raise click.exceptions.Exit(1)


def _analyzed(
    a: tuple[str, dict[str, object]], b: tuple[str, dict[str, object]], how: dict[str, Any]
) -> tuple[Analysis, Analysis]:
    """Analyze both.

    Raises:
        SpecError: with the problems of both.
    """
    found: list[Analysis] = []
    problems: list[Problem] = []
    for spec, params in (a, b):
        try:
            found.append(api.analyze(spec, params=params, **how))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    return found[0], found[1]
