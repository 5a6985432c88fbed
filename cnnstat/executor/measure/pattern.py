"""Fields along one axis, read off what poisoned positions turn to NaN, and the pattern that they repeat."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array

Fields: TypeAlias = "Array"
"""(units, 2): the first and the last position that each unit sees; (1, 0) where it sees none."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What repeats along an axis: the size of the largest field, and input positions per unit.

    `padding` is how far the first unit's field sticks out before the input.
    """

    size: int
    stride: Fraction
    padding: int


def clipped_fields(poisoned: Array, start: int = 0) -> Fields:
    """Read fields off (positions, units), true where a unit sees a position: what lies on the input.

    The positions are those from `start` on.
    """
    first = start + poisoned.argmax(0)
    last = start + len(poisoned) - 1 - poisoned[::-1].argmax(0)
    return _or_none(first, last, np.asarray(poisoned.any(0)))


def together(one: Fields, other: Fields) -> Fields:
    """Join what units see of some positions and of others behind them."""
    sees = [fields[:, 0] <= fields[:, 1] for fields in (one, other)]
    first = np.where(sees[0], one[:, 0], other[:, 0])
    last = np.where(sees[1], other[:, 1], one[:, 1])
    return np.stack([first, last], 1)


def repeated(poisoned: Array, ends: Array, start: int, clipped: Fields | None, length: int) -> Pattern | None:
    """Return what the fields of a layer repeat, if they do, and if that gives its fields on the input.

    `poisoned` (2·grain, units) says what units see of the positions from `start` on, in the middle of an
    input so long that no unit at a border sees any, and `ends` (2, units) if they see anything of its first
    and of its last `length` positions. `clipped` are the fields on the input itself, which has as many.
    """
    grain = len(poisoned) // 2
    units = np.flatnonzero(poisoned.any(0))
    again = np.flatnonzero(poisoned[grain:].any(0))
    if not len(units) or not len(again) or (period := int(again[0] - units[0])) < 1:
        return None
    if not np.array_equal(poisoned[grain:, period:], poisoned[:grain, :-period]):
        return None
    one_period = _one_period(poisoned[:grain], int(units[0]), period, start)
    around = _continued(units, int(units[0]), one_period, grain)
    strays = [around[:, 0] >= length, around[:, 1] < 2 * (start + grain) - length]
    if (ends[:, units] & strays).any():
        return None  # beside what slides along with the units there is a place that all of them see
    count = 1 if clipped is None else len(clipped)
    fields = _continued(np.arange(count), int(units[0]), one_period, grain)
    size = int((one_period[:, 1] - one_period[:, 0]).max()) + 1
    pattern = Pattern(size, Fraction(grain, period), -int(fields[0, 0]))
    return pattern if clipped is None or _gives(fields, clipped, length) else None


def _one_period(poisoned: Array, first: int, period: int, start: int) -> Fields:
    """Return the fields of one period of units from `first` on, from what they see of one grain."""
    grain = len(poisoned)
    positions, units = np.nonzero(poisoned)
    turns, phases = np.divmod(units - first, period)
    places = start + positions - turns * grain
    low = np.full(period, np.iinfo(np.int64).max)
    high = np.full(period, np.iinfo(np.int64).min)
    np.minimum.at(low, phases, places)
    np.maximum.at(high, phases, places)
    return _or_none(low, high, low <= high)


def _continued(units: Array, first: int, one_period: Fields, grain: int) -> Fields:
    """Continue a period to any units."""
    turns, phase = np.divmod(units - first, len(one_period))
    low, high = one_period[phase].T
    return _or_none(low + turns * grain, high + turns * grain, low <= high)


def _gives(fields: Fields, clipped: Fields, length: int) -> bool:
    """Say whether fields are those on the input: exactly, or at most where they leave the input.

    There a map between may have ended before the input does.
    """
    low, high = fields[:, 0].clip(min=0), fields[:, 1].clip(max=length - 1)
    expected = _or_none(low, high, low <= high)
    inside = (fields == expected).all(1)
    none = clipped[:, 0] > clipped[:, 1]
    within = (expected[:, 0] <= clipped[:, 0]) & (clipped[:, 1] <= expected[:, 1])
    return bool(np.where(inside, (expected == clipped).all(1), within | none).all())


def _or_none(low: Array, high: Array, known: Array) -> Fields:
    return np.stack([np.where(known, low, 1), np.where(known, high, 0)], 1)
