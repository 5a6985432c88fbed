"""The columns of layer tables: each declared once, for every format."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from cnnstat.base.figures import COUNTS, FIGURES
from cnnstat.report.model import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

    from cnnstat.analysis import Row, Totals
    from cnnstat.layers.base import Shape
    from cnnstat.report.model import Kind


class LayerColumn(Column, frozen=True, kw_only=True):
    """A column of layers, and what a row has in it."""

    value: Callable[[Row], Any]


def field_text(row: Row | Totals) -> str | None:
    """Return the size of a field, ``all`` for the whole input, or because of which layer it is unknown."""
    if row.field.whole:
        return "all"
    if row.field.because is not None:
        return f"unknown because of {row.field.because}"
    sizes = row.field.sizes(row.output_shape)
    text = "×".join(map(str, sizes))
    return text if row.field.aligned else f"{text}, not aligned"


def _figure(key: str, kind: Kind, rank: int, value: Callable[[Row], Any]) -> LayerColumn:
    told = FIGURES[key]
    return LayerColumn(told.layer_key or key, told.label, kind, told.brief, rank, value=value)


_RANKS = {"params": 2, "macs": 3, "connections": 6, "flops": 7}
"""The ranks of counts that stay longer than the others."""

COLUMNS: dict[str, LayerColumn] = {
    column.key: column
    for column in (
        LayerColumn("name", "layer", "text", value=lambda row: row.name),
        LayerColumn("type", "type", "text", rank=5, value=lambda row: row.type),
        LayerColumn("inputs", "inputs", "text", rank=9, value=lambda row: row.inputs),
        _figure("shape", "shape", 1, lambda row: row.output_shape),
        *(_figure(key, "count", _RANKS.get(key, 8), attrgetter(f"counts.{key}")) for key in COUNTS),
        _figure("receptive_field", "text", 7, field_text),
        _figure("field_stride", "sizes", 4, lambda row: row.field.strides if row.field.known else None),
        _figure("field_padding", "sizes", 4, lambda row: row.field.paddings if row.field.known else None),
        _figure("leftover", "sizes", 8, lambda row: row.leftover if any(row.leftover) else None),
    )
}
"""The columns of layers, by their keys in the data formats."""

SUMMARY = ("name", "type", "output_shape", "params", "macs", "connections", "receptive_field")
CHOICES = tuple(COLUMNS)


def footnotes(columns: Iterable[Column]) -> tuple[str, ...]:
    """Return what the figures of columns mean, a line each."""
    return tuple(f"{column.title}: {column.convention}" for column in columns if column.convention)


def count(holder: Row | Totals, key: str) -> Any:
    """Return a figure that adds up; None for columns that do not."""
    return getattr(holder.counts, key, None)


def field_data(row: Row | Totals, input_shape: Shape) -> dict[str, Any]:
    """Return the receptive field as the JSON contract has it."""
    field = row.field
    if field.whole:
        whole = list(input_shape[1:]) or None
        return {"size": whole, "stride": None, "padding": None, "aligned": field.aligned, "global": True}
    if field.because is not None:
        unknown = {"size": None, "stride": None, "padding": None, "aligned": None, "global": False}
        return {**unknown, "unknown_because_of": field.because}
    return {
        "size": list(field.sizes(row.output_shape)),
        "stride": [None if s is None else exact(s) for s in field.strides],
        "padding": list(field.paddings),
        "aligned": field.aligned,
        "global": False,
    }


def exact(value: Fraction) -> int | float:
    """Return a fraction as an integer where it is one."""
    return value.numerator if value.denominator == 1 else float(value)
