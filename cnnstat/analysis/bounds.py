"""Bounds composed through a chain and united at a join: the algebra of one axis."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import TYPE_CHECKING

from cnnstat.base.limits import MAX_FIELD, MAX_PERIOD, MAX_PLACES
from cnnstat.layers.footprint import POINT, Bounds, Folded, Pieces

if TYPE_CHECKING:
    from cnnstat.analysis.long_patterns import LongPatterns
    from cnnstat.layers.footprint import Reading

NO_REGION = (1, 0)
"""The first and the last position where there is none."""


def longest(advance: int) -> int:
    """Return how long a pattern may be: of the numbers of a vector, where it does not advance, longer."""
    return MAX_PERIOD if advance else MAX_PLACES


def too_large(bounds: Bounds) -> bool:
    """Say whether a pattern goes too far to be kept."""
    return max(bounds.advance, bounds.extent) > MAX_FIELD


def short(inner: Bounds, outer: Reading, patterns: LongPatterns) -> bool:
    """Say whether the pattern of a layer over a map may be worked through."""
    return outer == POINT or patterns.take(
        _period(inner, outer), _looks(inner, outer), longest(outer.advance)
    )


def _period(inner: Bounds, outer: Reading) -> int:
    """Return the outputs after which a layer over a map repeats."""
    return outer.period * (inner.period // gcd(outer.advance, inner.period))


def _looks(inner: Bounds, outer: Reading) -> int:
    """Return how many units of the map are looked at for each output, to find the ends of its region."""
    if inner.period == 1 or inner.ascending:
        return 1
    if isinstance(outer, Pieces):
        return max(_looks(inner, part) for _, part in outer.parts)
    reading = outer.then if isinstance(outer, Folded) else outer
    taps = (reading.size - 1) // reading.step + 1
    return 2 * min(inner.period, taps) if taps > 1 else 1


def composed(inner: Bounds, outer: Reading) -> Bounds:
    """Return the bounds of a layer that reads ``outer`` over a map whose units have the bounds ``inner``.

    It takes as long as the pattern is; whoever asks sees first whether it is `short`.
    """
    if outer is POINT:
        return inner
    if isinstance(outer, Bounds) and outer.advance and len(outer.low) == len(inner.low) == 1:
        return _slid(inner, outer)
    return inner if outer == POINT else _composed(inner, outer)


def _slid(inner: Bounds, outer: Bounds) -> Bounds:
    """Return the bounds of a window that slides on over windows that do: of most layers."""
    units = outer.read(0)
    if not units:
        return Bounds(inner.advance * outer.advance, (NO_REGION[0],), (NO_REGION[1],))
    low, high = inner.low[0] + inner.advance * units[0], inner.high[0] + inner.advance * units[-1]
    return Bounds(inner.advance * outer.advance, (low,), (high,))


@lru_cache(maxsize=4096)
def _composed(inner: Bounds, outer: Reading) -> Bounds:
    period = _period(inner, outer)
    if isinstance(outer, Pieces):
        return _put_together(inner, outer)
    low, high = [], []
    for unit in range(period):
        lowest, highest = _hull(inner, outer.read(unit))
        low.append(lowest)
        high.append(highest)
    advance = inner.advance * (outer.advance * period // outer.period) // inner.period
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
        return NO_REGION
    if inner.period == 1 or inner.ascending:
        return inner.at(units[0])[0], inner.at(units[-1])[1]
    # Else bounds need not grow from unit to unit within a period, so both ends look as many units inwards.
    lows = [low for low, high in (inner.at(unit) for unit in units[: inner.period]) if low <= high]
    highs = [high for low, high in (inner.at(unit) for unit in units[-inner.period :]) if low <= high]
    return (min(lows), max(highs)) if lows and highs else NO_REGION


def _reduced(bounds: Bounds) -> Bounds:
    """Return the same bounds with the shortest period; it divides all others, so factors are tried."""
    rest, factor = bounds.period, 2
    while rest > 1:
        if rest % factor:
            factor = factor + 1 if factor * factor < rest else rest
            continue
        rest //= factor
        period, advance = bounds.period // factor, bounds.advance // factor
        shorter = Bounds(advance, bounds.low[:period], bounds.high[:period])
        if bounds.advance % factor == 0 and _is_repeated(shorter, bounds):
            bounds = shorter
    return bounds


def _is_repeated(shorter: Bounds, longer: Bounds) -> bool:
    period, advance = shorter.period, shorter.advance
    return all(
        after == before + advance
        for end in (longer.low, longer.high)
        for before, after in zip(end, end[period:], strict=False)
    )


def stride_of(bounds: Bounds) -> Fraction:
    """Return how far apart the fields of neighbouring units stand."""
    return Fraction(bounds.advance, bounds.period)


def merged(a: Bounds, b: Bounds) -> Bounds:
    """Return the bounds of units that see what two of one stride do."""
    if a == b:
        return a
    if len(a.low) == len(b.low) == 1:
        low, high = joined((a.low[0], a.high[0]), (b.low[0], b.high[0]))
        return Bounds(a.advance, (low,), (high,))
    return _merged(a, b)


@lru_cache(maxsize=4096)
def _merged(a: Bounds, b: Bounds) -> Bounds:
    period = lcm(a.period, b.period)
    pairs = [(a.at(unit), b.at(unit)) for unit in range(period)]
    both = [joined(first, second) for first, second in pairs]
    advance = a.advance * (period // a.period)
    return _reduced(Bounds(advance, tuple(low for low, _ in both), tuple(high for _, high in both)))


def joined(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """Return the bounds of two regions together; one that is empty adds nothing."""
    if a[0] > a[1] or b[0] > b[1]:
        return b if a[0] > a[1] else a
    return min(a[0], b[0]), max(a[1], b[1])
