"""Analysis -> what every unit of every layer sees of the input, in few numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import UNSET

from cnnstat.analysis.bounds import NO_REGION
from cnnstat.analysis.clipped_fields import clipped_fields
from cnnstat.analysis.receptive_field import along
from cnnstat.analysis.upper_bounds import looks
from cnnstat.commands.report.document import AxisField, LayerFields
from cnnstat.layers.base import places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis, LayerRow
    from cnnstat.analysis.clipped_fields import UnitFields
    from cnnstat.commands.report.document import Run

MOST_LOOKS = 2**27
"""Places that may be looked at: within seconds. WaveNet on a second of sound has 0.8 of them."""

_Key: TypeAlias = tuple[object, ...]


def unit_fields(analysis: Analysis) -> tuple[tuple[LayerFields, ...] | None, str]:
    """Return what the units of each layer see, as `rf --at --unit` says it; or None, and the reason."""
    if len(analysis.input_shape) == 1:
        return None, "the input is a vector, whose numbers have no places"
    if (count := looks(analysis)) > MOST_LOOKS:
        return None, f"there are {count:,} places to look at to find what all units see"
    made: dict[_Key, AxisField] = {}
    each = zip(analysis.rows, clipped_fields(analysis), strict=True)
    return tuple(_of_layer(analysis, row, seen, made) for row, seen in each), ""


def _of_layer(
    analysis: Analysis, row: LayerRow, seen: tuple[UnitFields, ...], made: dict[_Key, AxisField]
) -> LayerFields:
    if not seen and row.field.whole:  # though what they read is not known unit by unit
        sizes = places(analysis.input_shape)
        each = zip(sizes, along(places(row.output_shape), len(sizes)), strict=True)
        seen = tuple((((0, size - 1),) * count) for size, count in each)
    if not seen:
        return LayerFields(axes=(), unknown_because_of=row.field.because or row.name)
    # Behind layers that read all of a map there is no pattern that goes on beyond the input.
    pattern = row.field if row.field.known and not row.field.constant else None
    axes = []
    units = along(places(row.output_shape), len(seen))
    for axis, (count, clipped, size) in enumerate(
        zip(units, seen, places(analysis.input_shape), strict=True)
    ):
        key = (pattern and pattern.axes[axis], count, clipped, size)
        if key not in made:
            full = [pattern.along_axis(axis, unit) for unit in range(count)] if pattern else clipped
            cut = [_cut(each, size) for each in full]
            apart = cut != [*clipped]
            made[key] = AxisField(
                units=count, region=runs(full), region_on_input=runs(clipped) if apart else UNSET
            )
        axes.append(made[key])
    bound = analysis.upper_bounds[row.number] or UNSET
    return LayerFields(axes=tuple(axes), upper_bound_because_of=bound)


def _cut(region: tuple[int, int], size: int) -> tuple[int, int]:
    """Return what of a region is on an input of a size."""
    low, high = max(region[0], 0), min(region[1], size - 1)
    return (low, high) if low <= high else NO_REGION


def runs(regions: Sequence[tuple[int, int]]) -> tuple[Run, ...]:
    """Return regions of units as runs of those that follow each other evenly."""
    found: list[Run] = []
    start, count = 0, len(regions)
    while start < count:
        low, high = regions[start]
        step = (0, 0) if start + 1 == count else (regions[start + 1][0] - low, regions[start + 1][1] - high)
        stop = start + 1
        while stop < count and regions[stop] == (
            low + (stop - start) * step[0],
            high + (stop - start) * step[1],
        ):
            stop += 1
        if stop == start + 1:
            step = (0, 0)
        found.append((start, low, high, *step))
        start = stop
    return tuple(found)
