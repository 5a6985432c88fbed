"""Layers as a tree of blocks: what a name stands for, and the rows that are left when blocks are folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis.model import Analysis, Row


TOTAL = "total"
"""The name that stands for the sums over the whole network."""


def find(analysis: Analysis, name: str) -> Row:
    """Return a layer or a block.

    Raises:
        ArgumentError: there is none of this name; with the nearest one.
    """
    if name in analysis.named:
        return analysis.named[name]
    inner = next((known for known in analysis.named if known.endswith(f".{name}")), None)
    hint = f"; did you mean '{inner}'?" if inner else suggestion(name, analysis.named)
    raise ArgumentError(f"no layer '{name}' in {analysis.name}{hint}")


def folded(analysis: Analysis, depth: int | None = None) -> tuple[Row, ...]:
    """Return the rows at a depth; their figures add up to the totals."""
    return tuple(row for row, _ in outline(analysis, depth))


def outline(analysis: Analysis, depth: int | None = None) -> Iterator[tuple[Row, tuple[str, ...]]]:
    """Yield the rows in order, each with the names of the groups it stands in, the outermost first.

    Groups below ``depth`` levels are folded into one row each.
    """
    groups = {group.name: group for group in analysis.groups}
    position = 0
    while position < len(analysis.rows):
        row = analysis.rows[position]
        inside = tuple([path for path in _prefixes(row.name) if path in groups])
        if depth is None or len(inside) < depth:
            position += 1
            yield row, inside
        else:
            fold = groups[inside[depth - 1]]
            position = fold.layers.stop
            yield fold, inside[: depth - 1]


def _prefixes(path: str) -> Iterator[str]:
    parts = path.split(".")
    for end in range(1, len(parts)):
        yield ".".join(parts[:end])
