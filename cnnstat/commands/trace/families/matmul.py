"""Products of two inputs: matrices, and the gate that halves an axis."""

from __future__ import annotations

from math import exp, fsum
from typing import TYPE_CHECKING

from cnnstat.commands.trace.along import Tap
from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.grid import Column, planes
from cnnstat.commands.trace.working import Part, Working, number_text, signed_text, step, sum_text
from cnnstat.layers.axis import place_of
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.commands.trace.layer_run import Index, LayerRun


class Matmul(Family):
    """A row of the first input times a column of the second, either of them turned before if asked for."""

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return the sum of products along the axis that both share."""
        a = [run.read(self._first(run, unit, i), 0) for i in range(self._shared(run))]
        b = [run.read(self._second(run, unit, i), 1) for i in range(len(a))]
        return _summed(a, b, ("input 1", "input 2"), run.options.scale)

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the deltas of a row or a column of units times what they multiply the number with."""
        *lead, row, column = cell
        turned = run.options.transpose_b if number else run.options.transpose_a
        row, column = (column, row) if turned else (row, column)
        if number:  # b[row, column] meets a[i, row] in unit (i, column)
            units = [(*lead, i, column) for i in range(run.shape[-2])]
            others = [run.read(self._first(run, unit, row), 0) for unit in units]
        else:  # a[row, column] meets b[column, j] in unit (row, j)
            units = [(*lead, row, j) for j in range(run.shape[-1])]
            others = [run.read(self._second(run, unit, column), 1) for unit in units]
        deltas = [run.delta(unit) for unit in units]
        return _summed(deltas, others, ("deltas", f"input {2 - number}"), run.options.scale)

    def _shared(self, run: LayerRun) -> int:
        return run.shapes[0][-2 if run.options.transpose_a else -1]

    def _first(self, run: LayerRun, unit: Index, i: int) -> Index:
        *lead, row, _ = unit
        return (*lead, i, row) if run.options.transpose_a else (*lead, row, i)

    def _second(self, run: LayerRun, unit: Index, i: int) -> Index:
        *lead, _, column = unit
        return (*lead, column, i) if run.options.transpose_b else (*lead, i, column)


def _summed(a: Sequence[float], b: Sequence[float], heads: tuple[str, str], scale: float) -> Working:
    products = [x * y for x, y in zip(a, b, strict=True)]
    along = [[Tap(i, i, i) for i in range(len(a))]]
    columns = [Column(heads[0], a), Column(heads[1], b, "×"), Column("products", products, "=")]
    steps = [step("sum", sum_text(products), fsum(products))]
    if scale != 1:
        steps.append(
            step("times", f"{signed_text(fsum(products))} · {number_text(scale)}", scale * fsum(products))
        )
    return Working((Part("", planes(along, columns), tuple(steps), summed=True),), steps[-1].value)


class Glu(Family):
    """The first half of an axis times the sigmoid of the second."""

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return a·sigmoid(b)."""
        a, gate = self._halves(run, unit)
        steps = (
            step("a", "of the first half", a),
            step("sigmoid(b)", "of the second half", gate),
            step("y", f"{signed_text(a)} · {number_text(gate)}", a * gate),
        )
        return Working((Part("", (), steps),), Real(a * gate))

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the delta times the gate, or times the slope of the gate."""
        own = 1 + place_of(run.options.axis, run.shapes[0])
        half = run.shape[own - 1]
        unit = (*cell[:own], cell[own] % half, *cell[own + 1 :])
        a, gate = self._halves(run, unit)
        first = cell[own] < half
        slope, formula = (
            (gate, "sigmoid(b)") if first else (a * gate * (1 - gate), "a·sigmoid(b)·(1 - sigmoid(b))")
        )
        delta = run.delta(unit)
        steps = (
            step("delta", "", delta),
            step("slope", formula, slope),
            step("product", f"{signed_text(delta)} · {signed_text(slope)}", delta * slope),
        )
        return Working((Part("", (), steps),), Real(delta * slope))

    def _halves(self, run: LayerRun, unit: Index) -> tuple[float, float]:
        own = 1 + place_of(run.options.axis, run.shapes[0])
        behind = (*unit[:own], unit[own] + run.shape[own - 1], *unit[own + 1 :])
        b = run.read(behind)
        return run.read(unit), 1 / (1 + exp(-b)) if b >= 0 else exp(b) / (1 + exp(b))
