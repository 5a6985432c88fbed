"""A network on one axis of positions, one channel deep: the same kernels, with the options of that axis.

What becomes of each layer is declared by its kernel (`cnnstat.executor.projection`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import lcm
from typing import TYPE_CHECKING

from cnnstat.executor.plugged import kernel_of
from cnnstat.executor.program import INPUT, Program, Step

if TYPE_CHECKING:
    from cnnstat.executor.axes import Axis


@dataclass(frozen=True, slots=True)
class AxisNetwork:
    """The steps of a network that have places on an axis, as a program of their own on (1, length).

    `numbers` are those of its steps in the whole network, where steps without a place stand between. An
    input longer by `grain` positions has every window where it was. `anchored` are steps, by their number
    here, that a longer input changes.
    """

    program: Program
    grain: int
    anchored: frozenset[int]
    numbers: tuple[int, ...]

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
    placeless: set[int] = set()
    for number, step in enumerate(program.steps):
        seen = [i for i in step.inputs if i in here or i in placeless]
        if not seen:
            continue
        layer = None if placeless.intersection(seen) else kernel_of(step.type).projection(step.options, axis)
        if layer is None or (len(seen) < len(step.inputs) and not kernel_of(layer.type or step.type).joins):
            placeless.add(number)
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
    return AxisNetwork(on_length, lcm(*grains.values()), frozenset(anchored), numbers)
