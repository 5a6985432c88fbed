"""Layers whose unit is the largest of what it reads: the first of several, in row-major order."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.grid import Column, Grid, Places, every, place_of, planes, spoken
from cnnstat.commands.trace.working import Part, Working, step, sum_text
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.commands.trace.layer_run import Index, LayerRun


@dataclass(frozen=True)
class Largest(Family):
    """A family by what its units read of the input; padding is never the largest."""

    grids: Callable[[LayerRun, int], tuple[Grid, ...]]

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return the largest number of a window, with its place."""
        sample, place = unit[0], unit[1:]
        for grid in self.grids(run, 0):
            at = grid.places(place)
            if at is not None:
                along = grid.reads(at)
                cells = [place_of(taps) for taps in every(along)]
                numbers = [None if cell is None else run.read((sample, *cell)) for cell in cells]
                first = _first(numbers)
                where = spoken([[each] for each in every(along)[first]])
                found = numbers[first]
                assert found is not None
                formula = f"that at {where}"
                shown = planes(along, [Column("input", numbers, beyond="nothing")], marked=first)
                part = Part(f"input: {spoken(along)}", shown, (step("largest", formula, found),))
                return Working((part,), Real(found))
        raise AssertionError(unit)

    def winner(self, run: LayerRun, sample: int, grid: Grid, at: Places) -> Places | None:
        """Return the place of the number that a unit is."""
        cells = [place_of(taps) for taps in every(grid.reads(at))]
        return cells[_first([None if cell is None else run.read((sample, *cell)) for cell in cells])]

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the deltas of the units that the number won in: others give it nothing."""
        sample, place = cell[0], cell[1:]
        parts, sums = [], []
        for grid in self.grids(run, number):
            along = grid.readers(place)
            deltas: list[float | None] = []
            won: list[float] = []
            for taps in every(along):
                at = place_of(taps)
                deltas.append(None if at is None else run.delta((sample, *grid.unit(at))))
                won.append(1.0 if at is not None and self.winner(run, sample, grid, at) == place else 0.0)
            products = [(d or 0.0) * w for d, w in zip(deltas, won, strict=True)]
            if products:
                columns = [
                    Column("deltas", deltas),
                    Column("won there", won, "×"),
                    Column("handed back", products, "="),
                ]
                steps = (step("sum", sum_text(products), fsum(products)),)
                parts.append(Part(f"deltas of {spoken(along)}", planes(along, columns), steps, summed=True))
                sums.append(fsum(products))
        if not parts:
            parts = [Part("no unit reads it", (), (step("gradient", "", 0.0),))]
        elif len(parts) > 1:
            parts.append(Part("", (), (step("sum", sum_text(sums), fsum(sums)),)))
        return Working(tuple(parts), Real(fsum(sums)))


def _first(numbers: list[float | None]) -> int:
    """Return which of some numbers is the largest, the first of several."""
    there = [(i, each) for i, each in enumerate(numbers) if each is not None]
    return max(there, key=lambda pair: (pair[1], -pair[0]))[0]
