"""Receptive fields over any graph, in one pass: which input positions each unit sees, per axis.

Along one axis a field is one or more `Bounds` into the network's input: composed through a chain, united at
a join. Period 1 is the textbook case, where the size r, the effective stride S and the effective padding P
of Araujo, Norris and Sim ("Computing receptive fields of convolutional neural networks", Distill, 2019) are
``high - low + 1``, ``advance`` and ``-low``; longer periods keep transposed convolutions, upsampling,
adaptive pools and flattened maps exact. Branches of different stride cannot share one bounds, so the axis
keeps both. Where every unit reads a whole map, all see one region, which `cnnstat.analysis.fields` finds.
"""

from __future__ import annotations

from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.analysis.bounds import NO_REGION, composed, joined, longest, merged, short, stride_of, too_large
from cnnstat.base.limits import MAX_STRIDES
from cnnstat.layers.base import UNKNOWN, Footprint, Shape, places
from cnnstat.layers.footprint import POINT, Bounds, all_of, on_input

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction

    from cnnstat.analysis.long_patterns import LongPatterns
    from cnnstat.layers.footprint import Reading

Axis: TypeAlias = tuple[Bounds, ...]
"""The bounds of the field along one axis, one for each stride that meets there."""
Region: TypeAlias = tuple[tuple[int, int], ...]
"""The first and the last input position per axis; (1, 0) for none."""

UNLIKE, SOME, EVERY = range(3)
"""Along an axis units see regions of their own, or those that see anything see one region, or all see it."""


class Field(Struct, frozen=True):
    """The receptive field of a layer's units: along each axis of the input, by their place or their number.

    ``whole``: every unit sees the whole input. ``because``: the layer that makes it unknown.
    ``aligned`` is False where branches met that disagree on stride or centre. ``alike`` says per axis if
    units see one region: `UNLIKE`, `SOME` or `EVERY`; around a map of such units a frame sees nothing.
    """

    axes: tuple[Axis, ...] = ()
    whole: bool = False
    because: str | None = None
    aligned: bool = True
    alike: tuple[int, ...] = ()

    @property
    def shared(self) -> bool:
        """Say whether there is one region that every single unit sees."""
        return bool(self.alike) and min(self.alike) == EVERY

    @property
    def known(self) -> bool:
        """Say whether size, stride and padding exist: neither the whole input, nor nothing, nor unknown."""
        return not self.whole and self.because is None and not self.unseen

    @property
    def unseen(self) -> bool:
        """Say whether units see nothing of the input."""
        return self == UNSEEN

    def sizes(self, shape: Shape) -> tuple[int, ...]:
        """Return the size per axis for units of a map of ``shape``: that of the largest field."""
        units = along(places(shape), len(self.axes))
        return tuple(_size(axis, count) for axis, count in zip(self.axes, units, strict=True))

    @property
    def strides(self) -> tuple[Fraction | None, ...]:
        """Return the effective stride per axis; None where there is none, or branches disagree."""
        return tuple((stride_of(axis[0]) or None) if len(axis) == 1 else None for axis in self.axes)

    @property
    def paddings(self) -> tuple[int, ...]:
        """Return how far the first unit's field sticks out before the input, per axis."""
        return tuple(-_bounds(axis, 0)[0] for axis in self.axes)

    @property
    def everywhere(self) -> Region | None:
        """Return the region that all units see, as far as they see any; None where they may see others."""
        return self.region((0,)) if self.shared or self.whole else None

    @property
    def constant(self) -> bool:
        """Say whether one region stands for all units, with a place on the map or without."""
        return all(len(axis) == 1 and axis[0].period == 1 and not axis[0].advance for axis in self.axes)

    def region(self, unit: tuple[int, ...]) -> Region:
        """Return the first and last input position that a unit sees, per axis, padding included."""
        units = along(unit, len(self.axes))
        return tuple(_bounds(axis, position) for axis, position in zip(self.axes, units, strict=True))

    def along_axis(self, axis: int, unit: int) -> tuple[int, int]:
        """Return the first and last input position that units of one place see along one axis."""
        return _bounds(self.axes[axis], unit)


UNSEEN = Field()
"""The field of units that see nothing of the input, as what depends on another one alone."""


def along(each: tuple[int, ...], axes: int) -> tuple[int, ...]:
    """Return a number per axis of the input: what goes by the numbers of a vector is the same for all.

    A map that has more axes than the input has no places of it, and only a few stand for all.
    """
    return tuple([each[min(i, len(each) - 1)] for i in range(axes)])


def lost(footprint: Footprint, axes: int) -> bool:
    """Say whether what is read cannot be followed along the axes of the input: its places are others.

    A vector and a signal have one axis, which may stand for all.
    """
    return footprint == UNKNOWN or (not isinstance(footprint, str) and len(footprint) not in (1, axes))


def starts(inputs: Sequence[Shape], of: int) -> tuple[Field, ...]:
    """Return the fields of the network's inputs on one of them: there each position or number sees itself."""
    axes = len(places(inputs[of]))
    own = Field(((POINT,),) * axes, alike=(UNLIKE,) * axes)
    return tuple(own if i == of else UNSEEN for i in range(len(inputs)))


def one_region(region: Region, extent: Shape) -> Field:
    """Return the field of units that all see one region of an input of ``extent``."""
    axes = tuple((Bounds(0, (low,), (high,)),) for low, high in region)
    return Field(axes, whole=_is_all(axes, extent), alike=(EVERY,) * len(axes))


def _is_all(axes: tuple[Axis, ...], extent: Shape) -> bool:
    """Say whether all axes are seen from end to end."""
    return all(axis == (all_of(size),) for axis, size in zip(axes, extent, strict=True))


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
    layers above, beside which this one's has to be short enough. This is what is left to compose once
    `cnnstat.analysis.fields.Fields.through` has dealt with inputs that see nothing or are read as a whole:
    nobody else asks it.
    """
    unknown = next((field for field in fields if field.because is not None), None)
    if unknown is not None:
        return unknown
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
        composed_axes = tuple(tuple(composed(bounds, reading) for bounds in axis) for axis, reading in axes)
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
    if isinstance(reading, Bounds) and reading.period == 1 and reading.step <= size:
        # Between two windows that do, none steps over the whole input.
        return bool(on_input(reading.read(0), size) and on_input(reading.read(units - 1), size))
    return patterns.take(units) and _each_hits(reading, size, units)


@lru_cache(maxsize=4096)
def _each_hits(reading: Reading, size: int, units: int) -> bool:
    return all(on_input(reading.read(unit), size) for unit in range(units))


def _united(
    name: str, fields: tuple[Field, ...], branches: list[Field], extent: Shape, patterns: LongPatterns
) -> Field:
    """Return the field of units that see what those of ``fields`` do, each through one of ``branches``."""
    axes, alike, aligned = branches[0].axes, branches[0].alike, all(branch.aligned for branch in branches)
    if len(branches) > 1:
        united = []
        for i, size in enumerate(extent):
            met = [pair for pair in zip(fields, branches, strict=True) if _sees(pair[1].axes[i])]
            met = met or [(fields[0], branches[0])]
            axis, agreed = _union(tuple(branch.axes[i] for _, branch in met), size, patterns)
            united.append((axis, _met(met, i, all_of(size))))
            aligned = aligned and agreed
        axes, alike = tuple([axis for axis, _ in united]), tuple([each for _, each in united])
    for axis in axes:
        if not axis:
            return Field(because=name)
        if len(axis) > MAX_STRIDES or any(map(too_large, axis)):
            return Field(because=name)
    whole = UNLIKE not in alike and _is_all(axes, extent)
    return Field(axes, whole=whole, aligned=aligned, alike=alike)


def _met(met: Sequence[tuple[Field, Field]], i: int, everything: Bounds) -> int:
    """Return if units see one region along an axis where branches meet, each beside the field it reads."""
    alike = [branch.alike[i] for _, branch in met]
    if min(alike) == EVERY:
        return EVERY
    if any(branch.alike[i] == EVERY and branch.axes[i] == (everything,) for _, branch in met):
        return EVERY
    regions = {(field if field.alike[i] else branch).axes[i] for field, branch in met}
    return max(alike) if len(regions) == 1 and min(alike) else UNLIKE


def _sees(axis: Axis) -> bool:
    """Say whether any unit sees anything along an axis."""
    return any(low <= high for bounds in axis for low, high in _ends(bounds))


def _ends(bounds: Bounds) -> Iterator[tuple[int, int]]:
    return zip(bounds.low, bounds.high, strict=True)


def _union(axes: tuple[Axis, ...], size: int, patterns: LongPatterns) -> tuple[Axis, bool]:
    """Return what is seen along one axis where branches meet, and whether they agree on stride and centre.

    It is empty where bounds that differ are too long to be held against each other until all have repeated.
    """
    everything = all_of(size)
    distinct = dict.fromkeys(bounds for axis in axes for bounds in axis)
    period = lcm(*(bounds.period for bounds in distinct))
    most = max(longest(bounds.advance) for bounds in distinct)
    few = len(distinct) == 1 or patterns.take(period, len(distinct), most)
    agreed = few and _agree(distinct, period)
    if everything in distinct:
        return (everything,), agreed
    return _merged(distinct) if few else (), agreed


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


def _bounds(axis: Axis, unit: int) -> tuple[int, int]:
    low, high = NO_REGION
    for bounds in axis:
        low, high = joined((low, high), bounds.at(unit))
    return low, high


@lru_cache(maxsize=4096)
def _size(axis: Axis, units: int) -> int:
    if len(axis) == 1:
        return axis[0].size
    # Bounds of different stride drift apart, so the widest union stands at one of the ends.
    period = min(units, lcm(*(bounds.period for bounds in axis)))
    ends = {*range(period), *range(units - period, units)}
    return max(high - low + 1 for low, high in (_bounds(axis, unit) for unit in ends))
