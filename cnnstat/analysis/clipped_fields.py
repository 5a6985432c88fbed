"""What the units of every layer really see of the input: regions cut off where a map between ends.

A receptive field is a pattern that goes on beyond every border, so that one size, stride and padding hold
for all units. A unit near a border sees less of it: no layer between has a unit where its map has ended.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.analysis.receptive_field import NOTHING, broadcast, joined
from cnnstat.layers.base import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.model import Analysis, LayerRow
    from cnnstat.layers.footprint import Bounds

UnitFields: TypeAlias = tuple[tuple[int, int], ...]
"""The first and the last input position each unit sees along one axis; (1, 0) where it sees none."""


def clipped_fields(analysis: Analysis) -> list[tuple[UnitFields, ...]]:
    """Return the regions of every layer's units, per axis; no axes where units have no place."""
    found = [tuple(tuple((i, i) for i in range(size)) for size in analysis.input_shape[1:])]
    for row in analysis.rows:
        # What a layer reads may have no place any more, though it still sees everything.
        placed = all(found[source] for source in row.node.inputs)
        axes = enumerate(_axes(analysis, row) if placed else ())
        found.append(tuple(_regions(axis, place, found) for place, axis in axes))
    return found[len(analysis.graph.inputs) :]


def clipped_field(analysis: Analysis, number: int, unit: tuple[int, ...]) -> UnitFields:
    """Return the region of one unit of a node, per axis, going back layer by layer."""
    needed: list[dict[int, set[int]]] = [{number: {place}} for place in unit]
    for row in reversed(analysis.rows):
        if not any(row.number in units for units in needed):
            continue
        for axis, units in zip(_axes(analysis, row), needed, strict=True):
            for source, bounds, size in axis.branches:
                read = (_read(bounds, size, place) for place in units.get(row.number, ()))
                units.setdefault(source, set()).update(*read)
    ends = [units.get(analysis.graph.input.number) for units in needed]
    return tuple((min(places), max(places)) if places else NOTHING for places in ends)


class _Axis(Struct, frozen=True):
    """One axis of a layer: how many units it has, and for each input its number, its bounds and its size.

    Without a bounds every unit reads all of the input.
    """

    units: int
    branches: tuple[tuple[int, Bounds | None, int], ...]


def _axes(analysis: Analysis, row: LayerRow) -> tuple[_Axis, ...]:
    """Return the axes of a layer whose units have a place, else none."""
    rank = len(analysis.input_shape) - 1
    footprint, sources = row.calculated.footprint, row.node.values
    if row.field.because is not None or len(row.output_shape) - 1 != rank or footprint == UNKNOWN:
        return ()
    each = (None,) * rank if isinstance(footprint, str) else footprint
    return tuple(
        _axis(bounds, row.output_shape[axis], sources, [analysis.shapes[i][axis] for i in sources])
        for axis, bounds in enumerate(each, 1)
    )


def _axis(bounds: Bounds | None, units: int, sources: tuple[int, ...], sizes: list[int]) -> _Axis:
    if bounds is None or len(sources) == 1:
        return _Axis(units, tuple((i, bounds, size) for i, size in zip(sources, sizes, strict=True)))
    pairs = zip(sources, sizes, strict=True)
    return _Axis(units, tuple((i, broadcast(bounds, size, units), size) for i, size in pairs))


def _regions(axis: _Axis, place: int, found: Sequence[tuple[UnitFields, ...]]) -> UnitFields:
    regions = []
    for unit in range(axis.units):
        parts = [
            found[source][place][position]
            for source, bounds, size in axis.branches
            for position in _read(bounds, size, unit)
        ]
        regions.append(reduce(joined, parts, NOTHING))
    return tuple(regions)


def _read(bounds: Bounds | None, size: int, unit: int) -> range:
    """Return the positions one unit reads of a map of some size."""
    if bounds is None:
        return range(size)
    first, last = bounds.at(unit)
    first += -(first // bounds.step) * bounds.step if first < 0 else 0
    return range(first, min(last + 1, size), bounds.step)
