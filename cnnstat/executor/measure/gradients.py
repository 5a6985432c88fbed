"""Gradients against derivatives: is what backward returns the slope of what forward computes?

Each layer alone, on the input that really reaches it: for each of its inputs and trained tensors w, with a
gradient g of sum(dy·y) for a random dy, and a random direction t, sum(g·t) must equal the slope of
sum(dy·y(w + s·t)) in s. Then the network end to end, from its loss to its input and to all its parameters:
that is where forks must add up. One direction costs one or two passes, however many numbers a tensor has;
a wrong number shows unless t happens to be orthogonal to the error, which has probability zero.

How slopes are taken is said in `slopes`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.choices import METHODS
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.loss import Objective, chosen, objective
from cnnstat.executor.measure.derivatives import TOLERANCE, error_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnnstat.executor.executor import Executor, Gradients, Tape, Visit
    from cnnstat.executor.kernel import Array, Inputs, KernelGradients, Result

NUDGE = 1e-3
"""By how much, of its spread, a central difference moves its point away from ties, where slopes jump."""
FAINT = 1e-7
"""A gradient this small beside ‖dy‖·‖y‖/‖w‖ is compared to fewer digits: it may be what rounding left."""
DIM = 1e-6
"""A tensor whose gradient is smaller than this beside the largest is not made to matter as much."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One gradient checked: of which layer ("" for the network end to end), of which tensor, how far off.

    `error` is relative to the larger of the slope and the gradient's norm; `elements` is the same for single
    elements, if some were asked for.
    """

    layer: str
    type: str
    tensor: str
    size: int
    error: float
    elements: float | None = None

    @property
    def good(self) -> bool:
        """Say whether the gradient is right; NaN is not."""
        return self.error <= TOLERANCE and (self.elements is None or self.elements <= TOLERANCE)


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
        if self.elements < 0:
            raise ValueError(f"elements: expected 0 or more, got {self.elements}")


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

    visits = network.visits(x, training=plan.training, draw=1, parameters=stored)
    for visit in visits:
        for checked in _Alone(network, visit, plan).checks():
            yield visit.number, checked


class _Alone:
    """One layer at one point, ready to be run again near it."""

    def __init__(self, network: Executor, visit: Visit, plan: Plan) -> None:
        self.network, self.visit, self.plan = network, visit, plan
        self.rng = np.random.default_rng([plan.seed, visit.number])
        self.stored = network.stored[visit.number]
        self.values = {_input_name(i, visit): x for i, x in enumerate(visit.inputs)} | self.stored.trained
        if plan.method == "central":
            self.values = {name: _moved(value, self.rng) for name, value in self.values.items()}

    def checks(self) -> Iterator[Checked]:
        y, way_back = self.run({}, backward=True)
        assert way_back is not None
        dy = self.rng.standard_normal(y.shape)
        size_of_dy, size_of_y = _norm(dy), _norm(y)
        for name, gradient in self.gradients(way_back, dy).items():
            value = self.values[name]
            faint = FAINT * size_of_dy * size_of_y / (_norm(value) or 1.0)
            yield Checked(
                self.visit.step.name,
                self.visit.step.type,
                name,
                value.size,
                self.along(name, gradient, dy, max(_norm(gradient), faint)),
                self.by_element(name, gradient, dy, faint) if self.plan.elements else None,
            )

    def run(self, changed: Mapping[str, Array], *, backward: bool = False) -> Result:
        values = {**self.values, **changed}
        inputs = tuple(values[_input_name(i, self.visit)] for i in range(len(self.visit.inputs)))
        params = kept(self.network, self.visit.number) | {name: values[name] for name in self.stored.trained}
        context = self.network.context(
            self.visit.number, training=self.plan.training, backward=backward, draw=1
        )
        return KERNELS[self.visit.step.type].forward(inputs, params, self.visit.step.options, context)

    def gradients(self, way_back: Callable[[Array], KernelGradients], dy: Array) -> dict[str, Array]:
        d_inputs, d_params = way_back(dy)
        trained = {name: d for name, d in d_params.items() if name in self.stored.trained}
        return {_input_name(i, self.visit): dx for i, dx in enumerate(d_inputs)} | trained

    def along(self, name: str, gradient: Array, dy: Array, scale: float) -> float:
        """Check a whole tensor in one random direction."""
        value = self.values[name]
        spread = _spread(value)
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
        spread = _spread(value)

        def line(step: complex) -> complex:
            moved = value + np.zeros((), type(step))
            moved.flat[place] += step * spread
            y, _ = self.run({name: moved})
            return complex((dy * y).sum())

        return error_of(spread * float(gradient.flat[place]), line, scale * spread, self.plan.method)


def _norm(value: Array) -> float:
    return float(np.linalg.norm(value))


def _input_name(i: int, visit: Visit) -> str:
    return "input" if len(visit.inputs) == 1 else f"input {i + 1}"


def _spread(value: Array) -> float:
    """Return the size of a tensor's numbers, the measure of every step from them; 1 for nothing but zeros."""
    return _norm(value) / math.sqrt(value.size) or 1.0


def _moved(value: Array, rng: np.random.Generator) -> Array:
    return value + NUDGE * _spread(value) * rng.standard_normal(value.shape)


def kept(network: Executor, number: int) -> dict[str, Array]:
    """Return what a step stores, with copies of the statistics that a pass in training moves."""
    stored = network.stored[number]
    return {**stored.all, **{name: value.copy() for name, value in stored.buffers.items()}}


def check_end_to_end(network: Executor, x: Array, plan: Plan, loss: str | None = None) -> Iterator[Checked]:
    """Check the gradients of the loss: of the input, and of all parameters in one direction together."""
    whole = _Whole(network, x, plan)
    outputs, tape = whole.run(whole.x, {}, backward=True)
    target = objective(loss or chosen(network.program.last, outputs), outputs, plan.seed)
    gradients = whole.way_back(tape, target.gradient(outputs))
    value = float(target.value(outputs))
    yield whole.along_input(target, value, gradients.input)
    if gradients.parameters:
        yield whole.along_parameters(target, value, gradients.parameters)


class _Whole:
    """A network at one input, ready to be run again near it."""

    def __init__(self, network: Executor, x: Array, plan: Plan) -> None:
        self.network, self.plan = network, plan
        self.x = self.origin("", x)

    def run(
        self, x: Array, shifts: Mapping[str, complex], *, backward: bool = False
    ) -> tuple[tuple[Array, ...], Tape]:
        """Run forward; `shifts` says how far each tensor goes along its direction."""
        return self.network.run(
            x,
            training=self.plan.training,
            backward=backward,
            draw=1,
            parameters=lambda number, inputs: self.shifted(number, shifts),
        )

    def way_back(self, tape: Tape, given: tuple[Array, ...]) -> Gradients:
        return self.network.way_back(tape, dict(zip(self.network.program.outputs, given, strict=True)))

    def shifted(self, number: int, shifts: Mapping[str, complex]) -> dict[str, Array]:
        step, values = self.network.program.steps[number], kept(self.network, number)
        for name, value in self.network.stored[number].trained.items():
            full = f"{step.name}.{name}"
            values[name] = self.origin(full, value)
            if full in shifts:
                values[name] = values[name] + shifts[full] * self.direction(full, value)
        return values

    def origin(self, name: str, value: Array) -> Array:
        """Return where steps start from: for a central difference a little off ties.

        Of two zeros that are multiplied, both moved, the product's real part is no zero any more, however
        small an imaginary step is. So tensors of nothing but zeros leave that tie, too.
        """
        if self.plan.method == "complex" and value.any():
            return value
        return value + NUDGE * _spread(value) * self.direction(f"off {name}", value)

    def direction(self, name: str, value: Array) -> Array:
        """Draw a direction, the same one each time: keeping those of all tensors would double the memory."""
        return np.random.default_rng([self.plan.seed, *name.encode()]).standard_normal(value.shape)

    def along_input(self, target: Objective, value: float, gradient: Array) -> Checked:
        spread = _spread(self.x)
        direction = spread * self.direction("", self.x)

        def line(step: complex) -> complex:
            return complex(target.value(self.run(self.x + step * direction, {})[0]))

        expected = float((gradient * direction).sum())
        scale = max(spread * _norm(gradient), FAINT * max(abs(value), 1))
        return Checked("", "", "input", gradient.size, error_of(expected, line, scale, self.plan.method))

    def along_parameters(self, target: Objective, value: float, gradients: Mapping[str, Array]) -> Checked:
        """Move all tensors at once."""
        norms = {name: _norm(gradient) for name, gradient in gradients.items()}
        weights = self.weights(norms, value)

        def line(step: complex) -> complex:
            shifts = {name: step * weight for name, weight in weights.items()}
            return complex(target.value(self.run(self.x, shifts)[0]))

        expected = sum(
            weights[name] * float((gradient * self.direction(name, gradient)).sum())
            for name, gradient in gradients.items()
        )
        size = sum(gradient.size for gradient in gradients.values())
        # Beside the floor of the weights all tensors matter alike, so that each of them counts at least one.
        least = 1.0 if self.plan.method == "complex" else FAINT * max(abs(value), 1)
        scale = math.hypot(*(max(weights[name] * norms[name], least) for name in norms))
        return Checked("", "", "parameters", size, error_of(expected, line, scale, self.plan.method))

    def weights(self, norms: Mapping[str, float], value: float) -> dict[str, float]:
        """Return how far each tensor goes: so that all matter alike, or as far as a real step may go.

        An imaginary step may be of any size, but a gradient that is nothing but rounding is not blown up.
        """
        if self.plan.method == "complex":
            least = max(DIM * max(norms.values()), FAINT * max(abs(value), 1))
            return {name: 1 / max(norm, least) for name, norm in norms.items()}
        return {name: _spread(tensor) for name, tensor in self.network.parameters.items() if name in norms}
