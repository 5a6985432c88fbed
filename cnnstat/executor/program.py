"""A program: the layers of a network as steps, each of a type that has a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING, Any

from cnnstat.executor.plugged import KernelError, kernel_of

if TYPE_CHECKING:
    from collections.abc import Mapping

INPUT = -1
"""The number of the network's first input among the inputs of a step; the next one has -2, and so on."""


@dataclass(frozen=True, slots=True)
class Step:
    """A layer to be executed: its name, its type, the options as its author wrote them, and whom it reads.

    What a `frozen` one would train is fixed: it keeps its numbers and has no gradients of them. `weights` is
    the number of an earlier step whose numbers it uses; None where it stores its own.
    """

    name: str
    type: str
    options: Mapping[str, Any]
    inputs: tuple[int, ...]
    frozen: bool = False
    weights: int | None = None


class MissingKernelError(ValueError):
    """Steps are of types that the executor has no kernel for."""


@dataclass(frozen=True, slots=True)
class Program:
    """Steps in order, one sample of each input by its name, channels first, and the numbers of the outputs.

    Raises:
        MissingKernelError: a step cannot be executed whatever it reads.
    """

    steps: tuple[Step, ...]
    inputs: Mapping[str, tuple[int, ...]]
    outputs: tuple[int, ...]

    def __post_init__(self) -> None:
        first: dict[str, str] = {}
        for step in self.steps:
            first.setdefault(step.type, step.name)
        if missing := [*filter(None, starmap(_lacking, first.items()))]:
            raise MissingKernelError(f"the executor has no kernel for {', '.join(missing)}")

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Return the shape of the only input, or of the first."""
        return next(iter(self.inputs.values()))

    @property
    def numbered_inputs(self) -> dict[int, str]:
        """Return the name of each input by its number."""
        return {INPUT - i: name for i, name in enumerate(self.inputs)}

    @property
    def last(self) -> str:
        """Return the type of the step that puts out last; ``input`` where that is the input itself."""
        number = self.outputs[-1]
        return "input" if number < 0 else self.steps[number].type

    def holders(self) -> dict[int, int]:
        """Return for each array the one whose memory it is in: itself, or what it is a view of."""
        found = {number: number for number in self.numbered_inputs}
        for number, step in enumerate(self.steps):
            found[number] = found[step.inputs[0]] if kernel_of(step.type).view else number
        return found

    def last_readers(self) -> list[list[int]]:
        """Return for each step the arrays that nobody reads after it, views with what they are views of.

        What nobody reads at all is its own last reader.
        """
        holders = self.holders()
        last = {holders[number]: i for i, step in enumerate(self.steps) for number in (*step.inputs, i)}
        kept = {holders[number] for number in self.outputs}
        freed: list[list[int]] = [[] for _ in self.steps]
        for number, holder in holders.items():
            if holder in last and holder not in kept:
                freed[last[holder]].append(number)
        return freed


def _lacking(kind: str, name: str) -> str:
    """Return what to say of a type without a kernel; nothing of one that has one."""
    try:
        kernel_of(kind)
    except KernelError as error:
        return f"{kind} (layer {name}{'; ' * bool(error.args)}{error})"
    return ""
