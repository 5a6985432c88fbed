"""The gradients of a whole network against derivatives, from its loss to its input and to all its parameters.

That is where forks must add up. All parameters are moved at once, each tensor in one random direction.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.loss import Objective, chosen, objective
from cnnstat.executor.measure.derivatives import FAINT, NUDGE, error_of, norm, spread_of
from cnnstat.executor.measure.gradients import Checked, Plan, kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Executor, Gradients, Tape

DIM = 1e-6
"""A tensor whose gradient is smaller than this beside the largest is not made to matter as much."""


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
        return value + NUDGE * spread_of(value) * self.direction(f"off {name}", value)

    def direction(self, name: str, value: Array) -> Array:
        """Draw a direction, the same one each time: keeping those of all tensors would double the memory."""
        return np.random.default_rng([self.plan.seed, *name.encode()]).standard_normal(value.shape)

    def along_input(self, target: Objective, value: float, gradient: Array) -> Checked:
        spread = spread_of(self.x)
        direction = spread * self.direction("", self.x)

        def line(step: complex) -> complex:
            return complex(target.value(self.run(self.x + step * direction, {})[0]))

        expected = float((gradient * direction).sum())
        scale = max(spread * norm(gradient), FAINT * max(abs(value), 1))
        return Checked("", "", "input", gradient.size, error_of(expected, line, scale, self.plan.method))

    def along_parameters(self, target: Objective, value: float, gradients: Mapping[str, Array]) -> Checked:
        """Move all tensors at once."""
        norms = {name: norm(gradient) for name, gradient in gradients.items()}
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
        return {name: spread_of(tensor) for name, tensor in self.network.parameters.items() if name in norms}
