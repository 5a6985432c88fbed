"""A table of layers, and what a report on one network is headed by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.report import text
from cnnstat.report.columns import count
from cnnstat.report.model import Line, Table
from cnnstat.report.outline import branches

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis, Row
    from cnnstat.report.columns import LayerColumn


def title_of(analysis: Analysis) -> str:
    """Return the network's name and input."""
    return f"{analysis.name}, input {text.shown(analysis.input_shape, 'shape')}"


def layer_table(
    analysis: Analysis, columns: tuple[LayerColumn, ...], depth: int | None, *, totals: bool = True
) -> Table:
    """Return the layers, folded at a depth, under these columns."""
    lines = tuple(
        Line(
            tuple(_heading_cell(b.row, c) if b.heading else c.value(b.row) for c in columns),
            b.label,
            b.level,
            b.heading,
        )
        for b in branches(analysis, depth)
    )
    total = tuple("total" if c.key == "name" else count(analysis.totals, c.key) for c in columns)
    return Table("", columns, lines, total if totals else None)


def _heading_cell(row: Row, column: LayerColumn) -> Any:
    return column.value(row) if column.key in ("name", "type") else ""
