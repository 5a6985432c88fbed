"""One number for all that lie along some axes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from cnnstat.base.arithmetic import Term, term
from cnnstat.base.errors import Misfit
from cnnstat.layers.axis import ANY_AXIS, AxisName, place_of, read_along
from cnnstat.layers.base import (
    APART,
    MIXED,
    STREWN,
    UNKNOWN,
    Footprint,
    Layer,
    Operations,
    Reads,
    Shape,
    same_sizes,
    show,
    values,
)
from cnnstat.layers.footprint import Folded, Reading, all_of


class Reduce(Layer, frozen=True, kw_only=True):
    """The mean, the largest or the sum of all numbers along one or more axes.

    Rule:
        output      = the input's shape with 1 along these axes, or without them: `keepdims: false`
        connections = the inputs that all outputs read
        operations  = inputs - 1 additions or comparisons per output; a mean, a division more

    Example:
        {type: reduce, mode: max, axes: [channels]}

    Reference:
        Woo et al., CBAM, arXiv:1807.06521, section 3; ONNX ReduceMean, ReduceMax and ReduceSum.
    """

    family: ClassVar[str] = "reduce"

    axes: Annotated[
        tuple[AxisName, ...], Meta(min_length=1, max_length=8, description=f"which axes, of {ANY_AXIS}")
    ]
    mode: Annotated[Literal["mean", "max", "sum"], Meta(description="what is made of the numbers")] = "mean"
    keepdims: Annotated[bool, Meta(description="whether the axes stay, with size 1")] = True

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the input's sizes with 1 along the axes, or without them."""
        places, sizes = self._places(inputs), same_sizes(inputs[0])
        if self.keepdims:
            return tuple(Term(1) if place in places else size for place, size in enumerate(sizes))
        if len(places) == len(sizes):
            message = f"nothing is left of {show(inputs[0])} without its {' and '.join(self.axes)}"
            raise Misfit(f"{message}; 'keepdims: true' keeps a single number", field="keepdims")
        return tuple(size for place, size in enumerate(sizes) if place not in places)

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return all inputs: each is read once."""
        self._places(inputs)
        return values(inputs[0])

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one addition or comparison less than inputs per output, and the division of a mean."""
        units = term("outputs", self.outputs(inputs).value)
        joined = self.connections(inputs) - units
        if self.mode == "max":
            return Operations(comparisons=joined)
        return Operations(additions=joined, divisions=units) if self.mode == "mean" else Operations(joined)

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return all positions of the axes; without them, of a map that is left, places are others.

        Of a vector that is left, numbers go by their place on the axis that it was.
        """
        shape, places = inputs[0], self._places(inputs)
        readings: dict[int, Reading] = {place: all_of(shape[place]) for place in places}
        if self.keepdims:
            return read_along(shape, readings)
        if len(shape) - len(places) > 1:
            return UNKNOWN
        (left,) = {*range(len(shape))} - {*places}
        return read_along(shape, readings | {left: Folded(1, shape[left])})

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say whether channels are joined, or stay as numbers of a vector."""
        if 0 in self._places(inputs):
            return MIXED
        return APART if self.keepdims else STREWN

    def reads(self) -> Reads:
        """Return the input where the maximum has to be found again."""
        return Reads(inputs=self.mode == "max")

    def _places(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        places = tuple(place_of(axis, inputs[0], "axes") for axis in self.axes)
        if len(set(places)) < len(places):
            raise Misfit(f"an axis is named twice: {', '.join(self.axes)}", field="axes")
        return places
