"""Which inputs an output reads along one axis.

A map has places along each axis. A vector has one axis, its numbers: those of a flattened map read places of
that map (`Folded`), and a vector that is put together has parts that read one by one (`Pieces`). Each reading
repeats after ``period`` outputs, further on in the input by ``advance``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

Positions: TypeAlias = range | tuple[int, ...]
"""Positions along one axis, in order."""


class Bounds(Struct, frozen=True):
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

    @property
    def period(self) -> int:
        """Return the number of outputs after which the pattern repeats."""
        return len(self.low)

    def at(self, unit: int) -> tuple[int, int]:
        """Return the first and the last input that one output reads."""
        turns, phase = divmod(unit, self.period)
        return self.low[phase] + turns * self.advance, self.high[phase] + turns * self.advance

    def read(self, unit: int) -> range:
        """Return the inputs that one output reads, those beyond the ends of the input, too."""
        first, last = self.at(unit)
        return range(first, last + 1, self.step)

    def together(self, units: Positions, size: int) -> Positions:
        """Return which of ``size`` inputs some outputs read together."""
        if isinstance(units, range) and units.step == 1 and len(units) > self.period:
            phases = (units[i :: self.period] for i in range(self.period))
            return united(self._row(phase, size) for phase in phases)
        return united(on_input(self.read(unit), size) for unit in units)

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
NOTHING = Bounds(0, (1,), (0,))
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

    def together(self, units: Positions, size: int) -> Positions:
        """Return which of ``size`` places some numbers read together."""
        if not units:
            return range(0)
        if isinstance(units, range) and units.step == 1:
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

    def together(self, units: Positions, size: int) -> Positions:
        """Return which of ``size`` inputs some numbers read together."""
        found, start = [], 0
        for count, reading in self.parts:
            if isinstance(units, range) and units.step == 1:
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
        return NOTHING, 0


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


def united(some: Iterable[Positions]) -> Positions:
    """Return positions of several rows together, as a range where they are one."""
    rows = list(dict.fromkeys(each for each in some if each))
    if len(rows) < 2:
        return rows[0] if rows else range(0)
    dense = _merged(
        sorted((each.start, each.stop) for each in rows if isinstance(each, range) and each.step == 1)
    )
    if len(dense) == 1 and all(each[0] >= dense[0].start and each[-1] < dense[0].stop for each in rows):
        return dense[0]
    return in_order(set().union(*dense, *rows))


def _merged(ends: list[tuple[int, int]]) -> list[range]:
    """Return rows in order, those that touch as one."""
    merged: list[range] = []
    for start, stop in ends:
        if merged and start <= merged[-1].stop:
            merged[-1] = range(merged[-1].start, max(stop, merged[-1].stop))
        else:
            merged.append(range(start, stop))
    return merged


def in_order(places: set[int]) -> Positions:
    """Return positions in order, as a range where they are one."""
    found = sorted(places)
    if len(found) < 2:
        return tuple(found)
    row = range(found[0], found[-1] + 1, found[1] - found[0])
    return row if len(row) == len(found) and list(row) == found else tuple(found)
