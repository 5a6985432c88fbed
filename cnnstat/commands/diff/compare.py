"""Two specs -> Difference: what `cnnstat.diff` does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cnnstat.analysis.analyze import analyze
from cnnstat.base.arguments import check_count
from cnnstat.base.errors import Problem, SpecError
from cnnstat.commands.diff.difference import compare

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cnnstat.analysis import Analysis
    from cnnstat.commands.diff.difference import Difference
    from cnnstat.graph.model import Graph


def diff(
    a: Graph | str | Path,
    b: Graph | str | Path,
    *,
    params: Mapping[str, object] | None = None,
    input_shape: tuple[int, ...] | None = None,
    batch: int = 1,
    dtype: str = "float32",
    optimizer: str = "momentum",
    strict: bool = False,
    depth: int | None = None,
) -> Difference:
    """Compare two networks layer by layer, aligned by name and structure.

    ``params`` replace parameters of B alone, ``input_shape`` is the input of both. Blocks below ``depth``
    levels are compared as wholes. The rest is as for `analyze`.

    Raises:
        SpecError: a spec is wrong, or a layer does not fit its input; it has the problems of both.
        ValueError: an argument is out of range.
    """
    if depth is not None:
        check_count("depth", depth)
    analyzed = partial(
        analyze, input_shape=input_shape, batch=batch, dtype=dtype, optimizer=optimizer, strict=strict
    )
    found: list[Analysis] = []
    problems: list[Problem] = []
    for spec, replaced in ((a, None), (b, params)):
        try:
            found.append(analyzed(spec, params=replaced))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    before, after = found
    return compare(before, after, depth)
