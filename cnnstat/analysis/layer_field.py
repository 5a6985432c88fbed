"""How the field of a layer's units follows from what they read, by its footprint, and the fields of that.

Bounds are composed through a chain and united where branches meet. `field_of` is asked by
`cnnstat.analysis.fields` alone, for what is left once inputs that see nothing, or are read as a whole, have
been dealt with.
"""

from __future__ import annotations

from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING

from cnnstat.analysis.bounds import composed, longest, merged, short, stride_of, too_large
from cnnstat.analysis.receptive_field import EVERY, SOME, UNLIKE, Field, along, is_all, lost
from cnnstat.base.limits import MAX_STRIDES
from cnnstat.layers.base import UNKNOWN, Footprint, Shape, places
from cnnstat.layers.footprint import POINT, Bounds, all_of, on_input

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from cnnstat.analysis.long_patterns import LongPatterns
    from cnnstat.analysis.receptive_field import Axis
    from cnnstat.layers.footprint import Reading


def field_of(
    name: str,
    footprints: tuple[Footprint, ...],
    shapes: tuple[Shape, ...],
    out: Shape,
    fields: tuple[Field, ...],
    extent: Shape,
    patterns: LongPatterns,
) -> Field:
    """Return the field of a layer's units from its footprints and the fields of the inputs it reads.

    ``shapes`` are the inputs', ``out`` the layer's own and ``extent`` the places of the network's input;
    ``name`` is blamed where the field is unknown. No footprint is `WHOLE`. ``patterns`` are those of the
    layers above, beside which this one's has to be short enough.
    """
    for field in fields:
        if field.because is not None:
            return field
    if len(fields) == 1 and shapes[0][1:] == out[1:] and all(reading is POINT for reading in footprints[0]):
        return fields[0]
    if any(lost(footprint, len(extent)) for footprint in footprints):
        read = zip(footprints, shapes, fields, strict=True)
        one = all(_keeps(*each, out, patterns) and each[2].axes == fields[0].axes for each in read)
        return fields[0] if one else Field(because=name)  # all see the same wherever they go
    branches = []
    for field, shape, footprint in zip(fields, shapes, footprints, strict=True):
        assert not isinstance(footprint, str)
        if len(shape) == 1 and not (field.shared or _within(footprint, shape, out)):
            return Field(because=name)  # before its first number and behind its last a vector has no pattern
        readings = footprint * (len(field.axes) // len(footprint))
        axes = [*zip(field.axes, readings, strict=True)]
        if not all(short(bounds, reading, patterns) for axis, reading in axes for bounds in axis):
            return Field(because=name)
        composed_axes = tuple(
            [tuple([composed(bounds, reading) for bounds in axis]) for axis, reading in axes]
        )
        sizes, units = (along(places(each), len(field.axes)) for each in (shape, out))
        each = zip(field.alike, readings, sizes, units, strict=True)
        alike = tuple([_alike(*one, patterns) for one in each])
        branches.append(Field(composed_axes, aligned=field.aligned, alike=alike))
    return _united(name, fields, branches, extent, patterns)


def _keeps(footprint: Footprint, shape: Shape, field: Field, out: Shape, patterns: LongPatterns) -> bool:
    """Say whether all units see the one region that is seen by every unit that they read."""
    if not field.shared or footprint == UNKNOWN:
        return field.shared
    assert not isinstance(footprint, str)
    each = zip(footprint, places(shape), along(places(out), len(footprint)), strict=True)
    return all(_hits(*one, patterns) for one in each)


def _alike(above: int, reading: Reading, size: int, units: int, patterns: LongPatterns) -> int:
    """Return if units see one region along an axis, by what those that they read see."""
    if above == UNLIKE:
        return SOME if not reading.advance and reading.period == 1 else UNLIKE
    return EVERY if above == EVERY and _hits(reading, size, units, patterns) else SOME


def _within(footprint: tuple[Reading, ...], shape: Shape, out: Shape) -> bool:
    """Say whether no unit reads beyond the ends of its input."""
    for reading, size, units in zip(
        footprint, places(shape), along(places(out), len(footprint)), strict=True
    ):
        ends = reading.at(0), reading.at(units - 1)
        if min(ends[0][0], ends[1][0]) < 0 or max(ends[0][1], ends[1][1]) >= size:
            return False
    return True


def _hits(reading: Reading, size: int, units: int, patterns: LongPatterns) -> bool:
    """Say whether every unit surely reads something of an axis of its input, and not padding alone.

    Its own place is there only where the input is as large as the output, which `pad` makes larger.
    """
    if reading == POINT:
        return units <= size
    looks = len(_decisive(reading, size, units))
    return patterns.take(looks) and every_unit_hits(reading, size, units)


@lru_cache(maxsize=4096)
def every_unit_hits(reading: Reading, size: int, units: int) -> bool:
    """Say whether each of so many units reads something of an axis of ``size``."""
    return all(on_input(reading.read(unit), size) for unit in _decisive(reading, size, units))


def _decisive(reading: Reading, size: int, units: int) -> Sequence[int]:
    """Return units of which all read something if every unit does, and only then.

    Between two windows of one phase that do there is none that steps over the whole input.
    """
    if isinstance(reading, Bounds) and reading.step <= size and units > 2 * reading.period:
        return (*range(reading.period), *range(units - reading.period, units))
    return range(units)


def _united(
    name: str, fields: tuple[Field, ...], branches: list[Field], extent: Shape, patterns: LongPatterns
) -> Field:
    """Return the field of units that see what those of ``fields`` do, each through one of ``branches``."""
    axes, alike, aligned = branches[0].axes, branches[0].alike, all(each.aligned for each in branches)
    if len(branches) > 1:
        united = []
        for i, size in enumerate(extent):
            met = [pair for pair in zip(fields, branches, strict=True) if _sees(pair[1].axes[i])]
            met = met or [(fields[0], branches[0])]
            axis, agreed = _union(tuple([branch.axes[i] for _, branch in met]), size, patterns)
            united.append((axis, _met(met, i, all_of(size))))
            aligned = aligned and agreed
        axes, alike = tuple([axis for axis, _ in united]), tuple([each for _, each in united])
    for axis in axes:
        if not axis:
            return Field(because=name)
        if len(axis) > MAX_STRIDES or any(too_large(bounds) for bounds in axis):
            return Field(because=name)
    whole = UNLIKE not in alike and is_all(axes, extent)
    return Field(axes, whole=whole, aligned=aligned, alike=alike)


def _met(met: Sequence[tuple[Field, Field]], i: int, everything: Bounds) -> int:
    """Return if units see one region along an axis where branches meet, each beside the field it reads."""
    alike = [branch.alike[i] for _, branch in met]
    if min(alike) == EVERY:
        return EVERY
    if any(branch.alike[i] == EVERY and branch.axes[i] == (everything,) for _, branch in met):
        return EVERY
    if not min(alike):
        return UNLIKE
    regions = {(field if field.alike[i] else branch).axes[i] for field, branch in met}
    return max(alike) if len(regions) == 1 else UNLIKE


def _sees(axis: Axis) -> bool:
    """Say whether any unit sees anything along an axis."""
    for bounds in axis:
        for low, high in zip(bounds.low, bounds.high, strict=True):
            if low <= high:
                return True
    return False


def _union(axes: tuple[Axis, ...], size: int, patterns: LongPatterns) -> tuple[Axis, bool]:
    """Return what is seen along one axis where branches meet, and whether they agree on stride and centre.

    It is empty where bounds that differ are too long to be held against each other until all have repeated.
    """
    everything = all_of(size)
    every = [bounds for axis in axes for bounds in axis]
    if all(len(bounds.low) == 1 for bounds in every):
        return _union_of_windows(every, everything)
    distinct = dict.fromkeys(every)
    period = lcm(*(bounds.period for bounds in distinct))
    most = max(longest(bounds.advance) for bounds in distinct)
    few = len(distinct) == 1 or patterns.take(period, len(distinct), most)
    agreed = few and _agree(distinct, period)
    if everything in distinct:
        return (everything,), agreed
    return _merged(distinct) if few else (), agreed


def _union_of_windows(every: Sequence[Bounds], everything: Bounds) -> tuple[Axis, bool]:
    """Return the same of windows that slide on, as those of most layers: their strides are whole numbers."""
    if all(bounds == every[0] for bounds in every):
        return (every[0],), True
    by_stride: dict[int, Bounds] = {}
    centres = set()
    for bounds in every:
        other = by_stride.get(bounds.advance)
        by_stride[bounds.advance] = merged(other, bounds) if other else bounds
        centres.add(bounds.low[0] + bounds.high[0])
    agreed = len(by_stride) == 1 == len(centres)
    if everything in every:
        return (everything,), agreed
    return tuple([by_stride[stride] for stride in sorted(by_stride)]), agreed


def _merged(distinct: Iterable[Bounds]) -> Axis:
    by_stride: dict[Fraction, Bounds] = {}
    for bounds in distinct:
        stride = stride_of(bounds)
        by_stride[stride] = merged(by_stride[stride], bounds) if stride in by_stride else bounds
    return tuple(by_stride[stride] for stride in sorted(by_stride))


def _agree(distinct: Iterable[Bounds], period: int) -> bool:
    if len({stride_of(bounds) for bounds in distinct}) > 1:
        return False
    return all(len({sum(bounds.at(unit)) for bounds in distinct}) == 1 for unit in range(period))
