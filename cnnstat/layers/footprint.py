"""Which inputs an output reads along one axis.

A map has places along each axis. A vector has one axis, its numbers: those of a flattened map read places of
that map (`Folded`), and a vector that is put together has parts that read one by one (`Pieces`). Each reading
repeats after ``period`` outputs, further on in the input by ``advance``.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from msgspec import Struct

from cnnstat.base.limits import MAX_PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable

Positions: TypeAlias = range | tuple[int, ...]
"""Positions along one axis, in order."""


class Bounds(Struct, frozen=True, dict=True):
    """What repeats along an axis, as a periodic pair of bounds.

    For output ``o = period·q + phase`` the bounds are ``low[phase] + advance·q`` and ``high[phase] +
    advance·q``. A convolution has period 1 and advances by its stride; a transposed convolution or an
    upsampling by s has period s and advances by 1; an adaptive pool from N to n bins has period n.
    An output that reads nothing has ``low > high``. Between the bounds every ``step``-th input is read.
    """

    advance: int
    low: tuple[int, ...]
    high: tuple[int, ...]
    step: int = 1

    def __hash__(self) -> int:
        """Return the hash, found once: it is asked for at every layer that is passed through."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.advance, self.low, self.high, self.step))

    @property
    def period(self) -> int:
        """Return the number of outputs after which the pattern repeats."""
        return len(self.low)

    @cached_property
    def size(self) -> int:
        """Return the most inputs from the first that an output reads to the last; 0 where none reads any."""
        return max(0, *(high - low + 1 for low, high in zip(self.low, self.high, strict=True)))

    @cached_property
    def extent(self) -> int:
        """Return how far the inputs of one period lie apart."""
        return max(self.high) - min(self.low)

    @cached_property
    def ascending(self) -> bool:
        """Say whether each output reads something, and none begins or ends before the one in front of it."""
        return all(
            low <= next_low and high <= next_high and low <= high
            for low, high, next_low, next_high in zip(
                self.low,
                self.high,
                (*self.low[1:], self.low[0] + self.advance),
                (*self.high[1:], self.high[0] + self.advance),
                strict=True,
            )
        )

    def at(self, unit: int) -> tuple[int, int]:
        """Return the first and the last input that one output reads."""
        turns, phase = divmod(unit, self.period)
        return self.low[phase] + turns * self.advance, self.high[phase] + turns * self.advance

    def read(self, unit: int) -> range:
        """Return the inputs that one output reads, those beyond the ends of the input, too."""
        first, last = self.at(unit)
        return range(first, last + 1, self.step)

    def together(self, units: Positions, size: int) -> Positions:
        """Return which of ``size`` inputs some outputs read together; it takes `looks` to find these."""
        if is_row(units) and len(units) > self.period:
            phases = (units[i :: self.period] for i in range(self.period))
            return united(self._row(phase, size) for phase in phases)
        return united(on_input(self.read(unit), size) for unit in units)

    def looks(self, units: Positions) -> int:
        """Return how many inputs are looked at, at most, to find which of them some outputs read together."""
        if is_row(units) and self._without_holes:
            return min(self.period, len(units))
        return len(units) * max(1, (self.size - 1) // self.step + 1)

    @cached_property
    def _without_holes(self) -> bool:
        """Say whether what a row of outputs reads is a row for each phase, or every so-manieth input."""
        if self.size == 1:
            return self.advance > 0
        smallest = min(high - low + 1 for low, high in zip(self.low, self.high, strict=True))
        return self.step == 1 and self.advance <= smallest

    def _row(self, units: range, size: int) -> Positions:
        """Return what outputs of one phase read together: windows that stand as far apart as the next one."""
        first, count = self.read(units[0]), len(units)
        if not first:
            return range(0)
        end = first[-1] + self.advance * (count - 1) + 1
        if self.advance and len(first) == 1:
            return on_input(range(first[0], end, self.advance), size)
        if self.step == 1 and self.advance <= len(first):
            return on_input(range(first[0], end), size)
        return united(on_input(self.read(unit), size) for unit in units)


POINT = Bounds(1, (0,), (0,))
"""Each output reads the input at its own position."""
FIRST = Bounds(0, (0,), (0,))
"""Each output reads the first position, which stands for all."""
NO_INPUT = Bounds(0, (1,), (0,))
"""No output reads anything."""


class Folded(Struct, frozen=True):
    """What the numbers of a vector read of one axis of a map that was folded into it.

    Number u reads what place ``u // every % of`` does by ``then``. Flattened rows of width w are (w, rows).
    """

    every: int
    of: int
    then: Bounds = POINT
    advance = 0

    @property
    def period(self) -> int:
        """Return the number of outputs after which the pattern repeats."""
        return self.every * self.of

    def at(self, unit: int) -> tuple[int, int]:
        """Return the first and the last place that one number reads."""
        return self.then.at(unit // self.every % self.of)

    def read(self, unit: int) -> range:
        """Return the places that one number reads."""
        return self.then.read(unit // self.every % self.of)

    def looks(self, units: Positions) -> int:
        """Return how many places are looked at, at most, to find which of them some numbers read together."""
        turned = is_row(units) and len(units) > self.every * self.of
        return (0 if turned else len(units)) + self.then.looks(range(self.of))

    def together(self, units: Positions, size: int) -> Positions:
        """Return which of ``size`` places some numbers read together."""
        if not units:
            return range(0)
        if is_row(units):
            first, last = units[0] // self.every, units[-1] // self.every
            if last - first + 1 >= self.of:
                return self.then.together(range(self.of), size)
            places: set[int] = {place % self.of for place in range(first, last + 1)}
        else:
            places = {unit // self.every % self.of for unit in units}
        return self.then.together(in_order(places), size)


class Pieces(Struct, frozen=True):
    """What the numbers of a vector of several parts read: of each part their count and reading."""

    parts: tuple[tuple[int, Bounds | Folded], ...]
    advance = 0

    @property
    def period(self) -> int:
        """Return the number of outputs, for nothing repeats."""
        return sum(count for count, _ in self.parts)

    def at(self, unit: int) -> tuple[int, int]:
        """Return the first and the last input that one number reads."""
        reading, number = self._part(unit)
        return reading.at(number)

    def read(self, unit: int) -> range:
        """Return the inputs that one number reads."""
        reading, number = self._part(unit)
        return reading.read(number)

    def looks(self, units: Positions) -> int:
        """Return how many inputs are looked at, at most, to find which of them some numbers read together."""
        if is_row(units):
            return sum(part.looks(range(min(count, len(units)))) for count, part in self.parts)
        return len(units) * len(self.parts) + sum(part.looks(units) for _, part in self.parts)

    def together(self, units: Positions, size: int) -> Positions:
        """Return which of ``size`` inputs some numbers read together."""
        found, start = [], 0
        for count, reading in self.parts:
            if is_row(units):
                own: Positions = range(max(units.start - start, 0), min(units.stop - start, count))
            else:
                own = tuple(unit - start for unit in units if start <= unit < start + count)
            found.append(reading.together(own, size))
            start += count
        return united(found)

    def _part(self, unit: int) -> tuple[Bounds | Folded, int]:
        for count, reading in self.parts:
            if unit < count:
                return reading, unit
            unit -= count
        return NO_INPUT, 0


Reading: TypeAlias = Bounds | Folded | Pieces


def window(stride: int, first: int, extent: int, step: int = 1) -> Bounds:
    """Return the bounds of a window of ``extent`` inputs whose first one stands at ``first``."""
    return Bounds(stride, (first,), (first + extent - 1,), step)


def all_of(size: int) -> Bounds:
    """Return the bounds of outputs each of which reads all positions of an axis."""
    return Bounds(0, (0,), (size - 1,))


def on_input(read: range, size: int) -> range:
    """Return which of some positions lie on an input of ``size``."""
    first = read.start + max(-(read.start // read.step), 0) * read.step
    return range(first, min(read.stop, size), read.step)


def is_row(positions: Positions) -> TypeGuard[range]:
    """Say whether positions follow one another without a hole."""
    return isinstance(positions, range) and positions.step == 1


def united(some: Iterable[Positions]) -> Positions:
    """Return positions of several rows together, as a range where they are one.

    Of more than `MAX_PLACES` that are no range only some are returned, one more than these.
    """
    given = dict.fromkeys(each for each in some if each)
    rows = _joined(each for each in given if is_row(each))
    others = [each for each in given if not is_row(each)]
    if len(rows) == 1:
        others = [each for each in others if not (rows[0][0] <= each[0] and each[-1] <= rows[0][-1])]
    if len(rows) + len(others) < 2:
        return rows[0] if rows else others[0] if others else range(0)
    places: set[int] = set()
    for each in (*rows, *others):
        places.update(each[: MAX_PLACES + 1])
        if len(places) > MAX_PLACES:
            return tuple(sorted(places))
    return in_order(places)


def _joined(rows: Iterable[range]) -> list[range]:
    """Return rows of positions in order, those joined that touch."""
    found: list[range] = []
    for row in sorted(rows, key=lambda row: row.start):
        if found and row.start <= found[-1].stop:
            found[-1] = range(found[-1].start, max(found[-1].stop, row.stop))
        else:
            found.append(row)
    return found


def in_order(places: set[int]) -> Positions:
    """Return positions in order, as a range where they are one."""
    found = sorted(places)
    if len(found) < 2:
        return tuple(found)
    row = range(found[0], found[-1] + 1, found[1] - found[0])
    return row if len(row) == len(found) and list(row) == found else tuple(found)
