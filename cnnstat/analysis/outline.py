"""Layers as a tree of blocks: what a name stands for, and the rows that are left when blocks are folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis.model import Analysis, Row


TOTAL = "total"
"""The name that stands for the sums over the whole network."""


class Place(Struct, frozen=True):
    """The layers a row stands for, and the one whose output it puts out: `INPUT` is the network's input."""

    layers: range
    output: int


def places_of(analysis: Analysis) -> dict[str, Place]:
    """Return the place of every row and group by its name."""
    rows = {row.name: Place(range(i, i + 1), i) for i, row in enumerate(analysis.rows)}
    groups = {
        group.path: Place(range(group.start, group.stop), group.output) for group in analysis.graph.groups
    }
    return groups | rows


def find(analysis: Analysis, layer: str) -> tuple[Row, int]:
    """Return a layer or a group, and the number of the layer it puts out.

    Raises:
        ArgumentError: there is none of this name; with the nearest one.
    """
    for row in (*analysis.rows, *analysis.groups):
        if row.name == layer:
            return row, places_of(analysis)[layer].output
    names = [row.name for row in (*analysis.groups, *analysis.rows)]
    inner = next((name for name in names if name.endswith(f".{layer}")), None)
    hint = f"; did you mean '{inner}'?" if inner else suggestion(layer, names)
    raise ArgumentError(f"no layer '{layer}' in {analysis.name}{hint}")


def folded(analysis: Analysis, depth: int | None = None) -> tuple[Row, ...]:
    """Return the rows at a depth; their figures add up to the totals."""
    return tuple(row for row, _ in outline(analysis, depth))


def outline(analysis: Analysis, depth: int | None = None) -> Iterator[tuple[Row, tuple[str, ...]]]:
    """Yield the rows in order, each with the names of the groups it stands in, the outermost first.

    Groups below ``depth`` levels are folded into one row each.
    """
    groups = {group.name: group for group in analysis.groups}
    fold: Row | None = None
    for row in analysis.rows:
        inside = tuple(path for path in _prefixes(row.name) if path in groups)
        if depth is None or len(inside) < depth:
            fold = None
            yield row, inside
        elif fold is not groups[inside[depth - 1]]:
            fold = groups[inside[depth - 1]]
            yield fold, inside[: depth - 1]


def _prefixes(path: str) -> Iterator[str]:
    parts = path.split(".")
    for end in range(1, len(parts)):
        yield ".".join(parts[:end])
