"""Report -> CSV: the raw values of the first table, one line per layer."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

from cnnstat.report.model import Quantity, Sides
from cnnstat.report.text import said

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.report.document import Document
    from cnnstat.report.model import Column, Kind, Report


def render(document: Document, report: Callable[[], Report], *, width: int | None, colour: bool) -> str:
    """Return the first table with its keys as the head; without headings and totals, so figures add up."""
    made, out = report(), StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if not made.tables:
        writer.writerow([fact.name for fact in made.facts])
        writer.writerow([_safe(said(fact.phrase)) for fact in made.facts])
        return out.getvalue()
    table = made.tables[0]
    kept = [i for i, column in enumerate(table.columns) if column.kind != "bar"]
    writer.writerow([key for i in kept for key in _keys(table.columns[i])])
    for line in table.lines:
        if not line.heading and not line.remark:
            writer.writerow([_raw(v, table.columns[i].kind) for i in kept for v in _values(line.cells[i])])
    return out.getvalue()


def _keys(column: Column) -> tuple[str, ...]:
    return (f"{column.key}_a", f"{column.key}_b") if column.sides else (column.key,)


def _values(cell: Any) -> tuple[Any, ...]:
    return (cell.before, cell.after) if isinstance(cell, Sides) else (cell,)


def _raw(value: Any, kind: Kind) -> Any:
    if isinstance(value, Quantity):
        return _raw(value.value, value.kind)
    if value is None:
        return ""
    if kind == "figure" and isinstance(value, tuple):
        return _safe(said(value))
    if isinstance(value, tuple):  # a shape, or sizes
        return "x".join("" if item is None else str(item) for item in value)
    return _safe(value) if isinstance(value, str) else value


def _safe(text: str) -> str:
    # A spreadsheet takes a cell that starts with one of these for a formula.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
