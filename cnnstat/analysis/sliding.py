"""The fields of windows that slide on over windows that do, as those of most layers: in few steps.

`cnnstat.analysis.layer_field` finds the same fields by the algebra of all patterns. Here is the part of it
that is left where every unit reads a region around its own place: additions and multiplications.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.receptive_field import UNLIKE, Field
from cnnstat.base.limits import MAX_FIELD
from cnnstat.layers.footprint import POINT, Bounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.layers.base import Footprint
    from cnnstat.layers.footprint import Reading


def slides(field: Field) -> bool:
    """Say whether units see windows that slide on from place to place, one along each axis."""
    if field.because is not None or any(field.alike) or not field.axes:
        return False
    for axis in field.axes:
        bounds = axis[0]
        if len(axis) > 1 or len(bounds.low) > 1 or bounds.advance < 1 or bounds.low[0] > bounds.high[0]:
            return False
    return True


def slid(footprints: Sequence[Footprint], fields: Sequence[Field]) -> Field | None:
    """Return the field of units that read these windows of maps whose fields slide, place by place.

    None where some window does not slide on, where one is too large to be known, or where strides differ.
    """
    met: Field | None = None
    for footprint, field in zip(footprints, fields, strict=True):
        branch = _through(footprint, field)
        if branch is not None and met is not None:
            branch = _together(met, branch)
        if branch is None:
            return None
        met = branch
    return met


def _through(footprint: Footprint, field: Field) -> Field | None:
    """Return the field through one of the inputs."""
    if isinstance(footprint, str) or len(footprint) != len(field.axes):
        return None
    axes: list[tuple[Bounds]] = []
    moved = False
    inner: Bounds | None = None
    outer: Reading | None = None
    for (bounds,), reading in zip(field.axes, footprint, strict=True):
        if reading is POINT:
            axes.append((bounds,))
            continue
        if bounds is inner and reading is outer:  # as of a square
            axes.append(axes[-1])
            continue
        inner, outer = bounds, reading
        if not isinstance(reading, Bounds) or len(reading.low) > 1 or reading.advance < 1:
            return None
        first, last, ahead = reading.low[0], reading.high[0], bounds.advance
        if first > last:
            return None
        last -= (last - first) % reading.step
        low, high = bounds.low[0] + ahead * first, bounds.high[0] + ahead * last
        if max(ahead * reading.advance, high - low) > MAX_FIELD:
            return None
        axes.append((Bounds(ahead * reading.advance, (low,), (high,)),))
        moved = True
    return Field(tuple(axes), False, None, field.aligned, (UNLIKE,) * len(axes)) if moved else field


def _together(a: Field, b: Field) -> Field | None:
    """Return the field of units that see what two of one stride do."""
    if len(a.axes) != len(b.axes):
        return None
    aligned = a.aligned and b.aligned
    axes: list[tuple[Bounds]] = []
    before: tuple[Bounds, ...] = ()
    for (one,), (other,) in zip(a.axes, b.axes, strict=True):
        if before and before[0] is one and before[1] is other:
            axes.append(axes[-1])
            continue
        before = one, other
        if one.advance != other.advance:
            return None
        low, high = min(one.low[0], other.low[0]), max(one.high[0], other.high[0])
        if high - low > MAX_FIELD:
            return None
        aligned = aligned and one.low[0] + one.high[0] == other.low[0] + other.high[0]
        axes.append((Bounds(one.advance, (low,), (high,)),))
    return Field(tuple(axes), False, None, aligned, (UNLIKE,) * len(axes))
