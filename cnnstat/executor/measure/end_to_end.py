"""The gradients of a whole network against derivatives, from its loss to its input and to all its parameters.

That is where forks must add up. All parameters are moved at once, each tensor in one random direction.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.backward import BackwardError, go_back
from cnnstat.executor.kernel import is_finite
from cnnstat.executor.loss import Objective, chosen, sloping_objective
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
from cnnstat.executor.measure.gradients import (
    CONSTANT,
    NOT_FINITE,
    Checked,
    Fault,
    Plan,
    fault_of,
    kept,
    outcome_of,
)
from cnnstat.executor.network import Pass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnnstat.executor.backward import Gradients, Tape
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Batch, Executor

DIM = 1e-6
"""A tensor whose gradient is smaller than this beside the largest is not made to matter as much."""


def check_end_to_end(network: Executor, x: Batch, plan: Plan, loss: str | None = None) -> Iterator[Checked]:
    """Check the gradients of the loss: of each input, and of all parameters in one direction together.

    A loss that is infinite or constant here, or has infinite slopes, is nothing to check with: a projection
    takes its place, and what is checked says so. Where nothing changes that either, nothing is measurable.
    """
    whole = _Whole(network, x, plan)
    outputs, tape = whole.run(whole.inputs, {}, backward=True)
    target = sloping_objective(loss or chosen(network.program.last, outputs), outputs, plan.seed)
    value = float(target.value(outputs))
    gradients, faults = whole.gradients(tape, target.gradient(outputs))
    for tensor, size in whole.sizes().items():
        fault = faults.get(tensor) if math.isfinite(value) else NOT_FINITE
        error = math.nan
        if not fault and gradients is not None:
            found = whole.along(tensor, target, value, gradients)
            fault = fault_of(found) or whole.flat(tensor, found, value, gradients)
            error = math.nan if fault else found.error
        outcome = fault.outcome if fault else outcome_of(error)
        why = fault.why if fault else ""
        yield Checked("", "", tensor, size, outcome, error, fault=why, loss=target.name)


class _Whole:
    """A network at one input, or one of each of several, ready to be run again near it."""

    def __init__(self, network: Executor, x: Batch, plan: Plan) -> None:
        self.network, self.plan = network, plan
        named = network.named(x)
        self.inputs = {name: self.origin(self.key(name), array) for name, array in named.items()}
        self.tensors = {"input" if len(named) == 1 else f"input {name}": name for name in named}

    def key(self, name: str) -> str:
        """Return the name by which directions of an input are drawn; the only input has none."""
        return name if len(self.network.program.inputs) > 1 else ""

    def run(
        self,
        inputs: Mapping[str, Array],
        shifts: Mapping[str, complex],
        *,
        backward: bool = False,
        near: Near | None = None,
    ) -> tuple[tuple[Array, ...], Tape]:
        """Run forward; `shifts` says how far each tensor goes along its direction, from a point `near` it."""
        how = Pass(
            self.plan.training,
            backward,
            draw=1,
            parameters=lambda number, inputs: self.shifted(number, shifts, near),
        )
        return self.network.run(self.network.batch(inputs), how)

    def gradients_near(self, target: Objective, near: Near) -> tuple[Objective, Gradients]:
        """Go forward and back at a point next to the network's own, from a loss next to its own.

        Where the outputs are constant, all that rounding can show in is what is gone back with.
        """
        outputs, tape = self.run(self.inputs_near(near), {}, backward=True, near=near)
        given = target.gradient(outputs)
        target = replace(target, tilt=tuple(near(dy, f"dy {i}") - dy for i, dy in enumerate(given)))
        return target, go_back(self.network, tape, target.gradient(outputs))

    def inputs_near(self, near: Near | None) -> dict[str, Array]:
        """Return the inputs, or those at a point next to them."""
        if near is None:
            return self.inputs
        return {name: near(array, self.key(name)) for name, array in self.inputs.items()}

    def sizes(self) -> dict[str, int]:
        """Return how many numbers each gradient has: of each input, and all parameters if any."""
        trained = sum(value.size for _, stored in self.network.owned() for value in stored.trained.values())
        inputs = {tensor: self.inputs[name].size for tensor, name in self.tensors.items()}
        return inputs | ({"parameters": trained} if trained else {})

    def gradients(self, tape: Tape, given: tuple[Array, ...]) -> tuple[Gradients | None, dict[str, Fault]]:
        """Go all the way back; return the gradients and what is wrong with any of them."""
        try:
            found = go_back(self.network, tape, given)
        except BackwardError as error:
            return None, dict.fromkeys(self.sizes(), Fault("wrong", str(error)))
        inputs = self.network.named(found.input)
        faults = {tensor: NOT_FINITE for tensor, name in self.tensors.items() if not is_finite(inputs[name])}
        if not all(map(is_finite, found.parameters.values())):
            faults["parameters"] = NOT_FINITE
        return found, faults

    def shifted(
        self, number: int, shifts: Mapping[str, complex], near: Near | None = None
    ) -> dict[str, Array]:
        owner = self.network.owner(self.network.program.steps[number])
        values = kept(self.network, number)
        for name, value in self.network.stored[number].trained.items():
            full = f"{owner.name}.{name}"
            values[name] = self.origin(full, value)
            if near is not None:
                values[name] = near(values[name], full)
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

    def along(self, tensor: str, target: Objective, value: float, gradients: Gradients) -> Judgement:
        """Move an input or the parameters; return how far the gradient is off."""
        if tensor in self.tensors:
            return self.along_input(self.tensors[tensor], target, value, gradients)
        return self.along_parameters(target, value, gradients)

    def along_input(self, name: str, target: Objective, value: float, gradients: Gradients) -> Judgement:
        """Move an input; return how far its gradient is off."""
        size = step_of(self.inputs[name], self.plan.method)
        direction = size * self.direction(self.key(name), self.inputs[name])
        scale = max(size * norm(self.network.named(gradients.input)[name]), FAINT * max(abs(value), 1))

        def moved(step: complex, near: Near | None) -> tuple[Array, ...]:
            inputs = self.inputs_near(near)
            return self.run({**inputs, name: inputs[name] + step * direction}, {}, near=near)[0]

        def expected(gradients: Gradients) -> float:
            return float((self.network.named(gradients.input)[name] * direction).sum())

        return self.judge(target, gradients, moved, expected, scale)

    def along_parameters(self, target: Objective, value: float, gradients: Gradients) -> Judgement:
        """Move all tensors at once; return how far their gradients are off."""
        norms = {name: norm(gradient) for name, gradient in gradients.parameters.items()}
        weights = self.weights(norms, value)
        # Beside the floor of the weights all tensors matter alike, so that each of them counts at least one.
        least = 1.0 if self.plan.method == "complex" else FAINT * max(abs(value), 1)
        scale = math.hypot(*(max(weights[name] * norms[name], least) for name in norms))

        def moved(step: complex, near: Near | None) -> tuple[Array, ...]:
            shifts = {name: step * weight for name, weight in weights.items()}
            return self.run(self.inputs_near(near), shifts, near=near)[0]

        def expected(gradients: Gradients) -> float:
            return sum(
                weights[name] * float((gradient * self.direction(name, gradient)).sum())
                for name, gradient in gradients.parameters.items()
            )

        return self.judge(target, gradients, moved, expected, scale)

    def judge(
        self,
        target: Objective,
        gradients: Gradients,
        moved: Callable[[complex, Near | None], tuple[Array, ...]],
        expected: Callable[[Gradients], float],
        scale: float,
    ) -> Judgement:
        """Return how far gradients are off the loss's slope along a direction.

        `moved` runs the network so many steps along it, `expected` is the slope that gradients give.
        """

        def compare_at(near: Near | None, target: Objective, gradients: Gradients) -> Difference:
            def line(step: complex) -> complex:
                return complex(target.value(moved(step, near)))

            return compare(expected(gradients), line, scale, self.plan.method)

        def nearby(near: Near) -> Difference:
            return compare_at(near, *self.gradients_near(target, near))

        return judge(compare_at(None, target, gradients), nearby, self.plan.seed, self.plan.method)

    def flat(self, tensor: str, found: Judgement, value: float, gradients: Gradients) -> Fault | None:
        """Return the fault of a right gradient so small that zero would be as right; None for others."""
        if tensor in self.tensors:
            size = norm(self.network.named(gradients.input)[self.tensors[tensor]])
        else:
            size = math.hypot(*map(norm, gradients.parameters.values()))
        flat = size <= TOLERANCE * FAINT * max(abs(value), 1)
        return CONSTANT if flat and found.error <= TOLERANCE else None

    def weights(self, norms: Mapping[str, float], value: float) -> dict[str, float]:
        """Return how far each tensor goes: so that all matter alike, or as far as a real step may go.

        An imaginary step may be of any size, but a gradient that is nothing but rounding is not blown up.
        """
        if self.plan.method == "complex":
            least = max(DIM * max(norms.values()), FAINT * max(abs(value), 1))
            return {name: 1 / max(norm, least) for name, norm in norms.items()}
        return {name: spread_of(tensor) for name, tensor in self.network.parameters.items() if name in norms}
