"""Normalisation by neighbouring channels."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

from cnnstat.commands.trace.along import Slide, Tap
from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.grid import Column, planes
from cnnstat.commands.trace.working import Part, Working, number_text, signed_text, step, sum_text
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from cnnstat.commands.trace.layer_run import Index, LayerRun


class LocalResponseNorm(Family):
    """x/(k + alpha·s)^beta, s the sum of squares over neighbouring channels: Krizhevsky et al. 2012, 3.3."""

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return a number beside its neighbours in other channels."""
        cells = _neighbours(run, unit)
        numbers = [None if cell is None else run.read(cell) for cell in cells]
        squares = [(x or 0.0) ** 2 for x in numbers]
        alpha, options, x = _alpha(run), run.options, run.read(unit)
        base = options.k + alpha * fsum(squares)
        value = x * base**-options.beta
        columns = [Column("channels", numbers), Column("squares", squares)]
        steps = (
            step("sum of squares", sum_text(squares), fsum(squares)),
            step(
                "base",
                f"{number_text(options.k)} + {number_text(alpha)} · {number_text(fsum(squares))}",
                base,
            ),
            step("y", f"{signed_text(x)} / {number_text(base)}^{number_text(options.beta)}", value),
        )
        along = [[Tap(i, i, i) for i in range(len(cells))]]
        return Working((Part("", planes(along, columns), steps),), Real(value))

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the delta through the number itself, less what it takes from its neighbours."""
        options, alpha, x = run.options, _alpha(run), run.read(cell)
        units = [
            (cell[0], each.place, *cell[2:])
            for each in _slide(run).readers(cell[1])
            if each.place is not None
        ]
        bases = {unit: self._base(run, unit) for unit in units}
        own = run.delta(cell) * self._base(run, cell) ** -options.beta
        pulls = [run.delta(unit) * run.read(unit) * bases[unit] ** (-options.beta - 1) for unit in units]
        found = own - 2 * alpha * options.beta * x * fsum(pulls)
        steps = (
            step("through itself", "delta / base^beta", own),
            step("pull", "sum of delta·x / base^(beta + 1) over the channels that read it", fsum(pulls)),
            step("gradient", f"{signed_text(own)} - 2·alpha·beta·x · pull", found),
        )
        along = [[Tap(i, i, i) for i in range(len(units))]]
        return Working((Part("", planes(along, [Column("pulls", pulls)]), steps),), Real(found))

    def _base(self, run: LayerRun, unit: Index) -> float:
        squares = (run.read(cell) ** 2 for cell in _neighbours(run, unit) if cell is not None)
        base: float = run.options.k + _alpha(run) * fsum(squares)
        return base


def _slide(run: LayerRun) -> Slide:
    """Return the window over channels; of an even size the larger half lies before the unit's own."""
    size = run.options.size
    return Slide(run.shape[0], run.shape[0], size, before=size // 2)


def _neighbours(run: LayerRun, unit: Index) -> list[Index | None]:
    taps = _slide(run).reads(unit[1])
    return [None if each.place is None else (unit[0], each.place, *unit[2:]) for each in taps]


def _alpha(run: LayerRun) -> float:
    alpha: float = run.options.alpha / (run.options.size if run.options.divide_alpha else 1)
    return alpha
