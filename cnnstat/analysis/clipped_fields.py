"""What the units of every layer really see of the input: regions cut off where a map between ends.

A receptive field is a pattern that goes on beyond every border, so that one size, stride and padding hold
for all units. A unit near a border sees less of it: no layer between has a unit where its map has ended.
"""

from __future__ import annotations

from functools import reduce
from itertools import compress
from typing import TYPE_CHECKING, TypeAlias

from cnnstat.analysis.bounds import NO_REGION, joined
from cnnstat.analysis.fields import known_fields
from cnnstat.analysis.receptive_field import along, lost
from cnnstat.layers.base import places
from cnnstat.layers.footprint import NO_INPUT, POINT, Folded, Pieces, all_of, on_input

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.model import Analysis, LayerRow
    from cnnstat.analysis.receptive_field import Region
    from cnnstat.layers.footprint import Reading

UnitFields: TypeAlias = tuple[tuple[int, int], ...]
"""The first and the last input position each unit sees along one axis; (1, 0) where it sees none."""


def clipped_fields(analysis: Analysis) -> list[tuple[UnitFields, ...]]:
    """Return the regions of every layer's units, per axis of the input; no axes where that is unknown.

    Units of a map go by their place along that axis, those of a vector by their number.
    """
    found: list[tuple[UnitFields, ...]] = [
        tuple(tuple((i, i) for i in range(size)) for size in places(shape)) if number == analysis.of else ()
        for number, shape in enumerate(analysis.graph.input_shapes)
    ]
    for row in analysis.rows:
        found.append(_of_layer(analysis, row, found))
    return found[len(analysis.graph.inputs) :]


def _of_layer(
    analysis: Analysis, row: LayerRow, found: Sequence[tuple[UnitFields, ...]]
) -> tuple[UnitFields, ...]:
    units = along(places(row.output_shape), len(places(analysis.input_shape)))
    if row.field.unseen:
        return tuple((NO_REGION,) * count for count in units)
    if row.field.shared:
        return tuple((end,) * count for end, count in zip(row.field.region((0,)), units, strict=True))
    by_axis = zip(*_readings(analysis, row, found), strict=True)
    return tuple(_united(each, count) for each, count in zip(by_axis, units, strict=False))


def branches(
    analysis: Analysis, row: LayerRow, found: Sequence[tuple[UnitFields, ...]]
) -> list[tuple[UnitFields, ...]]:
    """Return what a layer's units see through each of its inputs; none where one of them is unknown.

    ``found`` is what the units of all nodes above see. Inputs that see nothing are left out. Of a vector that
    several are joined into, numbers that read nothing of an input are left out of what is seen through it.
    """
    units = along(places(row.output_shape), len(places(analysis.input_shape)))
    read = _readings(analysis, row, found)
    several = len(row.output_shape) == 1 and len(read) > 1
    regions = []
    for each in read:
        of = [(*one, count) for one, count in zip(each, units, strict=True)]
        regions.append(tuple([_regions(*(_read(*one) if several else one)) for one in of]))
    return regions


def _read(reading: Reading | None, above: UnitFields, units: int) -> tuple[Reading | None, UnitFields, int]:
    """Return how those of so many numbers read that read something, and how many they are."""
    if not isinstance(reading, Pieces):
        return reading, above, units
    parts = tuple((count, part) for count, part in reading.parts if part != NO_INPUT)
    return Pieces(parts), above, sum(count for count, _ in parts)


def _readings(
    analysis: Analysis, row: LayerRow, found: Sequence[tuple[UnitFields, ...]]
) -> list[tuple[tuple[Reading | None, UnitFields], ...]]:
    """Return for each input of a layer, per axis, how it is read and what its own units see."""
    seen = [not analysis.fields[source].unseen for source in row.node.values]
    above = [found[source] for source in compress(row.node.values, seen)]
    axes = len(places(analysis.input_shape))
    footprints = tuple(compress(row.calculated.footprints, seen))
    if not all(above) or any(lost(footprint, axes) for footprint in footprints):
        return []
    each = []
    for regions, footprint in zip(above, footprints, strict=True):
        readings = (None,) * axes if isinstance(footprint, str) else footprint * (axes // len(footprint))
        each.append(tuple(zip(readings, regions, strict=True)))
    return each


def _regions(reading: Reading | None, above: UnitFields, units: int) -> UnitFields:
    """Return the regions of so many units, from those of what they read; without a reading they read all."""
    if reading == POINT:
        return above[:units] + (NO_REGION,) * (units - len(above))
    if reading is None or reading == all_of(len(above)):
        return (reduce(joined, set(above), NO_REGION),) * units
    if isinstance(reading, Folded):  # what repeats is worked out once
        each = _regions(reading.then, above, reading.of)
        turn = tuple(region for region in each for _ in range(reading.every))
        return (turn * -(-units // len(turn)))[:units]
    if isinstance(reading, Pieces):
        parts = [_regions(part, above, count) for count, part in reading.parts]
        return tuple(region for part in parts for region in part)
    return tuple(_region(reading, above, unit) for unit in range(units))


def _region(reading: Reading, above: UnitFields, unit: int) -> tuple[int, int]:
    read = on_input(reading.read(unit), len(above))
    return reduce(joined, above[read.start : read.stop : read.step] if read else (), NO_REGION)


def _united(branches: tuple[tuple[Reading | None, UnitFields], ...], units: int) -> UnitFields:
    """Return the regions of so many units, from readings of several inputs and the regions of these.

    Of a vector that many are joined into, most parts read nothing of each: these are passed over.
    """
    if len(branches) == 1:
        ((reading, above),) = branches
        return _regions(reading, above, units)
    found = [NO_REGION] * units
    for reading, above in branches:
        start = 0
        for count, part in reading.parts if isinstance(reading, Pieces) else ((units, reading),):
            if part != NO_INPUT:
                for unit, region in enumerate(_regions(part, above, count), start):
                    found[unit] = joined(found[unit], region)
            start += count
    return tuple(found)


def clipped_field(analysis: Analysis, number: int, unit: tuple[int, ...]) -> Region:
    """Return the region of one unit of a node, per axis of the input, going back layer by layer.

    Raises:
        UntraceableError: it cannot be known.
    """
    fields = known_fields(analysis, number + 1 - len(analysis.graph.inputs))
    axes = along(unit, len(places(analysis.input_shape)))
    return fields.seen(analysis.graph.name(number), [(number, [range(place, place + 1) for place in axes])])
