"""The columns of layer tables: each declared once, for every command and every format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.base.figures import COUNTS, FIGURES
from cnnstat.report.model import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cnnstat.analysis.settings import Settings
    from cnnstat.report.document import LayerEntry, ReceptiveField
    from cnnstat.report.model import Kind


class LayerColumn(Column, frozen=True, kw_only=True):
    """A column of layers, and what a layer has in it under the settings of the analysis."""

    value: Callable[[LayerEntry, Settings], Any]


def field_text(field: ReceptiveField) -> str:
    """Return the size of a field, ``all`` for the whole input, or because of which layer it is unknown."""
    if field.whole:
        return "all"
    if field.size is None:
        return f"unknown because of {field.unknown_because_of}"
    text = "×".join(map(str, field.size))
    return text if field.aligned else f"{text}, not aligned"


def _figure(key: str, kind: Kind, rank: int, value: Callable[[LayerEntry, Settings], Any]) -> LayerColumn:
    figure = FIGURES[key]
    return LayerColumn(figure.layer_key or key, figure.label, kind, figure.brief, rank, value=value)


def _count(key: str) -> LayerColumn:
    return _figure(key, "count", _RANKS.get(key, 8), lambda layer, _: getattr(layer, key))


_RANKS = {"params": 2, "macs": 3, "connections": 6, "flops": 7}
"""The ranks of counts that stay longer than the others."""

COLUMNS: dict[str, LayerColumn] = {
    column.key: column
    for column in (
        LayerColumn("name", "layer", "text", gives="name", value=lambda layer, _: layer.name),
        LayerColumn("type", "type", "text", rank=5, value=lambda layer, _: layer.type),
        LayerColumn("inputs", "inputs", "text", rank=9, value=lambda layer, _: layer.inputs),
        _figure("shape", "shape", 1, lambda layer, _: layer.output_shape),
        *map(_count, COUNTS),
        _figure("receptive_field", "text", 7, lambda layer, _: field_text(layer.receptive_field)),
        _figure("field_stride", "sizes", 4, lambda layer, _: layer.receptive_field.stride),
        _figure("field_padding", "sizes", 4, lambda layer, _: layer.receptive_field.padding),
        _figure("leftover", "sizes", 8, lambda layer, _: layer.leftover if any(layer.leftover) else None),
    )
}
"""The columns of layers, by their keys in the data formats."""

SUMMARY = ("name", "type", "output_shape", "params", "macs", "connections", "receptive_field")
CHOICES = tuple(COLUMNS)


def footnotes(columns: Iterable[Column]) -> tuple[str, ...]:
    """Return what the figures of columns mean, a line each."""
    return tuple(f"{column.title}: {column.convention}" for column in columns if column.convention)
