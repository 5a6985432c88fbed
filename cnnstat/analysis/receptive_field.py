"""A receptive field: which input positions each unit of a layer sees, per axis.

Along one axis a field is one or more `Bounds` into the network's input. Period 1 is the textbook case,
where the size r, the effective stride S and the effective padding P of Araujo, Norris and Sim ("Computing
receptive fields of convolutional neural networks", Distill, 2019) are ``high - low + 1``, ``advance`` and
``-low``; longer periods keep transposed convolutions, upsampling, adaptive pools and flattened maps exact.
Branches of different stride cannot share one bounds, so the axis keeps both. `cnnstat.analysis.fields`
finds those of a whole graph.
"""

from __future__ import annotations

from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.analysis.bounds import NO_REGION, joined, stride_of
from cnnstat.layers.base import UNKNOWN, Footprint, Shape, places
from cnnstat.layers.footprint import POINT, Bounds, all_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction


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
        return not self.axes and self == UNSEEN

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
    return Field(axes, whole=is_all(axes, extent), alike=(EVERY,) * len(axes))


def is_all(axes: tuple[Axis, ...], extent: Shape) -> bool:
    """Say whether all axes are seen from end to end."""
    return all(axis == (all_of(size),) for axis, size in zip(axes, extent, strict=True))


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
