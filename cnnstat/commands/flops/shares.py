"""Figures of layers added up per layer, per block and per type, with the share of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cnnstat.analysis.by_type import by_type
from cnnstat.analysis.outline import folded
from cnnstat.report.model import Column, Line, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis import Analysis

_SHARE = Column("share", "share", "share", rank=4)
_BAR = Column("bar", "", "bar", rank=9)

Figures: TypeAlias = tuple[int, ...]
"""The figures of one layer or of several, one for each column."""


def share_tables(
    analysis: Analysis,
    depth: int | None,
    columns: Sequence[Column],
    figures: Sequence[Figures],
    *,
    share: int = 0,
) -> tuple[Table, ...]:
    """Return the tables per layer, block and type; figure ``share`` is the one that has shares and a bar.

    What comes to nothing is not listed.
    """
    whole = _added(figures) or (0,) * len(columns)

    def at(level: int | None) -> list[tuple[str, Figures]]:
        return [(row.name, _added(figures[i] for i in row.layers)) for row in folded(analysis, level)]

    def table(noun: str, sums: list[tuple[str, Figures]]) -> Table:
        base = whole[share] or 1
        lines = tuple(
            Line((name, *values, values[share] / base, values[share] / base), label=name)
            for name, values in sums
            if any(values)
        )
        titled = (Column("name", noun, "text"), *columns, _SHARE, _BAR)
        return Table(f"per {noun}", titled, lines, ("total", *whole, whole[share] / base, None))

    types = [(kind, _added(parts)) for kind, parts in by_type(analysis.rows, figures).items()]
    types.sort(key=lambda part: (-part[1][share], part[0]))
    layers, blocks = table("layer", at(depth)), table("block", at(1))
    fewer = len(blocks.lines) < len(layers.lines)
    return layers, *([blocks] if fewer else []), table("type", types)


def _added(figures: Iterable[Figures]) -> Figures:
    """Return the sums of figures, column by column."""
    return tuple(map(sum, zip(*figures, strict=True)))
