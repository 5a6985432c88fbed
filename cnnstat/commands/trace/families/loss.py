"""Losses: the gradient of the loss by one output of the network, in numbers."""

from __future__ import annotations

from math import exp, fsum
from typing import TYPE_CHECKING

from cnnstat.commands.trace.along import Tap
from cnnstat.commands.trace.grid import Column, planes
from cnnstat.commands.trace.working import Part, Working, number_text, signed_text, step
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from collections.abc import Sequence

FLOOR = 1.0
"""The j of LeCun et al. 1998, eq. (9)."""


def loss_gradient(name: str, outputs: Sequence[float], target: int, unit: int, samples: int) -> Working:
    """Return dL/dy of one output of a sample whose class is `target`; the loss is the mean over samples."""
    t = [float(i == target) for i in range(len(outputs))]
    if name in ("cross_entropy", "rbf"):
        sign, floor = (1.0, []) if name == "cross_entropy" else (-1.0, [exp(-FLOOR)])
        raised = [exp(sign * y) for y in outputs] if name == "rbf" else _raised(outputs)
        total = fsum([*raised, *floor])
        shares = [each / total for each in raised]
        apart = [sign * (y - each) for y, each in zip(shares, t, strict=True)]
        first = "exp(y)" if sign > 0 else "exp(-y)"
        columns = [
            Column("output", outputs),
            Column("probability" if sign > 0 else f"{first}/sum", shares),
            Column("t", t, "−" if sign > 0 else ""),
            Column("y − t" if sign > 0 else "t − share", apart, "=" if sign > 0 else ""),
        ]
        pair = (shares[unit], t[unit]) if sign > 0 else (t[unit], shares[unit])
        steps = [
            step(
                "y − t" if sign > 0 else "t − share",
                f"{number_text(pair[0])} - {number_text(pair[1])}",
                apart[unit],
            )
        ]
        return _meant(columns, steps, apart[unit], samples)
    slope = {
        "negative_log_likelihood": lambda y: -1 / y,
        "nll_of_logarithms": lambda y: -1.0,
        "mse": lambda y: 1.0,
    }[name]
    formula = {
        "negative_log_likelihood": f"-1/{number_text(outputs[target])} at class {target}, else 0",
        "nll_of_logarithms": f"-1 at class {target}, else 0",
        "mse": f"1 at class {target}, else 0",
    }[name]
    found = slope(outputs[target]) if unit == target else 0.0
    columns = [Column("output", outputs), Column("t", t)]
    return _meant(columns, [step("slope", formula, found)], found, samples)


def given(value: float, name: str, why: str) -> Working:
    """Return a number that comes from nowhere else."""
    return Working((Part("", (), (step(name, why, value),)),), Real(value))


def behind_softmax(share: float, target: bool, samples: int) -> Part:
    """Return what is left of softmax and the logarithm of one of its outputs together: y - t."""
    found = (share - target) / samples
    over = f" / {samples}" if samples > 1 else ""
    formula = (
        f"({number_text(share)} - {int(target)}){over}" if over else f"{number_text(share)} - {int(target)}"
    )
    return Part("softmax and cross-entropy together", (), (step("y − t", formula, found),))


def _raised(outputs: Sequence[float]) -> list[float]:
    most = max(outputs)
    return [exp(y - most) for y in outputs]


def _meant(columns: list[Column], steps: list[object], found: float, samples: int) -> Working:
    if samples > 1:
        steps = [*steps, step("mean over samples", f"{signed_text(found)} / {samples}", found / samples)]
    along = [[Tap(i, i, i) for i in range(len(columns[0].numbers))]]
    return Working((Part("", planes(along, columns), tuple(steps)),), Real(found / samples))  # type: ignore[arg-type]
