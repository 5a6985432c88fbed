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
    """Return the tables per layer, block and type; figure ``share`` is the one that has shares and a bar."""

    def parts(level: int | None) -> list[tuple[str, Figures]]:
        return _counted((name, [figures[i] for i in layers]) for name, layers in rows_of(analysis, level))

    whole = added(figures) or (0,) * len(columns)
    layers, blocks = parts(depth), parts(1)
    types = _counted(by_type(analysis.rows, figures).items())
    types.sort(key=lambda part: (-part[1][share], part[0]))
    named = [("per layer", "layer", layers), ("per type", "type", types)]
    if len(blocks) < len(layers):
        named.insert(1, ("per block", "block", blocks))
    return tuple(_shares(title, noun, columns, part, whole, share) for title, noun, part in named)


def _counted(groups: Iterable[tuple[str, Iterable[Figures]]]) -> list[tuple[str, Figures]]:
    """Return the sums of groups by name, without those that are nothing."""
    sums = ((name, added(figures)) for name, figures in groups)
    return [(name, values) for name, values in sums if any(values)]


def _shares(
    title: str,
    noun: str,
    columns: Sequence[Column],
    parts: Sequence[tuple[str, Figures]],
    whole: Figures,
    share: int,
) -> Table:
    base = whole[share] or 1
    lines = (
        Line((name, *values, values[share] / base, values[share] / base), label=name)
        for name, values in parts
    )
    return Table(
        title,
        (Column("name", noun, "text"), *columns, _SHARE, _BAR),
        tuple(lines),
        ("total", *whole, whole[share] / base, None),
    )


def rows_of(analysis: Analysis, depth: int | None) -> list[tuple[str, range]]:
    """Return each row at a depth with the layers it stands for."""
    return [(row.name, row.layers) for row in folded(analysis, depth)]


def added(figures: Iterable[Figures]) -> Figures:
    """Return the sums of figures, column by column."""
    return tuple(map(sum, zip(*figures, strict=True)))
