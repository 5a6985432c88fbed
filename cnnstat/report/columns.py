"""The columns of layer tables: each declared once, for every command and every format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from msgspec import UNSET
from msgspec.structs import replace

from cnnstat.base.figures import COUNTS, FIGURES
from cnnstat.report.model import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cnnstat.analysis.settings import Settings
    from cnnstat.report.document import LayerEntry, ReceptiveField, Sizes
    from cnnstat.report.model import Kind


class LayerColumn(Column, frozen=True, kw_only=True):
    """A column of layers, and what a layer has in it under the settings of the analysis."""

    value: Callable[[LayerEntry, Settings], Any]


class Measurable(Protocol):
    """Figures of a layer, calculated or measured; counts are found by their keys."""

    @property
    def output_shape(self) -> Sizes:
        """What it puts out for one sample, channels first."""


class MeasurableColumn(LayerColumn, frozen=True, kw_only=True):
    """A column of what can be measured, too."""

    value: Callable[[Measurable, Settings], Any]


def size_text(size: Sizes | None, *, whole: bool) -> str | None:
    """Return the size of a field, ``all`` for the whole input; None where it is unknown."""
    if whole:
        return "all"
    return None if size is None else "×".join(map(str, size))


def field_text(field: ReceptiveField) -> str:
    """Return the size of a field, ``all`` for the whole input, or because of which layer it is unknown.

    That of an upper bound is ``at most`` so large.
    """
    if field.unseen is not UNSET:
        return "none"
    text = size_text(field.size, whole=field.whole)
    if text is None:
        return f"unknown because of {field.unknown_because_of}"
    if field.upper_bound_because_of is not UNSET:
        text = f"at most {text}"
    return text if field.aligned or field.whole else f"{text}, not aligned"


def _figure(key: str, kind: Kind, rank: int, value: Callable[[LayerEntry, Settings], Any]) -> LayerColumn:
    return LayerColumn(*_declared(key, kind, rank), value=value)


def _declared(key: str, kind: Kind, rank: int) -> tuple[str, str, Kind, str, int]:
    figure = FIGURES[key]
    return figure.layer_key or key, figure.label, kind, figure.brief, rank


def _count(key: str) -> MeasurableColumn:
    declared = _declared(key, "count", _RANKS.get(key, 8))
    return MeasurableColumn(*declared, value=lambda layer, _: getattr(layer, key))


_RANKS = {"params": 2, "macs": 3, "connections": 6, "flops": 7}
"""The ranks of counts that stay longer than the others."""

MEASURABLE: dict[str, MeasurableColumn] = {
    column.key: column
    for column in (
        MeasurableColumn(*_declared("shape", "shape", 1), value=lambda layer, _: layer.output_shape),
        *map(_count, COUNTS),
    )
}
"""The columns of which calculated and measured layers have the same, by their keys in the data formats."""

COLUMNS: dict[str, LayerColumn] = {
    column.key: column
    for column in (
        LayerColumn("name", "layer", "text", gives="name", value=lambda layer, _: layer.name),
        LayerColumn("type", "type", "text", rank=5, value=lambda layer, _: layer.type),
        LayerColumn("inputs", "inputs", "text", rank=9, value=lambda layer, _: layer.inputs),
        *MEASURABLE.values(),
        _figure("receptive_field", "text", 7, lambda layer, _: field_text(layer.receptive_field)),
        _figure("field_stride", "sizes", 4, lambda layer, _: layer.receptive_field.stride),
        _figure("field_padding", "sizes", 4, lambda layer, _: layer.receptive_field.padding),
        _figure("leftover", "sizes", 8, lambda layer, _: layer.leftover if any(layer.leftover) else None),
    )
}
"""The columns of layers, by their keys in the data formats."""

SUMMARY = ("name", "type", "output_shape", "params", "macs", "connections", "receptive_field")
CHOICES = tuple(COLUMNS)


def chosen_columns(keys: Sequence[str], default: Sequence[str]) -> tuple[LayerColumn, ...]:
    """Return the columns of these keys; those asked for stay, however narrow a terminal is."""
    columns = (COLUMNS[key] for key in keys)
    asked = tuple(keys) != tuple(default)
    return tuple(replace(column, rank=0) if asked else column for column in columns)


def footnotes(columns: Iterable[Column]) -> tuple[str, ...]:
    """Return what the figures of columns mean, a line each."""
    return tuple(f"{column.title}: {column.convention}" for column in columns if column.convention)
