"""Bounds composed through a chain and united at a join: the algebra of one axis."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import TYPE_CHECKING

from cnnstat.base.limits import MAX_FIELD, MAX_PERIOD, MAX_PLACES
from cnnstat.layers.footprint import POINT, Bounds, Pieces

if TYPE_CHECKING:
    from cnnstat.layers.footprint import Reading

NOTHING = (1, 0)
"""The first and the last position where there is none."""


def _longest(advance: int) -> int:
    """Return how long a pattern may be: of the numbers of a vector, where it does not advance, longer."""
    return MAX_PERIOD if advance else MAX_PLACES


def too_large(bounds: Bounds) -> bool:
    """Say whether a pattern is too long, or goes too far, to be kept."""
    size = max(bounds.high) - min(bounds.low)
    return bounds.period > _longest(bounds.advance) or max(bounds.advance, size) > MAX_FIELD


@lru_cache(maxsize=4096)
def composed(inner: Bounds, outer: Reading) -> Bounds:
    """Return the bounds of a layer that reads ``outer`` over a map whose units have the bounds ``inner``."""
    if outer == POINT:
        return inner
    repeats = inner.period // gcd(outer.advance, inner.period)
    period = outer.period * repeats
    if period > _longest(outer.advance):
        return Bounds(0, (0,) * (MAX_PLACES + 1), (0,) * (MAX_PLACES + 1))
    if isinstance(outer, Pieces):
        return _put_together(inner, outer)
    low, high = [], []
    for unit in range(period):
        lowest, highest = _hull(inner, outer.read(unit))
        low.append(lowest)
        high.append(highest)
    advance = inner.advance * (outer.advance * repeats) // inner.period
    return _reduced(Bounds(advance, tuple(low), tuple(high)))


def _put_together(inner: Bounds, outer: Pieces) -> Bounds:
    """Return the bounds of the numbers of a vector, part after part."""
    low: list[int] = []
    high: list[int] = []
    for count, reading in outer.parts:
        part = composed(inner, reading)
        turn = count if part.advance else part.period  # what does not advance is worked out once
        regions = [part.at(unit) for unit in range(min(turn, count))]
        low += ([first for first, _ in regions] * -(-count // turn))[:count] if count else []
        high += ([last for _, last in regions] * -(-count // turn))[:count] if count else []
    return _reduced(Bounds(0, tuple(low), tuple(high)))


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
    for period in range(1, min(bounds.period // 2, MAX_PERIOD) + 1):
        if bounds.period % period or (bounds.advance * period) % bounds.period:
            continue
        shorter = Bounds(bounds.advance * period // bounds.period, bounds.low[:period], bounds.high[:period])
        if all(shorter.at(unit) == bounds.at(unit) for unit in range(period, bounds.period)):
            return shorter
    return bounds


def stride_of(bounds: Bounds) -> Fraction:
    """Return how far apart the fields of neighbouring units stand."""
    return Fraction(bounds.advance, bounds.period)


@lru_cache(maxsize=4096)
def merged(a: Bounds, b: Bounds) -> Bounds:
    """Return the bounds of units that see what two of one stride do."""
    if a == b:
        return a
    period = lcm(a.period, b.period)
    pairs = [(a.at(unit), b.at(unit)) for unit in range(min(period, _longest(a.advance) + 1))]
    both = [joined(first, second) for first, second in pairs]
    advance = a.advance * (period // a.period)
    return _reduced(Bounds(advance, tuple(low for low, _ in both), tuple(high for _, high in both)))


def joined(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """Return the bounds of two regions together; one that is empty adds nothing."""
    if a[0] > a[1] or b[0] > b[1]:
        return b if a[0] > a[1] else a
    return min(a[0], b[0]), max(a[1], b[1])
