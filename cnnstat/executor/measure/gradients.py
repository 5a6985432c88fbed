"""Gradients against derivatives: is what backward returns the slope of what forward computes?

Each layer alone, on the input that it really reads: for each of its inputs and trained tensors w, with a
gradient g of sum(dy·y) for a random dy, and a random direction t, sum(g·t) must equal the slope of
sum(dy·y(w + s·t)) in s. One direction costs one or two passes, however many numbers a tensor has; a wrong
number shows unless t happens to be orthogonal to the error, which has probability zero.

How slopes are taken is said in `derivatives`; the whole network is checked in `end_to_end`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from cnnstat.executor.arguments import whole
from cnnstat.executor.backward import by_input, step_back
from cnnstat.executor.choices import METHODS
from cnnstat.executor.kernel import is_finite
from cnnstat.executor.measure.derivatives import (
    FAINT,
    NUDGE,
    TOLERANCE,
    Difference,
    Judgement,
    Near,
    compare,
    judge,
    norm,
    spread_of,
    step_of,
)
from cnnstat.executor.network import Pass
from cnnstat.executor.plugged import kernel_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnnstat.executor.backward import StepGradients
    from cnnstat.executor.kernel import Array, Backward, Inputs, Result
    from cnnstat.executor.network import Batch, Executor, Visit


SAMPLES = 2
"""Samples that layers are checked with by default: of a single one none can be forgotten."""
Outcome: TypeAlias = Literal["right", "wrong", "not measurable", "not checked"]
"""What came of checking a gradient."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no error of a gradient, and what that makes of it."""

    outcome: Outcome
    why: str


ROUNDING = Fault("not measurable", "not measurable: rounding")
"""It may be right: the last digits of numbers change it by as much as it is off."""
CONSTANT = Fault("not measurable", "not measurable: the loss is constant")
"""A gradient end to end is zero as it should be: so would most wrong ones be."""
NOT_FINITE = Fault("not checked", "not checked, for the numbers there are not finite")
"""It may be right: at infinite numbers there is no slope to hold it against."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One gradient checked: of which layer ("" for the network end to end), of which tensor, how far off.

    `error` is relative to the larger of the slope and the gradient's norm; `elements` is the same for single
    elements, if some were asked for. `fault` says why there is nothing to compare, if so; then both are NaN.
    `loss` is the one that was gone back from, end to end. What is not measurable is neither right nor wrong.
    """

    layer: str
    type: str
    tensor: str
    size: int
    outcome: Outcome
    error: float
    elements: float | None = None
    fault: str = ""
    loss: str = ""

    @property
    def good(self) -> bool:
        """Say whether the gradient is right."""
        return self.outcome == "right"

    @property
    def measurable(self) -> bool:
        """Say whether there is more to see than zero, or what rounding leaves."""
        return self.outcome != "not measurable"

    @property
    def wrong(self) -> bool:
        """Say whether the gradient is not right, though that could be seen."""
        return self.measurable and not self.good


def outcome_of(error: float, elements: float | None = None) -> Outcome:
    """Return what a gradient is that is so far off; NaN is wrong."""
    close = error <= TOLERANCE and (elements is None or elements <= TOLERANCE)
    return "right" if close else "wrong"


@dataclass(frozen=True, slots=True)
class Plan:
    """How to check: "complex" or "central", how many single elements of each tensor, from which seed.

    With `training`, dropout draws one mask that every pass repeats, and batch norm takes the batch's own
    statistics; what a pass would change in them is put back.
    """

    method: str = "complex"
    elements: int = 0
    seed: int = 0
    training: bool = False

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method: expected one of {', '.join(METHODS)}, got {self.method!r}")
        whole("elements", self.elements, 0)


def tensors_of(network: Executor, number: int) -> int:
    """Return how many gradients `check_layers` yields for a layer: one for each input and trained tensor."""
    return len(network.program.steps[number].inputs) + len(network.stored[number].trained)


def gradients_of(network: Executor) -> int:
    """Return how many gradients both checks yield; end to end, all parameters make one, if there are any."""
    trained = any(stored.trained for stored in network.stored)
    layers = sum(tensors_of(network, number) for number in range(len(network.program.steps)))
    return layers + len(network.program.inputs) + trained


def check_layers(network: Executor, x: Batch, plan: Plan) -> Iterator[tuple[int, Checked]]:
    """Check each layer alone on its real input; yield its number with each result."""

    def stored(number: int, inputs: Inputs) -> Mapping[str, Array]:
        return kept(network, number)

    backward = plan.method == "complex"
    for visit in network.visits(x, Pass(plan.training, backward, draw=1, parameters=stored)):
        for checked in _Alone(network, visit, plan).checks():
            yield visit.number, checked


class _Alone:
    """One layer at one point, ready to be run again near it."""

    def __init__(self, network: Executor, visit: Visit, plan: Plan) -> None:
        self.network, self.visit, self.plan = network, visit, plan
        self.rng = np.random.default_rng([plan.seed, visit.number])
        self.stored = network.stored[visit.number]
        self.values = by_input(visit.inputs) | self.stored.trained
        if plan.method == "central":
            self.values = {name: _moved(value, self.rng) for name, value in self.values.items()}

    def checks(self) -> Iterator[Checked]:
        """Check the gradient of every input and every trained tensor, whatever comes back."""
        # Only a central difference starts elsewhere than the network itself.
        moved = self.plan.method == "central"
        y, way_back = self.run({}, backward=True) if moved else (self.visit.output, self.visit.way_back)
        dy = self.rng.standard_normal(y.shape)
        size_of_dy, size_of_y = norm(dy), norm(y)
        back = self.step_back(way_back, dy)
        for name, value in self.values.items():
            fault = Fault("wrong", back.faults[name]) if name in back.faults else None
            if not fault and not all(map(is_finite, (y, value, back.gradients[name]))):
                fault = NOT_FINITE  # such as the slope of a root at 0
            error = math.nan
            elements = math.nan if self.plan.elements else None
            if not fault:
                gradient = back.gradients[name]
                faint = FAINT * size_of_dy * size_of_y / (norm(value) or 1.0)
                whole = self.along(name, gradient, dy, faint)
                single = self.by_element(name, gradient, dy, faint) if self.plan.elements else []
                fault = fault_of(whole, *single)
                if not fault:
                    error, elements = whole.error, max((each.error for each in single), default=None)
            step = self.visit.step
            outcome = fault.outcome if fault else outcome_of(error, elements)
            why = fault.why if fault else ""
            yield Checked(step.name, step.type, name, value.size, outcome, error, elements, why)

    def run(self, changed: Mapping[str, Array], *, backward: bool = False) -> Result:
        values = {**self.values, **changed}
        inputs = tuple(values[name] for name in by_input(self.visit.inputs))
        params = kept(self.network, self.visit.number) | {name: values[name] for name in self.stored.trained}
        context = self.network.context(self.visit.number, Pass(self.plan.training, backward, draw=1))
        return kernel_of(self.visit.step.type).forward(inputs, params, self.visit.step.options, context)

    def step_back(self, way_back: Backward | None, dy: Array) -> StepGradients:
        return step_back(way_back, dy, [x.shape for x in self.visit.inputs], self.stored.trained)

    def along(self, name: str, gradient: Array, dy: Array, faint: float) -> Judgement:
        """Check a whole tensor in one random direction."""
        value = self.values[name]
        direction = step_of(value, self.plan.method) * self.rng.standard_normal(value.shape)
        return self.judge(name, direction, gradient, dy, max(norm(gradient), faint))

    def by_element(self, name: str, gradient: Array, dy: Array, faint: float) -> list[Judgement]:
        """Check some elements one by one."""
        value = self.values[name]
        places = self.rng.choice(value.size, min(self.plan.elements, value.size), replace=False)
        scale = max(float(np.abs(gradient).max()), faint)
        step = step_of(value, self.plan.method)
        directions = (_one(value.shape, int(place), step) for place in places)
        return [self.judge(name, direction, gradient, dy, scale) for direction in directions]

    def judge(self, name: str, direction: Array, gradient: Array, dy: Array, scale: float) -> Judgement:
        """Hold a gradient against the slope in a direction, here and, if they differ, nearby."""
        size = scale * step_of(self.values[name], self.plan.method)

        def compare_at(values: Mapping[str, Array], gradient: Array, dy: Array) -> Difference:
            def line(step: complex) -> complex:
                y, _ = self.run({**values, name: values[name] + step * direction})
                return complex((dy * y).sum())

            return compare(float((gradient * direction).sum()), line, size, self.plan.method)

        def near(move: Near) -> Difference:
            values = {each: move(value, each) for each, value in self.values.items()}
            moved = move(dy, "dy")
            back = self.step_back(self.run(values, backward=True)[1], moved)
            return compare_at(values, back.gradients[name], moved)

        return judge(compare_at(self.values, gradient, dy), near, self.plan.seed, self.plan.method)


def fault_of(*found: Judgement) -> Fault | None:
    """Return the fault of a gradient that rounding hides; what is wrong for certain comes first."""
    hidden = any(each.swamped for each in found) and not any(each.wrong for each in found)
    return ROUNDING if hidden else None


def _one(shape: tuple[int, ...], place: int, size: float) -> Array:
    direction = np.zeros(shape)
    direction.flat[place] = size
    return direction


def _moved(value: Array, rng: np.random.Generator) -> Array:
    return value + NUDGE * spread_of(value) * rng.standard_normal(value.shape)


def kept(network: Executor, number: int) -> dict[str, Array]:
    """Return what a step stores, with copies of the statistics that a pass in training moves."""
    stored = network.stored[number]
    return {**stored.all, **{name: value.copy() for name, value in stored.buffers.items()}}
