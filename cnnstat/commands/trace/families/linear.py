"""Fully connected layers: linear, and the radial basis functions of LeNet-5's output."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

from cnnstat.commands.trace.along import Dense, Tap, same
from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.families.sums import Sum
from cnnstat.commands.trace.grid import Column, Grid, planes
from cnnstat.commands.trace.working import Part, Working, step, sum_text
from cnnstat.layers.axis import place_of
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.commands.trace.families.sums import Fixed
    from cnnstat.commands.trace.grid import Places, Taps
    from cnnstat.commands.trace.layer_run import Index, LayerRun


def _axis(run: LayerRun) -> int:
    return 0 if run.options.axis is None else place_of(run.options.axis, run.shapes[0])


def _grids(run: LayerRun, number: int) -> tuple[Grid, ...]:
    pairs = enumerate(zip(run.shapes[0], run.shape, strict=True))
    own = _axis(run)
    return (Grid(tuple(Dense(n, out) if axis == own else same(n) for axis, (n, out) in pairs)),)


def _weight(run: LayerRun, unit: Places, taps: Taps) -> Index:
    own = _axis(run)
    return unit[own], taps[own].number


def _used(run: LayerRun, name: str, index: Index) -> Fixed:
    own = _axis(run)
    fixed = (index[0], None) if name == "bias" else (index[0], index[1])
    return tuple(fixed if axis == own else (None, None) for axis in range(len(run.shape)))


LINEAR = Sum(_grids, _weight, _used, bias=lambda run, unit: (unit[_axis(run)],), readers="unit")


class Rbf(Family):
    """The squared distance of what is read to a unit's code: LeCun et al. 1998, eq. (7)."""

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return the sum of squares."""
        sample, number = unit
        read = [run.read((sample, i)) for i in range(run.shapes[0][0])]
        code = [run.param("weight", (number, i)) for i in range(len(read))]
        apart = [x - w for x, w in zip(read, code, strict=True)]
        squares = [each * each for each in apart]
        columns = [
            Column("input", read),
            Column("code", code, "−"),
            Column("difference", apart, "="),
            Column("squared", squares),
        ]
        return _of(columns, squares)

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the sum of the units' deltas, each times twice the difference from its code."""
        sample, place = cell
        x, units = run.read(cell), range(run.shape[0])
        deltas = [run.delta((sample, unit)) for unit in units]
        apart = [x - run.param("weight", (unit, place)) for unit in units]
        return _pulled(deltas, apart, 2.0)

    def weight_gradient(self, run: LayerRun, name: str, index: Index) -> Working:
        """Return the sum over samples."""
        unit, place = index
        deltas = [run.delta((sample, unit)) for sample in range(run.samples)]
        apart = [run.read((sample, place)) - run.param(name, index) for sample in range(run.samples)]
        return _pulled(deltas, apart, -2.0)

    def first_index(self, run: LayerRun, name: str, unit: Index) -> Index:
        """Return the first number of a unit's code."""
        return (unit[0], 0)


def _pulled(deltas: Sequence[float], apart: Sequence[float], factor: float) -> Working:
    twice = [factor * each for each in apart]
    products = [d * each for d, each in zip(deltas, twice, strict=True)]
    sign = "2·difference" if factor > 0 else "−2·difference"
    columns = [Column("deltas", deltas), Column(sign, twice, "×"), Column("products", products, "=")]
    return _of(columns, products)


def _of(columns: Sequence[Column], terms: Sequence[float]) -> Working:
    """Return columns side by side, and the sum of the last one."""
    along = [[Tap(i, i, i) for i in range(len(terms))]]
    steps = (step("sum", sum_text(terms), fsum(terms)),)
    return Working((Part("", planes(along, columns), steps, summed=True),), Real(fsum(terms)))
