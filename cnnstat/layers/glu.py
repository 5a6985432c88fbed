"""The gate that halves an axis."""

from __future__ import annotations

from typing import ClassVar

from cnnstat.base.arithmetic import Term, term
from cnnstat.base.errors import Misfit
from cnnstat.layers.axis import AxisOption, place_of, read_along, resized
from cnnstat.layers.base import Footprint, Layer, Operations, Reads, Shape
from cnnstat.layers.footprint import Bounds


class Glu(Layer, frozen=True, kw_only=True):
    """The gated linear unit: the first half of an axis, times the sigmoid of the second.

    Rule:
        y = a·sigmoid(b), where a is the first half and b the second
        per output: a `sigmoid` and 1 multiplication

    Example:
        {type: glu}

    Reference:
        Dauphin, Fan, Auli, Grangier, arXiv:1612.08083, equation (1).
    """

    family: ClassVar[str] = "activation"

    axis: AxisOption = "channels"

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the input's sizes, with half of the axis."""
        place = place_of(self.axis, inputs[0])
        size = inputs[0][place]
        if size % 2:
            message = f"the {self.axis} of {size} cannot be split into two equal halves"
            raise Misfit(message, code="shape/groups", field="axis")
        return resized(inputs[0], place, term(self.axis, size).over(2))

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return a sigmoid and a multiplication per output."""
        count = self.outputs(inputs)
        return Operations(additions=count, multiplications=count, divisions=count, exponentials=count)

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the position itself and the one half the axis further on."""
        place = place_of(self.axis, inputs[0])
        half = inputs[0][place] // 2
        return read_along(inputs[0], {place: Bounds(1, (0,), (half,), half)})

    def reads(self) -> Reads:
        """Return the input: each half's gradient needs the other."""
        return Reads(inputs=True)
