"""Two networks as wholes: how many layers of each type, and the totals with difference and ratio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.analysis.by_type import both_by_type
from cnnstat.base.figures import COUNTS, FIGURES, OF_NETWORK
from cnnstat.report import text
from cnnstat.report.columns import field_text
from cnnstat.report.model import Column, Line, Sides, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.diff.difference import Difference
    from cnnstat.report.model import Kind

_TYPES = (
    Column("type", "type", "text"),
    Column("layers", "layers", sides=True),
    Column("params", "params", rank=1, sides=True),
    Column("macs", "MACs", rank=2, sides=True),
)
_TOTALS = (
    Column("figure", "figure", "text"),
    Column("a", "A", "figure"),
    Column("b", "B", "figure"),
    Column("difference", "difference", "figure", rank=2),
    Column("ratio", "B / A", "figure", rank=1),
)

_COUNTS = tuple(key for key in COUNTS if key not in ("buffers", "padding_macs"))


def by_type(difference: Difference) -> Table:
    """Return how many layers of each type A and B have, with their params and MACs."""
    lines = [
        (
            kind,
            Sides(before[0], after[0]),
            Sides(before[1].params, after[1].params),
            Sides(before[1].macs, after[1].macs),
        )
        for kind, before, after in both_by_type(difference.a, difference.b)
    ]
    a, b = difference.a, difference.b
    total = (
        "total",
        Sides(len(a.rows), len(b.rows)),
        Sides(a.totals.counts.params, b.totals.counts.params),
        Sides(a.totals.counts.macs, b.totals.counts.macs),
    )
    return Table("by type", _TYPES, tuple(Line(cells, cells[0]) for cells in lines), total)


def totals(difference: Difference) -> Table:
    """Return the figures of the whole networks, with difference and ratio."""
    return Table("in total", _TOTALS, tuple(Line(cells, cells[0]) for cells in _totals(difference)))


def _totals(difference: Difference) -> Iterator[tuple[Any, ...]]:
    a, b = difference.a.totals, difference.b.totals
    yield "layers", *_compared(len(difference.a.rows), len(difference.b.rows), "count")
    for key in _COUNTS:
        yield FIGURES[key].label, *_compared(getattr(a.counts, key), getattr(b.counts, key), "count")
    for key in OF_NETWORK:
        yield FIGURES[key].label, *_compared(getattr(a, key), getattr(b, key), "bytes")
    if difference.outputs_differ:
        yield "outputs", ", ".join(difference.a.output_names), ", ".join(difference.b.output_names), "", ""
    yield "receptive field", field_text(a), field_text(b), "", ""
    yield "output", text.shown(a.output_shape, "shape"), text.shown(b.output_shape, "shape"), "", ""


def _compared(a: int, b: int, kind: Kind) -> tuple[str, str, str, str]:
    sign = "+" if b > a else "−" if b < a else ""
    return text.shown(a, kind), text.shown(b, kind), sign + text.shown(abs(b - a), kind), ratio(a, b)


def ratio(a: int, b: int) -> str:
    """Return b / a with three digits or so; unknown where a is 0."""
    if a == 0:
        return text.UNKNOWN
    value = b / a
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 0.1 else f"{value:.2f}"
