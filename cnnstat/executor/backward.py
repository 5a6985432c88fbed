"""Backward through a network: each step gives one gradient for each of its inputs and trained tensors.

What is expected of a step follows from its inputs and from what was allocated, never from what came back: a
gradient that is left out would not miss itself, and one of another shape may broadcast and look like one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnnstat.executor.kernel import Array, Backward
    from cnnstat.executor.network import Batch, Executor
    from cnnstat.executor.program import Step

T = TypeVar("T")
Sizes: TypeAlias = tuple[int, ...]
Tape: TypeAlias = "list[tuple[Backward | None, tuple[Sizes, ...]]]"
"""The way back through each step, and the shapes of its inputs."""


class BackwardError(ValueError):
    """A step's way back does not return what it should; the message names the step and the tensor."""

    def __init__(self, step: Step, faults: Mapping[str, str]) -> None:
        tensor, fault = next(iter(faults.items()))
        super().__init__(f"{step.name} ({step.type}), {tensor}: {fault}")


@dataclass(frozen=True, slots=True)
class Gradients:
    """dL/dx of the input, or of each of several by its name, and dL/dw of each trained tensor by its name."""

    input: Batch
    parameters: dict[str, Array]


@dataclass(frozen=True, slots=True)
class StepGradients:
    """The gradients of a step by tensor, and what is wrong with those that cannot be right."""

    gradients: dict[str, Array]
    faults: dict[str, str]


def go_back(
    network: Executor, tape: Tape, given: Sequence[Array], watch: Callable[[int, Array], None] | None = None
) -> Gradients:
    """Go back through a tape, which is emptied, from one gradient for each output of the network.

    `watch` is called with the number of each step that is gone back through, and with dL/dy of its output.

    Raises:
        BackwardError: the gradients of a step are not those of its tensors.
    """
    program = network.program
    gradients: dict[int, Array] = {}
    for number, dy in zip(program.outputs, given, strict=True):
        _add(gradients, number, dy)  # one step may be put out twice
    found: dict[str, Array] = {}
    for number in reversed(range(len(tape))):
        step, (way_back, inputs) = program.steps[number], tape.pop()
        if number not in gradients:  # nobody reads it: what it trains changes nothing
            continue
        dy = gradients.pop(number)
        if watch is not None:
            watch(number, dy)
        back = step_back(way_back, dy, inputs, network.stored[number].trained)
        if back.faults:
            raise BackwardError(step, back.faults)
        for source, tensor in zip(step.inputs, by_input(inputs), strict=True):
            # A fork: what comes back through its branches adds up.
            _add(gradients, source, back.gradients.pop(tensor))
        for name, gradient in back.gradients.items():
            # So does what comes back from all that use one tensor.
            _add(found, f"{network.owner(step).name}.{name}", gradient)
    trained = (
        (f"{step.name}.{name}", value)
        for step, stored in network.owned()
        for name, value in stored.trained.items()
    )
    ordered = {name: found[name] if name in found else np.zeros_like(value) for name, value in trained}
    samples, precision = len(given[0]), given[0].dtype
    of_inputs = {
        # An input that only unused layers read changes nothing, either.
        name: gradients.get(number, np.zeros((samples, *program.inputs[name]), precision))
        for number, name in program.numbered_inputs.items()
    }
    return Gradients(network.batch(of_inputs), ordered)


def by_input(inputs: Sequence[T]) -> dict[str, T]:
    """Return what there is for each input of a step, by the name that the input goes by."""
    if len(inputs) == 1:
        return {"input": inputs[0]}
    return {f"input {i}": each for i, each in enumerate(inputs, 1)}


def step_back(
    way_back: Backward | None, dy: Array, inputs: Sequence[Sizes], trained: Mapping[str, Array]
) -> StepGradients:
    """Go back through a step whose inputs have these shapes."""
    names = by_input(inputs)
    expected = names | {name: value.shape for name, value in trained.items()}
    d_inputs, d_params = ((), {}) if way_back is None else way_back(dy)
    found = dict(zip(names, d_inputs, strict=False)) | d_params
    faults = {name: fault for name, shape in expected.items() if (fault := _fault(found.get(name), shape))}
    if len(d_inputs) > len(inputs):
        faults.setdefault(list(names)[-1], f"{len(d_inputs)} gradients come back for {len(inputs)} inputs")
    return StepGradients({name: found[name] for name in expected if name not in faults}, faults)


def _fault(gradient: Array | None, shape: Sizes) -> str:
    """Return what is wrong with a gradient before its numbers are looked at, if anything is."""
    if gradient is None:
        return "no gradient comes back"
    if gradient.shape != shape:
        return f"its gradient has shape {_text(gradient.shape)} instead of {_text(shape)}"
    return ""


def _text(shape: Sizes) -> str:
    return "x".join(map(str, shape)) or "()"


def _add(sums: dict[T, Array], key: T, gradient: Array) -> None:
    """Add a gradient to those that came before under its key."""
    sums[key] = sums[key] + gradient if key in sums else gradient
