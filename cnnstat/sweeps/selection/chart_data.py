"""What charts need of the networks of a sweep: the figures of all, and some whole points."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from cnnstat.spec.space import random_bits
from cnnstat.sweeps.selection.conditions import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.sweeps.networks.columns import Columns
    from cnnstat.sweeps.networks.evaluator import Row

SOME = 2_000
"""Points that a chart shows."""


class ChartData:
    """Networks that meet the conditions: each figure of all in 8 bytes, and at least `SOME` as they are.

    Which these are is decided by a hash of their numbers: any others would be as good, and they are always
    the same.
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.count = 0
        self.values = {key: array("d") for key in columns.shown}
        self._some: list[tuple[int, Row]] = []
        self._below = 1 << 64

    def add(self, row: Row) -> None:
        """Take a network."""
        self.count += 1
        for key, values in self.values.items():
            value = number(self.columns.cell(row, key), least=False)
            if value is not None:
                values.append(float(value))
        place = random_bits(0, row.number, "")
        if place < self._below:
            self._some.append((place, row))
            if len(self._some) >= 2 * SOME:
                self._some.sort(key=_place)
                self._below = self._some[SOME][0]
                del self._some[SOME:]

    def some(self) -> Sequence[Row]:
        """Return some networks in order of number, all of them if they are few."""
        chosen = sorted(self._some, key=_place)[:SOME]
        return sorted((row for _, row in chosen), key=lambda row: row.number)


def _place(each: tuple[int, Row]) -> int:
    return each[0]
