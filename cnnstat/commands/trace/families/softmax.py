"""The softmax along one axis, and its logarithm."""

from __future__ import annotations

from math import exp, fsum, log
from typing import TYPE_CHECKING

from cnnstat.commands.trace.along import Tap
from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.grid import Column, planes
from cnnstat.commands.trace.working import Part, Working, number_text, signed_text, step, sum_text
from cnnstat.layers.axis import place_of
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from cnnstat.commands.trace.layer_run import Index, LayerRun
    from cnnstat.commands.trace.working import Plane


class Softmax(Family):
    """exp(x) over the sum of all exp(x) along the axis; or the logarithm of that."""

    def __init__(self, *, logarithm: bool = False) -> None:
        self.logarithm = logarithm

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return a share of the sum."""
        row, own = _row(run, unit)
        numbers = [run.read(cell) for cell in row]
        most = max(numbers)  # less the largest it is the same, and overflows nowhere
        raised = [exp(x - most) for x in numbers]
        total = fsum(raised)
        shares = [each / total for each in raised]
        columns = [
            Column("input", numbers),
            Column(f"exp(x - {signed_text(most)})", raised),
            Column("probability", shares),
        ]
        steps = [
            step("sum of exp", sum_text(raised), total),
            step("probability", f"{number_text(raised[own])} / {number_text(total)}", shares[own]),
        ]
        value = shares[own]
        if self.logarithm:
            value = numbers[own] - most - log(total)
            formula = f"{signed_text(numbers[own])} - {signed_text(most)} - log({number_text(total)})"
            steps.append(step("logarithm", formula, value))
        return Working((Part("", _planes(columns, len(row)), tuple(steps)),), Real(value))

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return y·(delta - sum of all deltas·y); of the logarithm delta - exp(y)·sum of deltas."""
        row, own = _row(run, cell)
        deltas, outputs = [run.delta(unit) for unit in row], [run.put_out(unit) for unit in row]
        if self.logarithm:
            shares, total = [exp(y) for y in outputs], fsum(deltas)
            columns = [Column("deltas", deltas), Column("exp(y)", shares)]
            found = deltas[own] - shares[own] * total
            formula = f"{signed_text(deltas[own])} - {number_text(shares[own])} · {signed_text(total)}"
            steps = [step("sum of deltas", sum_text(deltas), total)]
        else:
            products = [d * y for d, y in zip(deltas, outputs, strict=True)]
            total = fsum(products)
            columns = [Column("deltas", deltas), Column("y", outputs, "×"), Column("products", products, "=")]
            found = outputs[own] * (deltas[own] - total)
            formula = f"{number_text(outputs[own])} · ({signed_text(deltas[own])} - {signed_text(total)})"
            steps = [step("sum of deltas · y", sum_text(products), total)]
        steps.append(step("gradient", formula, found))
        return Working(
            (Part("deltas along the axis", _planes(columns, len(row)), tuple(steps)),), Real(found)
        )


def _row(run: LayerRun, unit: Index) -> tuple[list[Index], int]:
    """Return all places along the axis through one of them, and which it is."""
    axis = 1 + place_of(run.options.axis, run.shapes[0])
    row = [(*unit[:axis], i, *unit[axis + 1 :]) for i in range(run.shapes[0][axis - 1])]
    return row, unit[axis]


def _planes(columns: list[Column], size: int) -> tuple[Plane, ...]:
    return planes([[Tap(i, i, i) for i in range(size)]], columns)


SOFTMAX, LOG_SOFTMAX = Softmax(), Softmax(logarithm=True)
