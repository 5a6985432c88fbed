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
from cnnstat.analysis.clipped_fields import branches
from cnnstat.layers.base import APART, GATHERED, MIXED, STREWN, WHOLE, places
from cnnstat.layers.footprint import POINT, all_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.clipped_fields import UnitFields
    from cnnstat.analysis.model import Analysis, LayerRow
    from cnnstat.layers.base import Footprint, Shape


class _Units(IntEnum):
    """How what units see compares to their field."""

    ALIKE = 0
    """All channels of a place see its field."""
    UNEVEN = 1
    """All channels of a place together see its field."""
    STREWN = 2
    """All units of the layer together see what their fields say together."""
    LESS = 3
    """Units may see less."""


class _Known(Struct, frozen=True):
    """What is known of a layer's units, and the layer that makes their fields upper bounds."""

    units: _Units = _Units.ALIKE
    because: str = ""


def upper_bounds(analysis: Analysis, clipped: Sequence[tuple[UnitFields, ...]]) -> list[str]:
    """Return of each layer which one makes its field an upper bound; "" where the field is exact.

    ``clipped`` is what the units of each layer see, of `clipped_fields`.
    """
    inputs = len(analysis.graph.inputs)
    known = [_Known()] * inputs
    found = [()] * inputs + [*clipped]
    found[analysis.of] = tuple(
        tuple((i, i) for i in range(size)) for size in places(analysis.graph.input_shapes[analysis.of])
    )
    for number, row in enumerate(analysis.rows, inputs):
        known.append(_of_layer(analysis, row, found, found[number], known))
    return [each.because for each in known[inputs:]]


def _of_layer(
    analysis: Analysis,
    row: LayerRow,
    found: Sequence[tuple[UnitFields, ...]],
    own: tuple[UnitFields, ...],
    known: Sequence[_Known],
) -> _Known:
    sources = [source for source in row.node.values if not analysis.fields[source].unseen]
    above = [known[source] for source in sources]
    less = next((each for each in above if each.units is _Units.LESS), None)
    if less is not None or not sources:
        return less or _Known()
    met = branches(analysis, row, found)
    if _half_blind(own, row.output_shape) or _crossed(met, row.output_shape):
        return _Known(_Units.LESS, row.name)
    if len(met) > 1 and row.node.layer.channels(_shapes(analysis, row)) == APART:
        alike = (branch for branch, each in zip(met, above, strict=True) if each.units is _Units.ALIKE)
        if own in alike:  # every unit sees this branch, and none sees more through another
            return _Known()
    units = _after(analysis, row, sources, found, max(each.units for each in above))
    if units < _Units.STREWN:
        return _Known(units)
    return _Known(units, next((each.because for each in above if each.because), row.name))


def _shapes(analysis: Analysis, row: LayerRow) -> tuple[Shape, ...]:
    """Return the shapes that a layer reads."""
    inputs = analysis.graph.input_shapes
    return tuple(
        inputs[source] if source < len(inputs) else analysis.rows[source - len(inputs)].output_shape
        for source in row.node.inputs
    )


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


def _after(
    analysis: Analysis,
    row: LayerRow,
    sources: Sequence[int],
    found: Sequence[tuple[UnitFields, ...]],
    above: _Units,
) -> _Units:
    """Return what is known of units that read others, by what becomes of the channels."""
    shapes = _shapes(analysis, row)
    kind = row.node.layer.channels(shapes)
    if above is _Units.STREWN:
        seen = [not analysis.fields[source].unseen for source in row.node.values]
        readings = [*compress(zip(row.calculated.footprints, shapes, strict=False), seen)]
        if kind == MIXED and all(_reads_all(*each) for each in readings):
            return _Units.ALIKE
        kept = kind == APART and all(
            shape == row.output_shape and set(footprint) == {POINT} for footprint, shape in readings
        )
        return _Units.STREWN if kept else _Units.LESS
    if kind == GATHERED:
        one = len(sources) == len(row.node.values) > 1 and len({found[source] for source in sources}) == 1
        return above if one and found[sources[0]] else _Units.UNEVEN
    if above is _Units.ALIKE or kind == MIXED:
        return _Units.ALIKE
    return {APART: _Units.UNEVEN, STREWN: _Units.STREWN}.get(kind, _Units.LESS)


def _reads_all(footprint: Footprint, shape: Shape) -> bool:
    """Say whether each unit reads all places."""
    return footprint == WHOLE or footprint == tuple(map(all_of, places(shape)))
