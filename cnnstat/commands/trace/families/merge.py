"""Joins of branches: the sum, the difference, the product, the largest, the concatenation."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, prod
from typing import TYPE_CHECKING

from cnnstat.commands.trace.along import Listed, Repeated, Tap, same
from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.families.sums import Sum
from cnnstat.commands.trace.grid import Column, Grid, every, place_of, planes, spoken
from cnnstat.commands.trace.working import Part, Working, signed_text, step, sum_text
from cnnstat.layers.axis import place_of as axis_of
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.commands.trace.along import Along
    from cnnstat.commands.trace.grid import Places
    from cnnstat.commands.trace.layer_run import Index, LayerRun


def joined(run: LayerRun, number: int) -> tuple[Grid, ...]:
    """Return one input of a join: an axis of one place may meet a longer one."""
    pairs = zip(run.shapes[number], run.shape, strict=True)
    return (Grid(tuple(same(n) if n == out else Repeated(out) for n, out in pairs)),)


def _sign(run: LayerRun, number: int, unit: Places) -> float:
    return -1.0 if number else 1.0


def _behind(run: LayerRun, number: int) -> tuple[Grid, ...]:
    """Return one input of a concatenation: of its axis a part from a place on."""
    own = axis_of(run.options.axis, run.shapes[0])
    start = sum(shape[own] for shape in run.shapes[:number])
    shape = run.shapes[number]
    stop = start + shape[own]

    def listed(output: int) -> list[Tap]:
        return [Tap(output - start, 0, output - start)] if start <= output < stop else []

    part: Along = Listed(shape[own], run.shape[own], listed)
    return (_Part(tuple(part if axis == own else same(n) for axis, n in enumerate(shape)), own, start, stop),)


@dataclass(frozen=True)
class _Part(Grid):
    """An input that only some of the units read: those from `start` to `stop` on its `own` axis."""

    own: int
    start: int
    stop: int

    def places(self, unit: Places) -> Places | None:
        """Return the unit, if it is one of those."""
        return unit if self.start <= unit[self.own] < self.stop else None


class Product(Family):
    """The product of all inputs, each at the unit's place."""

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return the product."""
        numbers = _at(run, unit)
        found = prod(numbers)
        steps = [step(f"input {i}", "", each) for i, each in enumerate(numbers, 1)]
        steps.append(step("product", " · ".join(map(signed_text, numbers)), found))
        return Working((Part("", (), tuple(steps)),), Real(found))

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the deltas of the readers, each times what else it reads."""

        def others(unit: Index) -> float:
            return prod(x for i, x in enumerate(_at(run, unit)) if i != number)

        return _handed_back(run, number, cell, "other inputs", others, "products")


class Maximum(Family):
    """The largest of all inputs, the first of them where several are."""

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return the largest."""
        numbers = _at(run, unit)
        found = max(numbers)
        steps = [step(f"input {i}", "", each) for i, each in enumerate(numbers, 1)]
        steps.append(step("largest", f"input {1 + numbers.index(found)}", found))
        return Working((Part("", (), tuple(steps)),), Real(found))

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the deltas of the units at which the input is the first that is largest."""

        def won(unit: Index) -> float:
            return float((given := _at(run, unit)).index(max(given)) == number)

        return _handed_back(run, number, cell, "won there", won, "handed back")


def _handed_back(
    run: LayerRun, number: int, cell: Index, title: str, factor: Callable[[Index], float], result: str
) -> Working:
    """Return the deltas of the units that read a number, each times a factor of the unit's."""
    sample, (grid,) = cell[0], joined(run, number)
    along = grid.readers(cell[1:])
    units = [(sample, *(place_of(taps) or ())) for taps in every(along)]
    deltas, factors = [run.delta(unit) for unit in units], [factor(unit) for unit in units]
    products = [delta * each for delta, each in zip(deltas, factors, strict=True)]
    columns = [Column("deltas", deltas), Column(title, factors, "×"), Column(result, products, "=")]
    steps = (step("sum", sum_text(products), fsum(products)),)
    part = Part(f"deltas of {spoken(along)}", planes(along, columns), steps, summed=True)
    return Working((part,), Real(fsum(products)))


def _at(run: LayerRun, unit: Index) -> list[float]:
    """Return the number that a unit reads of each input."""
    found = []
    for number, shape in enumerate(run.shapes):
        places = (i if n > 1 else 0 for i, n in zip(unit[1:], shape, strict=True))
        found.append(run.read((unit[0], *places), number))
    return found


ADD, SUBTRACT, CONCAT = Sum(joined), Sum(joined, factor=_sign), Sum(_behind)
