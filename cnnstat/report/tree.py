"""Layers as a tree: which rows to show at a depth, and under which headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.errors import Misfit, suggestion
from cnnstat.graph import INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis, Row


class Branch(Struct, frozen=True):
    """A row in its place in the tree; a heading only names the group below it."""

    row: Row
    label: str
    level: int
    heading: bool


class Place(Struct, frozen=True):
    """The layers a row stands for, and the one whose output it puts out; None for the network's input."""

    layers: range
    output: int | None


def places_of(analysis: Analysis) -> dict[str, Place]:
    """Return the place of every row and group by its name."""
    rows = {row.name: Place(range(i, i + 1), i) for i, row in enumerate(analysis.rows)}
    groups = {
        group.path: Place(range(group.start, group.stop), None if group.output == INPUT else group.output)
        for group in analysis.graph.groups
    }
    return groups | rows


def find(analysis: Analysis, layer: str) -> tuple[Row, int]:
    """Return a layer or a group, and the number of the layer it puts out.

    Raises:
        Misfit: there is none of this name; with the nearest one.
    """
    outputs = [*range(len(analysis.rows)), *(group.output for group in analysis.graph.groups)]
    for row, number in zip((*analysis.rows, *analysis.groups), outputs, strict=True):
        if row.name == layer:
            return row, number
    hint = suggestion(layer, [row.name for row in (*analysis.groups, *analysis.rows)])
    raise Misfit(f"no layer '{layer}' in {analysis.name}{hint}")


def branches(analysis: Analysis, depth: int | None = None) -> tuple[Branch, ...]:
    """Return headings and rows in order; groups below ``depth`` levels are folded into one row each."""
    groups = {group.name: group for group in analysis.groups}
    return tuple(_walk(analysis, groups, depth))


def folded(analysis: Analysis, depth: int | None = None) -> tuple[Row, ...]:
    """Return the rows at a depth, without headings; their figures add up to the totals."""
    return tuple(branch.row for branch in branches(analysis, depth) if not branch.heading)


def _walk(analysis: Analysis, groups: dict[str, Row], depth: int | None) -> Iterator[Branch]:
    open_groups: list[str] = []
    for row in analysis.rows:
        ancestors = [path for path in _prefixes(row.name) if path in groups]
        shown = ancestors if depth is None else ancestors[: depth - 1]
        if depth is not None and len(ancestors) >= depth:
            fold = ancestors[depth - 1]
            if fold in open_groups:
                continue
            leaf, shown_to = groups[fold], [*shown, fold]
        else:
            leaf, shown_to = row, shown
        for level, path in enumerate(shown):
            if path not in open_groups:
                yield Branch(groups[path], _label(path, shown[:level]), level, heading=True)
        open_groups = shown_to
        yield Branch(leaf, _label(leaf.name, shown), len(shown), heading=False)


def _prefixes(path: str) -> Iterator[str]:
    parts = path.split(".")
    for end in range(1, len(parts)):
        yield ".".join(parts[:end])


def _label(path: str, ancestors: list[str]) -> str:
    return path.removeprefix(f"{ancestors[-1]}.") if ancestors else path
