"""Receptive fields over any graph, in one pass: which input positions each unit sees, per axis.

Along one axis a field is one or more `Bounds` into the network's input: composed through a chain, united at
a join. Period 1 is the textbook case, where the size r, the effective stride S and the effective padding P
of Araujo, Norris and Sim ("Computing receptive fields of convolutional neural networks", Distill, 2019) are
``high - low + 1``, ``advance`` and ``-low``; longer periods keep transposed convolutions, upsampling and
adaptive pools exact. Branches of different stride cannot share one bounds, so the axis keeps both.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import TypeAlias

from msgspec import Struct

from cnnstat.base.limits import MAX_FIELD, MAX_PERIOD, MAX_STRIDES
from cnnstat.layers.base import UNKNOWN, WHOLE, Footprint, Shape
from cnnstat.layers.footprint import POINT, Bounds

Axis: TypeAlias = tuple[Bounds, ...]
"""The footprint of one axis, one for each stride that meets there."""


class Field(Struct, frozen=True):
    """The receptive field of a layer's units.

    ``whole``: every unit sees the whole input. ``because``: the layer that makes it unknown.
    ``aligned`` is False where branches met that disagree on stride or centre.
    """

    axes: tuple[Axis, ...] = ()
    whole: bool = False
    because: str | None = None
    aligned: bool = True

    @property
    def known(self) -> bool:
        """Say whether size, stride and padding exist: neither the whole input nor unknown."""
        return not self.whole and self.because is None

    def sizes(self, shape: Shape) -> tuple[int, ...]:
        """Return the size per axis for units of a map of ``shape``: that of the largest field."""
        return tuple(_size(axis, units) for axis, units in zip(self.axes, shape[1:], strict=True))

    @property
    def strides(self) -> tuple[Fraction | None, ...]:
        """Return the effective stride per axis; None where branches disagree."""
        return tuple(_stride(axis[0]) if len(axis) == 1 else None for axis in self.axes)

    @property
    def paddings(self) -> tuple[int, ...]:
        """Return how far the first unit's field sticks out before the input, per axis."""
        return tuple(-min(bounds.low[0] for bounds in axis) for axis in self.axes)

    def region(self, unit: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """Return the first and last input position that a unit sees, per axis, padding included."""
        return tuple(_bounds(axis, position) for axis, position in zip(self.axes, unit, strict=True))


def start(shape: Shape) -> Field:
    """Return the field of the network's input: each position sees itself."""
    return Field(axes=((POINT,),) * (len(shape) - 1), whole=len(shape) == 1)


def field_of(
    name: str, footprint: Footprint, shapes: tuple[Shape, ...], out: Shape, fields: tuple[Field, ...]
) -> Field:
    """Return the field of a layer's units from its footprint and the fields of the inputs it reads.

    ``shapes`` are the inputs' and ``out`` the layer's own; ``name`` is blamed where the field is unknown.
    """
    if any(field.whole for field in fields):
        return Field(whole=True)
    unknown = next((field for field in fields if field.because is not None), None)
    if unknown is not None:
        return unknown
    if isinstance(footprint, str):
        return {WHOLE: Field(whole=True), UNKNOWN: Field(because=name)}[footprint]
    if not fields:
        return Field(((),) * (len(out) - 1), whole=len(out) == 1)
    met = len(fields) > 1
    pairs = zip(fields, shapes, strict=False)
    branches = [_through(field, shape, out, footprint, met=met) for field, shape in pairs]
    return _united(name, branches)


def _through(field: Field, shape: Shape, out: Shape, footprint: tuple[Bounds, ...], *, met: bool) -> Field:
    axes = []
    for i, bounds in enumerate(footprint):
        read = broadcast(bounds, shape[i + 1], out[i + 1]) if met else bounds
        axes.append(tuple(composed(track, read) for track in field.axes[i]))
    return Field(tuple(axes), aligned=field.aligned)


def broadcast(bounds: Bounds, size: int, units: int) -> Bounds:
    """Return the bounds of one of several maps that meet; of a single row that meets more, all read it."""
    return Bounds(0, (0,), (0,)) if size == 1 and units > 1 and bounds == POINT else bounds


def _united(name: str, branches: list[Field]) -> Field:
    if len(branches) == 1:
        united = branches[0]
    else:
        axes = tuple(_union(axis) for axis in zip(*(branch.axes for branch in branches), strict=True))
        agreed = all(_agree(axis) for axis in zip(*(branch.axes for branch in branches), strict=True))
        united = Field(axes, aligned=agreed and all(branch.aligned for branch in branches))
    for axis in united.axes:
        if len(axis) > MAX_STRIDES or any(map(_too_large, axis)):
            return Field(because=name)
    return united


def _too_large(bounds: Bounds) -> bool:
    size = max(bounds.high) - min(bounds.low)
    return bounds.period > MAX_PERIOD or max(bounds.advance, size) > MAX_FIELD


@lru_cache(maxsize=4096)
def composed(inner: Bounds, outer: Bounds) -> Bounds:
    """Return the bounds of a layer (``outer``) over a map whose units have the bounds ``inner``."""
    repeats = inner.period // gcd(outer.advance, inner.period)
    period = outer.period * repeats
    if period > MAX_PERIOD:
        return Bounds(0, (0,) * (MAX_PERIOD + 1), (0,) * (MAX_PERIOD + 1))
    low, high = [], []
    for unit in range(period):
        first, last = outer.at(unit)
        lowest, highest = _hull(inner, range(first, last + 1, outer.step))
        low.append(lowest)
        high.append(highest)
    advance = inner.advance * (outer.advance * repeats) // inner.period
    return _reduced(Bounds(advance, tuple(low), tuple(high)))


NOTHING = (1, 0)


def _hull(inner: Bounds, units: range) -> tuple[int, int]:
    if not units:
        return NOTHING
    if inner.period == 1:
        return inner.at(units[0])[0], inner.at(units[-1])[1]
    # Bounds need not grow from unit to unit within a period, so both ends look as many units inwards.
    lows = [low for low, high in (inner.at(unit) for unit in units[: inner.period]) if low <= high]
    highs = [high for low, high in (inner.at(unit) for unit in units[-inner.period :]) if low <= high]
    return (min(lows), max(highs)) if lows and highs else NOTHING


def _reduced(bounds: Bounds) -> Bounds:
    for period in range(1, bounds.period // 2 + 1):
        if bounds.period % period or (bounds.advance * period) % bounds.period:
            continue
        shorter = Bounds(bounds.advance * period // bounds.period, bounds.low[:period], bounds.high[:period])
        if all(shorter.at(unit) == bounds.at(unit) for unit in range(period, bounds.period)):
            return shorter
    return bounds


def _stride(bounds: Bounds) -> Fraction:
    return Fraction(bounds.advance, bounds.period)


def _union(axes: tuple[Axis, ...]) -> Axis:
    by_stride: dict[Fraction, Bounds] = {}
    for bounds in (bounds for axis in axes for bounds in axis):
        stride = _stride(bounds)
        by_stride[stride] = _merged(by_stride[stride], bounds) if stride in by_stride else bounds
    return tuple(by_stride[stride] for stride in sorted(by_stride))


@lru_cache(maxsize=4096)
def _merged(a: Bounds, b: Bounds) -> Bounds:
    if a == b:
        return a
    period = lcm(a.period, b.period)
    pairs = [(a.at(unit), b.at(unit)) for unit in range(min(period, MAX_PERIOD + 1))]
    both = [joined(first, second) for first, second in pairs]
    advance = a.advance * (period // a.period)
    return _reduced(Bounds(advance, tuple(low for low, _ in both), tuple(high for _, high in both)))


def joined(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """Return the bounds of two regions together; one that is empty adds nothing."""
    if a[0] > a[1] or b[0] > b[1]:
        return b if a[0] > a[1] else a
    return min(a[0], b[0]), max(a[1], b[1])


def _agree(axes: tuple[Axis, ...]) -> bool:
    tracks = {bounds for axis in axes for bounds in axis}
    if len({_stride(bounds) for bounds in tracks}) > 1:
        return False
    period = lcm(*(bounds.period for bounds in tracks))
    return all(
        len({sum(bounds.at(unit)) for bounds in tracks}) == 1 for unit in range(min(period, MAX_PERIOD))
    )


def _bounds(axis: Axis, unit: int) -> tuple[int, int]:
    low, high = NOTHING
    for bounds in axis:
        low, high = joined((low, high), bounds.at(unit))
    return low, high


def _size(axis: Axis, units: int) -> int:
    if len(axis) == 1:
        return max(0, *(high - low + 1 for low, high in zip(axis[0].low, axis[0].high, strict=True)))
    # Footprint of different stride drift apart, so the widest union stands at one of the ends.
    period = min(units, lcm(*(bounds.period for bounds in axis)))
    ends = {*range(period), *range(units - period, units)}
    return max(high - low + 1 for low, high in (_bounds(axis, unit) for unit in ends))
