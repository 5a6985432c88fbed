"""Two specs -> Difference: what `cnnstat.diff` does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from cnnstat.analysis.analyze import analyze
from cnnstat.base.arguments import check_count
from cnnstat.base.errors import Problem, SpecError
from cnnstat.commands.diff.difference import compare

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.settings import Options
    from cnnstat.commands.diff.difference import Difference
    from cnnstat.graph.model import Graph


def diff(
    a: Graph | str | Path, b: Graph | str | Path, *, depth: int | None = None, **options: Unpack[Options]
) -> Difference:
    """Compare two networks layer by layer, aligned by name and structure.

    The keywords are those of `analyze`; ``params`` replace parameters of B alone. Blocks below ``depth``
    levels are compared as wholes.

    Raises:
        SpecError: a spec is wrong, or a layer does not fit its input; it has the problems of both.
        ValueError: an argument is out of range.
    """
    if depth is not None:
        check_count("depth", depth)
    own: Options = {**options, "params": None}
    found: list[Analysis] = []
    problems: list[Problem] = []
    for spec, keywords in ((a, own), (b, options)):
        try:
            found.append(analyze(spec, **keywords))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    before, after = found
    return compare(before, after, depth)
