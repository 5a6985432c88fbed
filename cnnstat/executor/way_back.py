"""What comes back through a step: one gradient for each of its inputs and trained tensors, or a fault.

What is expected follows from the inputs and from what was allocated, never from what came back: a gradient
that is left out would not miss itself, and one of another shape may broadcast and look like one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnstat.executor.kernel import Array, Backward
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
class Returned:
    """The gradients of a step by tensor, and what is wrong with those that cannot be right."""

    gradients: dict[str, Array]
    faults: dict[str, str]


def by_input(inputs: Sequence[T]) -> dict[str, T]:
    """Return what there is for each input of a step, by the name that the input goes by."""
    if len(inputs) == 1:
        return {"input": inputs[0]}
    return {f"input {i}": each for i, each in enumerate(inputs, 1)}


def returned(
    way_back: Backward | None, dy: Array, inputs: Sequence[Sizes], trained: Mapping[str, Array]
) -> Returned:
    """Go back through a step whose inputs have these shapes."""
    names = by_input(inputs)
    expected = names | {name: value.shape for name, value in trained.items()}
    d_inputs, d_params = ((), {}) if way_back is None else way_back(dy)
    found = dict(zip(names, d_inputs, strict=False)) | d_params
    faults = {name: fault for name, shape in expected.items() if (fault := _fault(found.get(name), shape))}
    if len(d_inputs) > len(inputs):
        faults.setdefault(list(names)[-1], f"{len(d_inputs)} gradients come back for {len(inputs)} inputs")
    return Returned({name: found[name] for name in expected if name not in faults}, faults)


def _fault(gradient: Array | None, shape: Sizes) -> str:
    """Return what is wrong with a gradient before its numbers are looked at, if anything is."""
    if gradient is None:
        return "no gradient comes back"
    if gradient.shape != shape:
        return f"its gradient has shape {_text(gradient.shape)} instead of {_text(shape)}"
    return ""


def _text(shape: Sizes) -> str:
    return "x".join(map(str, shape)) or "()"
