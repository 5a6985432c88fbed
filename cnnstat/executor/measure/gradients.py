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
from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.arguments import whole
from cnnstat.executor.choices import METHODS
from cnnstat.executor.kernel import is_finite
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.measure.derivatives import FAINT, NUDGE, TOLERANCE, error_of, norm, spread_of
from cnnstat.executor.way_back import by_input, returned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnnstat.executor.kernel import Array, Inputs, Result
    from cnnstat.executor.network import Executor, Visit


SAMPLES = 2
"""Samples that layers are checked with by default: of a single one none can be forgotten."""
NOT_FINITE = "not checked, for the numbers there are not finite"
"""The fault of a gradient that may be right: at infinite numbers there is no slope to hold it against."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One gradient checked: of which layer ("" for the network end to end), of which tensor, how far off.

    `error` is relative to the larger of the slope and the gradient's norm; `elements` is the same for single
    elements, if some were asked for. `fault` says why there is nothing to compare, if so; then both are NaN.
    `loss` is the one that was gone back from, end to end.
    """

    layer: str
    type: str
    tensor: str
    size: int
    error: float
    elements: float | None = None
    fault: str = ""
    loss: str = ""

    @property
    def good(self) -> bool:
        """Say whether the gradient is right; NaN is not."""
        return (
            not self.fault
            and self.error <= TOLERANCE
            and (self.elements is None or self.elements <= TOLERANCE)
        )


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
    return layers + 1 + trained


def check_layers(network: Executor, x: Array, plan: Plan) -> Iterator[tuple[int, Checked]]:
    """Check each layer alone on its real input; yield its number with each result."""

    def stored(number: int, inputs: Inputs) -> Mapping[str, Array]:
        return kept(network, number)

    backward = plan.method == "complex"
    visits = network.visits(x, training=plan.training, backward=backward, draw=1, parameters=stored)
    for visit in visits:
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
        back = returned(way_back, dy, [x.shape for x in self.visit.inputs], self.stored.trained)
        for name, value in self.values.items():
            fault = back.faults.get(name) or ("" if is_finite(y) else NOT_FINITE)
            error = math.nan
            elements = math.nan if self.plan.elements else None
            if not fault:
                gradient = back.gradients[name]
                faint = FAINT * size_of_dy * size_of_y / (norm(value) or 1.0)
                error = self.along(name, gradient, dy, max(norm(gradient), faint))
                if self.plan.elements:
                    elements = self.by_element(name, gradient, dy, faint)
            step = self.visit.step
            yield Checked(step.name, step.type, name, value.size, error, elements, fault)

    def run(self, changed: Mapping[str, Array], *, backward: bool = False) -> Result:
        values = {**self.values, **changed}
        inputs = tuple(values[name] for name in by_input(self.visit.inputs))
        params = kept(self.network, self.visit.number) | {name: values[name] for name in self.stored.trained}
        context = self.network.context(
            self.visit.number, training=self.plan.training, backward=backward, draw=1
        )
        return KERNELS[self.visit.step.type].forward(inputs, params, self.visit.step.options, context)

    def along(self, name: str, gradient: Array, dy: Array, scale: float) -> float:
        """Check a whole tensor in one random direction."""
        value = self.values[name]
        spread = spread_of(value)
        direction = spread * self.rng.standard_normal(value.shape)

        def line(step: complex) -> complex:
            y, _ = self.run({name: value + step * direction})
            return complex((dy * y).sum())

        return error_of(float((gradient * direction).sum()), line, scale * spread, self.plan.method)

    def by_element(self, name: str, gradient: Array, dy: Array, faint: float) -> float:
        """Check some elements one by one; return the worst."""
        value = self.values[name]
        places = self.rng.choice(value.size, min(self.plan.elements, value.size), replace=False)
        scale = max(float(np.abs(gradient).max()), faint)
        return max(self._element(name, int(place), gradient, dy, scale) for place in places)

    def _element(self, name: str, place: int, gradient: Array, dy: Array, scale: float) -> float:
        value = self.values[name]
        spread = spread_of(value)

        def line(step: complex) -> complex:
            moved = value + np.zeros((), type(step))
            moved.flat[place] += step * spread
            y, _ = self.run({name: moved})
            return complex((dy * y).sum())

        return error_of(spread * float(gradient.flat[place]), line, scale * spread, self.plan.method)


def _moved(value: Array, rng: np.random.Generator) -> Array:
    return value + NUDGE * spread_of(value) * rng.standard_normal(value.shape)


def kept(network: Executor, number: int) -> dict[str, Array]:
    """Return what a step stores, with copies of the statistics that a pass in training moves."""
    stored = network.stored[number]
    return {**stored.all, **{name: value.copy() for name, value in stored.buffers.items()}}
