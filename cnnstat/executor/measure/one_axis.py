"""A network on one axis of positions, one channel deep: the same kernels, with the options of that axis.

What becomes of each layer is declared by its kernel (`cnnstat.executor.projection`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import lcm
from typing import TYPE_CHECKING

from cnnstat.executor.plugged import kernel_of
from cnnstat.executor.program import INPUT, Program, Step
from cnnstat.executor.projection import OneAxis, Placeless

if TYPE_CHECKING:
    from cnnstat.executor.axes import Axis


@dataclass(frozen=True, slots=True)
class AxisNetwork:
    """The steps of a network that have places on an axis, as a program of their own on (1, length).

    `numbers` are those of its steps in the whole network, where steps that are `placeless` stand between. An
    input longer by `grain` positions has every window where it was. `anchored` are steps, by their number
    here, that a longer input changes.
    """

    program: Program
    grain: int
    anchored: frozenset[int]
    numbers: tuple[int, ...]
    placeless: dict[int, Placeless]

    @property
    def length(self) -> int:
        """Positions of the input."""
        return self.program.input_shape[1]

    def stretched(self, length: int) -> tuple[Program, list[int]]:
        """Return the program on an input of another length, and the numbers of its steps here.

        Anchored ones are left out: what they say of a longer input is nothing about this one, and a layer
        with a weight for each position would be large. Whoever reads them is anchored, too.
        """
        numbers = [number for number in range(len(self.program.steps)) if number not in self.anchored]
        new = {INPUT: INPUT} | {number: i for i, number in enumerate(numbers)}
        steps = (self.program.steps[number] for number in numbers)
        moved = (replace(step, inputs=tuple(new[i] for i in step.inputs)) for step in steps)
        return replace(self.program, steps=tuple(moved), inputs={"input": (1, length)}), numbers


def on_axis(program: Program, axis: Axis, of: int = INPUT) -> AxisNetwork:
    """Project a network to one axis of one of its inputs; what sees nothing of that is left out."""
    steps: list[Step] = []
    here = {of: INPUT}
    grains = {INPUT: 1}
    anchored: set[int] = set()
    placeless: dict[int, Placeless] = {}
    for number, step in enumerate(program.steps):
        seen = [i for i in step.inputs if i in here or i in placeless]
        if not seen:
            continue
        layer = _lost(step, placeless) or kernel_of(step.type).projection(step.options, axis)
        if len(seen) < len(step.inputs) and not _joins(step, layer):
            layer = Placeless.MOVED
        if isinstance(layer, Placeless):
            placeless[number] = layer
            continue
        # What joins its inputs place by place sees the same if one takes the place of those that see nothing.
        inputs = tuple(here.get(i, here[seen[0]]) for i in step.inputs)
        here[number] = len(steps)
        grains[len(steps)] = layer.stride * lcm(*(grains[i] for i in inputs))
        if layer.anchored or anchored.intersection(inputs):
            anchored.add(len(steps))
        steps.append(Step(step.name, layer.type or step.type, layer.options, inputs))
    length = program.inputs[program.numbered_inputs[of]][axis.number + 1]
    on_length = Program(tuple(steps), {"input": (1, length)}, ())
    numbers = tuple(number for number in here if number >= 0)
    return AxisNetwork(on_length, lcm(*grains.values()), frozenset(anchored), numbers, placeless)


def _joins(step: Step, layer: OneAxis | Placeless) -> bool:
    """Say whether a step, on one axis, reads all of its inputs at each unit's own place."""
    return isinstance(layer, OneAxis) and kernel_of(layer.type or step.type).joins


def _lost(step: Step, placeless: dict[int, Placeless]) -> Placeless | None:
    """Say whether a step reads what has no place; a vector among its inputs makes it see everything."""
    read = {placeless[i] for i in step.inputs if i in placeless}
    return next((why for why in Placeless if why in read), None)
