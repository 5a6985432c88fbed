"""Layers as a tree on a page: short names, levels, and headings for the blocks that are not folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.outline import outline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis, Row


class Branch(Struct, frozen=True):
    """A row in its place in the tree; a heading only names the group below it."""

    row: Row
    label: str
    level: int
    heading: bool


def branches(analysis: Analysis, depth: int | None = None) -> tuple[Branch, ...]:
    """Return headings and rows in order; groups below ``depth`` levels are folded into one row each."""
    return tuple(_branches(analysis, depth))


def _branches(analysis: Analysis, depth: int | None) -> Iterator[Branch]:
    groups = {group.name: group for group in analysis.groups}
    above: tuple[str, ...] = ()
    for row, inside in outline(analysis, depth):
        for level, path in enumerate(inside):
            if path not in above:
                yield Branch(groups[path], _label(path, inside[:level]), level, heading=True)
        above = inside
        yield Branch(row, _label(row.name, inside), len(inside), heading=False)


def _label(path: str, ancestors: Sequence[str]) -> str:
    return path.removeprefix(f"{ancestors[-1]}.") if ancestors else path
