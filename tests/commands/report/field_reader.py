"""How a page reads the fields of a network's units, in Python: as docs/report.md says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis.receptive_field import Region
    from cnnstat.commands.report.document import AxisField, LayerFields, Run

NOTHING = (1, 0)


def region(fields: LayerFields, unit: Sequence[int]) -> Region:
    """Return the first and the last position that a unit sees along each axis, padding included."""
    return _together(_at(axis.region, place) for axis, place in _along(fields, unit))


def region_on_input(fields: LayerFields, unit: Sequence[int], input_shape: Sequence[int]) -> Region:
    """Return what of it is on the input."""
    each = zip(_along(fields, unit), input_shape[1:], strict=True)
    return _together(_on_input(axis, place, size) for (axis, place), size in each)


def _together(axes: Iterable[tuple[int, int]]) -> Region:
    """Return regions along all axes: where there is nothing along one, there is nothing at all."""
    found = tuple(axes)
    return (NOTHING,) * len(found) if any(low > high for low, high in found) else found


def _along(fields: LayerFields, unit: Sequence[int]) -> list[tuple[AxisField, int]]:
    return [(axis, unit[min(i, len(unit) - 1)]) for i, axis in enumerate(fields.axes)]


def _on_input(axis: AxisField, place: int, size: int) -> tuple[int, int]:
    if isinstance(axis.region_on_input, tuple):
        return _at(axis.region_on_input, place)
    low, high = _at(axis.region, place)
    low, high = max(low, 0), min(high, size - 1)
    return (low, high) if low <= high else NOTHING


def _at(runs: Sequence[Run], place: int) -> tuple[int, int]:
    start, low, high, step_low, step_high = next(run for run in reversed(runs) if run[0] <= place)
    return low + (place - start) * step_low, high + (place - start) * step_high
