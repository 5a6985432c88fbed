"""Losses: the gradient of the loss by one output of the network, in numbers."""

from __future__ import annotations

from math import exp, fsum, inf
from typing import TYPE_CHECKING

from cnnstat.commands.trace.along import Tap
from cnnstat.commands.trace.grid import Column, planes
from cnnstat.commands.trace.working import Part, Working, number_text, signed_text, step
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.commands.trace.working import Step

FLOOR = 1.0
"""The j of LeCun et al. 1998, eq. (9)."""


def loss_gradient(name: str, outputs: Sequence[float], target: int, unit: int, samples: int) -> Working:
    """Return dL/dy of one output of a sample whose class is `target`; the loss is the mean over samples."""
    t = [float(i == target) for i in range(len(outputs))]
    if name == "cross_entropy":
        most = max(outputs)
        shares = _shares([exp(y - most) for y in outputs], 0.0)
        apart = [y - each for y, each in zip(shares, t, strict=True)]
        columns = [
            Column("output", outputs),
            Column("y = softmax", shares),
            Column("t", t, "−"),
            Column("y − t", apart, "="),
        ]
        formula = f"{number_text(shares[unit])} - {number_text(t[unit])}"
        return _mean(columns, step("y − t", formula, apart[unit]), samples)
    if name == "rbf":
        shares = _shares([exp(-y) for y in outputs], exp(-FLOOR))
        apart = [each - share for share, each in zip(shares, t, strict=True)]
        head = "exp(-y)/(exp(-1) + sum)"
        columns = [
            Column("output", outputs),
            Column("t", t),
            Column(head, shares, "−"),
            Column("t − share", apart, "="),
        ]
        formula = f"{number_text(t[unit])} - {number_text(shares[unit])}"
        return _mean(columns, step("t − share", formula, apart[unit]), samples)
    slope, formula = {
        "negative_log_likelihood": (-1 / outputs[target] if outputs[target] else -inf, "-1/y"),
        "nll_of_logarithms": (-1.0, "-1"),
        "mse": (1.0, "1"),
    }[name]
    columns = [Column("output", outputs), Column("t", t)]
    said = f"{formula} at class {target}, else 0"
    return _mean(columns, step("slope", said, slope if unit == target else 0.0), samples)


def _shares(raised: Sequence[float], more: float) -> list[float]:
    total = fsum([*raised, more])
    return [each / total for each in raised]


def _mean(columns: list[Column], last: Step, samples: int) -> Working:
    """Return columns, and of the last step its part in the mean over samples."""
    steps = [last]
    if samples > 1:
        formula = f"{signed_text(last.value)} / {samples}"
        steps.append(step("mean over samples", formula, last.value / samples))
    along = [[Tap(i, i, i) for i in range(len(columns[0].numbers))]]
    return Working((Part("", planes(along, columns), tuple(steps)),), steps[-1].value)


def given(value: float, name: str, why: str) -> Working:
    """Return a number that comes from nowhere else."""
    return Working((Part("", (), (step(name, why, value),)),), Real(value))


def behind_softmax(share: float, target: bool, samples: int) -> Part:
    """Return what is left of softmax and the logarithm of one of its outputs together: y - t."""
    found = (share - target) / samples
    formula = f"{number_text(share)} - {int(target)}"
    if samples > 1:
        formula = f"({formula}) / {samples}"
    return Part("softmax and cross-entropy together", (), (step("y − t", formula, found),))
