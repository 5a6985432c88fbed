"""Analysis -> Report: the receptive field of every layer, or the input that one unit sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.clipped_fields import clipped_field
from cnnstat.analysis.outline import find, folded
from cnnstat.base.errors import Misfit
from cnnstat.report.columns import COLUMNS
from cnnstat.report.data import data, head
from cnnstat.report.layers import layer_table, title_of
from cnnstat.report.model import Report

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis, Row


def receptive(analysis: Analysis, depth: int | None = None) -> Report:
    """Return the receptive field of every layer."""
    keys = ("name", "type", "output_shape", "receptive_field", "field_stride", "field_padding")
    return Report(
        title=title_of(analysis),
        tables=(layer_table(analysis, tuple(COLUMNS[key] for key in keys), depth, totals=False),),
        data=data(analysis, folded(analysis, depth), "rf"),
        notes=(COLUMNS["receptive_field"].convention,),
        source=analysis.source,
    )


def unit(analysis: Analysis, layer: str, position: tuple[int, ...]) -> Report:
    """Return the input region that one unit of a layer sees.

    Raises:
        ArgumentError: there is no such layer.
        Misfit: there is no such unit, or its field is unknown.
    """
    row = find(analysis, layer)
    _check_unit(row, position)
    spatial = analysis.input_shape[1:]
    if row.field.whole:
        full = seen = tuple((0, size - 1) for size in spatial)
    else:
        full = row.field.region(position)
        seen = clipped_field(analysis, row.number, position)
    names = ("rows", "columns") if len(spatial) == 2 else ("positions",)
    facts = [(name, _range_text(part, whole)) for name, part, whole in zip(names, seen, full, strict=True)]
    return Report(
        title=f"{title_of(analysis)}: the input that unit {','.join(map(str, position))} of {row.name} sees",
        facts=tuple(facts),
        data={
            **head("rf", analysis),
            "layer": row.name,
            "unit": list(position),
            "region": [list(region) for region in full],
            "region_on_input": [list(region) for region in seen],
        },
        notes=("positions count from 0; both ends belong to the region",),
        source=analysis.source,
    )


def _check_unit(row: Row, position: tuple[int, ...]) -> None:
    if row.field.because is not None:
        raise Misfit(f"the field of {row.name} is unknown because of {row.field.because}")
    sizes = row.output_shape[1:]
    if not row.field.whole and len(position) != len(sizes):
        raise Misfit(f"a unit of {row.name} has {len(sizes)} coordinates, got {len(position)}")
    for place, size in zip(position, sizes, strict=False):
        if not 0 <= place < size:
            raise Misfit(f"{row.name} has units 0 to {size - 1} on this axis, not {place}")


def _range_text(seen: tuple[int, int], full: tuple[int, int]) -> str:
    if full[0] > full[1]:
        return "none"
    if seen[0] > seen[1]:
        return f"none of the input, only padding ({full[0]} to {full[1]})"
    whole = "" if seen == full else f" (with padding {full[0]} to {full[1]})"
    return f"{seen[0]} to {seen[1]}{whole}"
