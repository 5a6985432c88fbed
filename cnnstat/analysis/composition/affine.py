"""Receptive fields as affine functions of the field that arrives.

Of windows that all slide on, whose units see a region around their own place, the field is an affine function
of the field that arrives: of bounds that advance by a, from l to h, it makes ones that advance by a·stride,
from l + a·low to h + a·high. So it is for every path, and where paths of one stride meet, for the lowest low
and the highest high.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.analysis.receptive_field import Field
from cnnstat.base.limits import MAX_FIELD
from cnnstat.layers.footprint import Bounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.receptive_field import Axis
    from cnnstat.layers.base import Footprint, Shape

AxisAffine: TypeAlias = tuple[int, int, int]
"""Stride, low and high of the function along one axis."""

_STILL: AxisAffine = (1, 0, 0)


class Affine(Struct, frozen=True):
    """How a field grows, per axis; ``aligned`` says whether paths that meet agree on the centre."""

    axes: tuple[AxisAffine, ...]
    aligned: bool = True


def plain(field: Field) -> bool:
    """Say whether a field is one of a window that slides on along each axis, or of several that disagree.

    Of several, each has a stride of its own, which keeps it apart: a function goes through each on its own.
    """
    for axis in field.axes:
        if len(axis) > 1 and field.aligned:
            return False
        for bounds in axis:
            if len(bounds.low) > 1 or bounds.advance < 1:
                return False
    return field.because is None and bool(field.axes) and not any(field.alike)


def applied(field: Field, function: Affine, times: int = 1) -> Field | None:
    """Return what becomes of a `plain` field, so many times over; None if too large, or of other axes."""
    if len(field.axes) != len(function.axes):
        return None
    axes: list[Axis] = []
    before = None
    for axis, by in zip(field.axes, function.axes, strict=True):
        if (axis, by) != before:  # else as of a square
            found = axis if by == _STILL else tuple([_applied(bounds, by, times) for bounds in axis])
        axes.append(found)
        before = axis, by
    if any(
        max(bounds.advance, bounds.high[0] - bounds.low[0]) > MAX_FIELD for axis in axes for bounds in axis
    ):
        return None
    return Field(tuple(axes), False, None, field.aligned and function.aligned, field.alike)


def _applied(bounds: Bounds, by: AxisAffine, times: int) -> Bounds:
    stride, low, high = by
    advance, lowest, highest = bounds.advance, bounds.low[0], bounds.high[0]
    if stride == 1:
        return Bounds(advance, (lowest + advance * times * low,), (highest + advance * times * high,))
    for _ in range(times):
        lowest, highest, advance = lowest + advance * low, highest + advance * high, advance * stride
    return Bounds(advance, (lowest,), (highest,))


def same(shape: Shape) -> Affine:
    """Return the function of an input of this shape on itself."""
    return Affine(((1, 0, 0),) * (len(shape) - 1))


def through(above: Affine, function: Affine | None, times: int) -> Affine | None:
    """Return two functions one after the other, the second so many times; None if of other axes, or none."""
    if function is None or len(above.axes) != len(function.axes):
        return None
    axes = []
    for (stride, low, high), (by, first, last) in zip(above.axes, function.axes, strict=True):
        if by == 1:
            axes.append((stride, low + stride * first * times, high + stride * last * times))
            continue
        axis = stride, low, high
        for _ in range(times):
            axis = axis[0] * by, axis[1] + axis[0] * first, axis[2] + axis[0] * last
        axes.append(axis)
    return Affine(tuple(axes), above.aligned and function.aligned)


def of_layer(
    shapes: Sequence[Shape], footprints: Sequence[Footprint], above: Sequence[Affine | None]
) -> Affine | None:
    """Return the function of a layer over what it reads; None where its units do not slide on over maps.

    ``shapes`` are those of its inputs and of its output, ``above`` the functions of the inputs whose values
    it reads, by these footprints.
    """
    rank = len(shapes[0]) - 1
    if not rank or any(len(shape) != rank + 1 for shape in shapes):
        return None
    paths = []
    for function, footprint in zip(above, footprints, strict=True):
        if function is None or isinstance(footprint, str) or not len(footprint) == len(function.axes) == rank:
            return None
        axes = []
        for (stride, low, high), reading in zip(function.axes, footprint, strict=True):
            if not isinstance(reading, Bounds) or reading.period > 1 or reading.advance < 1:
                return None
            units = reading.read(0)
            if not units:
                return None
            axes.append((stride * reading.advance, low + stride * units[0], high + stride * units[-1]))
        paths.append(Affine(tuple(axes), function.aligned))
    return _met(paths)


def _met(paths: list[Affine]) -> Affine | None:
    """Return the function where paths meet; None where their strides differ."""
    aligned = all(path.aligned for path in paths)
    axes = []
    for met in zip(*[path.axes for path in paths], strict=True):
        strides = {stride for stride, _, _ in met}
        if len(strides) > 1:
            return None
        aligned = aligned and len({low + high for _, low, high in met}) == 1
        axes.append((strides.pop(), min(low for _, low, _ in met), max(high for _, _, high in met)))
    return Affine(tuple(axes), aligned)
