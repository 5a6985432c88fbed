"""Which fields are upper bounds: units may see less than they say, and no measurement of axes shows that.

A field is one region per place, a pair of ends along each axis. Two things do not fit into that. Channels at
one place may see different parts: the place's field is that of all of them together, which a layer that takes
them apart hands to each. And a unit that sees nothing along one axis sees nothing at all: where it meets
another branch, it adds nothing along the other axes, though its field there is not empty.
"""

from __future__ import annotations

from enum import IntEnum
from itertools import compress
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.bounds import NO_REGION
from cnnstat.analysis.clipped_fields import branches, clipped_fields
from cnnstat.analysis.layer_field import every_unit_hits
from cnnstat.analysis.receptive_field import along, lost
from cnnstat.base.limits import LOOKS, MAX_LOOKS
from cnnstat.layers.base import APART, GATHERED, MIXED, STREWN, WHOLE, places
from cnnstat.layers.footprint import NO_INPUT, POINT, Bounds, Folded, Pieces, all_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.clipped_fields import UnitFields
    from cnnstat.analysis.model import Analysis, LayerRow
    from cnnstat.layers.base import Footprint, Shape
    from cnnstat.layers.footprint import Reading


class Units(IntEnum):
    """How what units see compares to their field."""

    ALIKE = 0
    """All channels of a place see its field."""
    UNEVEN = 1
    """All channels of a place together see its field."""
    STREWN = 2
    """All units of the layer together see what their fields say together."""
    LESS = 3
    """Units may see less."""


class Known(Struct, frozen=True):
    """What is known of a layer's units, and the layer that makes their fields upper bounds.

    ``sighted``: each of them surely sees something of the input along every axis.
    """

    units: Units = Units.ALIKE
    because: str = ""
    sighted: bool = True


def upper_bounds(analysis: Analysis, clipped: Sequence[tuple[UnitFields, ...]] = ()) -> tuple[str, ...]:
    """Return of each node which layer makes its field an upper bound; "" where the field is exact.

    ``clipped`` is what the units of each layer see, of `clipped_fields`. Without it, footprints alone show
    that most networks have no such field; units are looked at where there may be one, if they are not too
    many. Where they are, what may be an upper bound is taken for one.
    """
    if not clipped:
        possible = _pass(analysis, None)
        if not any(possible) or looks(analysis) > max(MAX_LOOKS, LOOKS * len(analysis.rows)):
            return possible
        clipped = clipped_fields(analysis)
    found = [()] * len(analysis.graph.inputs) + [*clipped]
    found[analysis.of] = tuple(tuple((i, i) for i in range(size)) for size in places(analysis.input_shape))
    return _pass(analysis, found)


def looks(analysis: Analysis) -> int:
    """Return how many places are looked at, at most, to find what the units of all layers see."""
    axes = len(places(analysis.input_shape))
    count = 0
    for row in analysis.rows:
        units = along(places(row.output_shape), axes)
        for footprint in row.calculated.footprints:
            readings = (None,) * axes if isinstance(footprint, str) else footprint
            each = zip(readings, units, strict=False)
            count += sum(number * max(1, r.size if isinstance(r, Bounds) else 1) for r, number in each)
    return count


def _pass(analysis: Analysis, found: Sequence[tuple[UnitFields, ...]] | None) -> tuple[str, ...]:
    """Go through the layers, by what their units see or, with None, by what they may see."""
    known = [Known()] * len(analysis.graph.inputs)
    one: dict[Known, Known] = {}
    before: dict[object, Known] = {}
    for row in analysis.rows:
        key = _all_that_matters(analysis, row, known) if found is None else None
        here = before.get(key)
        if here is None:
            here = _of_layer(analysis, row, found, known)
            here = one.setdefault(here, here)
            if key is not None and here.because != row.name:  # else it is another one each time
                before[key] = here
        known.append(here)
    return tuple([each.because for each in known])


def _all_that_matters(analysis: Analysis, row: LayerRow, known: Sequence[Known]) -> object:
    """Return all that `_of_layer` goes by where no units are looked at: the same for most of a repeat.

    Equal layers that read equal shapes have one calculation.
    """
    values, field = row.node.values, row.field
    same = len(values) == 1 and field is analysis.fields[values[0]]
    above = [(id(known[source]), analysis.fields[source].unseen) for source in values]
    return id(row.calculated), same, field.shared, field.because is None, *above


def _of_layer(
    analysis: Analysis,
    row: LayerRow,
    found: Sequence[tuple[UnitFields, ...]] | None,
    known: Sequence[Known],
) -> Known:
    values, shapes = row.node.values, [analysis.shapes[source] for source in row.node.inputs]
    kind = row.node.layer.channels(tuple(shapes))
    apart = kind == APART
    same = len(values) == 1 and row.field is analysis.fields[values[0]]
    if same and apart and known[values[0]].units < Units.STREWN:
        return known[values[0]]  # as of most layers
    sources = [source for source in values if not analysis.fields[source].unseen]
    above = [known[source] for source in sources]
    less = next((each for each in above if each.units is Units.LESS), None)
    if less is not None or not sources:
        return less or Known()
    seen = [not analysis.fields[source].unseen for source in values]
    readings = [*compress(zip(row.calculated.footprints, shapes, strict=False), seen)]
    sighted = row.field.shared or row.field.because is not None
    sighted = sighted or all_sighted(above, readings, row.output_shape, len(places(analysis.input_shape)))
    if not sighted:
        if found is None:
            return Known(Units.LESS, row.name)
        met = branches(analysis, row, found)
        if _half_blind(found[row.number], row.output_shape) or _crossed(met, row.output_shape):
            return Known(Units.LESS, row.name)
    most = max(each.units for each in above)
    if found is not None and apart and len(above) > 1 and most is not Units.ALIKE:
        pairs = zip(branches(analysis, row, found), above, strict=False)
        if found[row.number] in (branch for branch, each in pairs if each.units is Units.ALIKE):
            return Known(sighted=sighted)  # every unit sees this branch, and none more through another
    if kind == GATHERED and most < Units.STREWN and _gathers_one(sources, values, found):
        return Known(most, sighted=sighted)
    units = units_after(kind, readings, row.output_shape, most)
    if units < Units.STREWN:
        return Known(units, sighted=sighted)
    because = next((each.because for each in above if each.because), row.name)
    return Known(units, because, sighted)


def all_sighted(
    above: Sequence[Known], readings: Sequence[tuple[Footprint, Shape]], output: Shape, axes: int
) -> bool:
    """Say whether each unit surely sees something along every axis through each branch that it reads.

    ``readings`` are footprints with the shapes of what they are on, of inputs that see anything.
    """
    if not all(each.sighted for each in above):
        return False
    several = len(output) == 1 and len(above) > 1
    units = along(places(output), axes)
    for footprint, shape in readings:
        if isinstance(footprint, str) or lost(footprint, axes):
            continue
        sizes = along(places(shape), axes)
        each_axis = footprint * (axes // len(footprint))
        if not all(_hit(*each, several) for each in zip(each_axis, sizes, units, strict=True)):
            return False
    return True


def _hit(reading: Reading, size: int, units: int, several: bool) -> bool:
    """Say whether so many units, or of `several` parts of a vector those that read any, read a real place."""
    if reading == POINT:
        return units <= size
    if isinstance(reading, Folded):
        return _hit(reading.then, size, reading.of, several)
    if isinstance(reading, Pieces):
        parts = (each for each in reading.parts if not (several and each[1] == NO_INPUT))
        return all(_hit(part, size, count, several) for count, part in parts)
    return every_unit_hits(reading, size, units)


def _half_blind(seen: tuple[UnitFields, ...], shape: Shape) -> bool:
    """Say whether units see nothing along one axis and something along another."""
    if len(shape) == 1:  # each number has a region of its own
        return any(0 < ends.count(NO_REGION) < len(ends) for ends in zip(*seen, strict=True))
    blind = [set(axis) == {NO_REGION} for axis in seen]
    return any(blind) and not all(blind)


def _crossed(met: Sequence[tuple[UnitFields, ...]], shape: Shape) -> bool:
    """Say whether a branch of which units see nothing along one axis meets one that differs along another."""
    if len(met) < 2:
        return False
    if any(_half_blind(branch, shape) for branch in met):
        return True
    if len(shape) == 1:
        return False
    seeing = [branch for branch in met if any(set(axis) != {NO_REGION} for axis in branch)]
    for axis in range(len(met[0])):
        if any(NO_REGION in branch[axis] for branch in seeing):
            others = {branch[:axis] + branch[axis + 1 :] for branch in seeing}
            if len(others) > 1:
                return True
    return False


def _gathers_one(
    sources: Sequence[int], values: Sequence[int], found: Sequence[tuple[UnitFields, ...]] | None
) -> bool:
    """Say whether all that is gathered is known to see the same."""
    if found is None or not len(sources) == len(values) > 1:
        return False
    return len({found[source] for source in sources}) == 1 and bool(found[sources[0]])


def units_after(kind: str, readings: Sequence[tuple[Footprint, Shape]], output: Shape, above: Units) -> Units:
    """Return what is known of units that read others, by what becomes of the channels."""
    if above is Units.STREWN:
        if kind == MIXED and all(_reads_all(*each) for each in readings):
            return Units.ALIKE
        kept = kind == APART and all(
            shape == output and set(footprint) == {POINT} for footprint, shape in readings
        )
        return Units.STREWN if kept else Units.LESS
    if kind == GATHERED:
        return Units.UNEVEN
    if above is Units.ALIKE or kind == MIXED:
        return Units.ALIKE
    return {APART: Units.UNEVEN, STREWN: Units.STREWN}.get(kind, Units.LESS)


def _reads_all(footprint: Footprint, shape: Shape) -> bool:
    """Say whether each unit reads all places."""
    return footprint == WHOLE or footprint == tuple(map(all_of, places(shape)))
