"""Layers that bring several inputs together."""

from __future__ import annotations

from itertools import accumulate
from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.base.arithmetic import Term, term, total
from cnnstat.base.errors import Misfit
from cnnstat.base.text import listed
from cnnstat.layers.axis import AxisOption, place_of, read_along, resized
from cnnstat.layers.base import (
    APART,
    GATHERED,
    Footprint,
    Layer,
    Operations,
    Reads,
    Shape,
    places,
    same_sizes,
    show,
)
from cnnstat.layers.footprint import FIRST, NO_INPUT, POINT, Pieces


class _ByValue(Layer, frozen=True, kw_only=True):
    """A function of the values that several inputs have at one place."""

    family: ClassVar[str] = "merge"
    pointwise: ClassVar[bool] = True
    arity: ClassVar[tuple[int, int]] = (2, 0)
    verb: ClassVar[str]

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the largest size along each axis."""
        ranks = {len(shape) for shape in inputs}
        fits = len(ranks) == 1 and all(len(set(sizes) - {1}) <= 1 for sizes in zip(*inputs, strict=True))
        if not fits:
            shapes = listed(list(map(show, inputs)), " and ")
            message = f"cannot {self.verb} {shapes}; each axis needs one size, or 1"
            raise Misfit(message, code="shape/mismatch")
        return same_sizes(tuple(max(sizes) for sizes in zip(*inputs, strict=True)))

    def each(self, inputs: tuple[Shape, ...]) -> Term:
        """Return one operation per value for each input after the first."""
        return (term("inputs", len(inputs)) - 1) * self.outputs(inputs)

    def footprints(self, inputs: tuple[Shape, ...]) -> tuple[Footprint, ...]:
        """Return the position itself; of a single row that meets more, all read it."""
        own = self.footprint(inputs)
        if isinstance(own, str):
            return (own,) * len(inputs)
        most = tuple(max(sizes) for sizes in zip(*map(places, inputs), strict=True))
        return tuple(
            tuple(
                FIRST if size == 1 < units and reading == POINT else reading
                for reading, size, units in zip(own, places(shape), most, strict=True)
            )
            for shape in inputs
        )


class _OfOneShape(_ByValue, frozen=True, kw_only=True):
    """Inputs of one shape, unless it is said that sizes of 1 are meant to be repeated."""

    broadcast: Annotated[
        bool, Meta(description="whether an axis of size 1 is repeated to fit the others")
    ] = False

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the common shape, or the largest size along each axis."""
        if self.broadcast:
            return super().sizes(inputs)
        for shape in inputs[1:]:
            if shape != inputs[0]:
                message = f"cannot {self.verb} {show(inputs[0])} and {show(shape)}; all inputs need one shape"
                raise Misfit(message, code="shape/mismatch")
        return same_sizes(inputs[0])


class Add(_OfOneShape, frozen=True, kw_only=True):
    """The sum of two or more inputs of one shape.

    Rule:
        operations = one addition per value for each input after the first

    Example:
        {type: add, from: [conv2, input]}

    Reference:
        He, Zhang, Ren, Sun, arXiv:1512.03385, equation (1).
    """

    verb: ClassVar[str] = "add"

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return (inputs - 1) additions per value."""
        return Operations(additions=self.each(inputs))


class Subtract(_OfOneShape, frozen=True, kw_only=True):
    """The first input less the second.

    Rule:
        y = a - b: one addition per value

    Example:
        {type: subtract, from: [input, mean]}

    Reference:
        torch.sub; ONNX Sub.
    """

    arity: ClassVar[tuple[int, int]] = (2, 2)
    verb: ClassVar[str] = "subtract"

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one addition per value."""
        return Operations(additions=self.each(inputs))


class Maximum(_OfOneShape, frozen=True, kw_only=True):
    """The largest of the values that two or more inputs have at each place.

    Of equal values the first input's has the gradient.

    Rule:
        operations = one comparison per value for each input after the first

    Example:
        {type: maximum, from: [left, right]}

    Reference:
        Goodfellow et al., Maxout Networks, arXiv:1302.4389, section 2.
    """

    verb: ClassVar[str] = "compare"

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return (inputs - 1) comparisons per value."""
        return Operations(comparisons=self.each(inputs))

    def reads(self) -> Reads:
        """Return the inputs: the place of the maximum is found in them."""
        return Reads(inputs=True)


class Multiply(_ByValue, frozen=True, kw_only=True):
    """The product of two or more inputs; an axis of size 1 is repeated to fit the others.

    Rule:
        operations = one multiplication per value for each input after the first

    Example:
        {type: multiply, from: [features, gate]}

    Reference:
        Hu, Shen, Sun, Squeeze-and-Excitation Networks, arXiv:1709.01507, equation (4).
    """

    verb: ClassVar[str] = "multiply"

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return (inputs - 1) multiplications per value."""
        return Operations(multiplications=self.each(inputs))

    def reads(self) -> Reads:
        """Return the inputs: each one's gradient needs the others."""
        return Reads(others=True)


class Concat(Layer, frozen=True, kw_only=True):
    """All inputs one behind the other, along the channels or another axis.

    Rule:
        output size along the axis = the sum of the inputs' sizes; the other sizes must be equal

    Example:
        {type: concat, from: [1x1, 3x3, 5x5, pool_proj]}

    Reference:
        Szegedy et al., arXiv:1409.4842, section 4.
    """

    family: ClassVar[str] = "merge"
    arity: ClassVar[tuple[int, int]] = (2, 0)

    axis: AxisOption = "channels"

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the first input's sizes, with the sum along the axis."""
        place = place_of(self.axis, inputs[0])
        first = _others(inputs[0], place)
        for shape in inputs[1:]:
            if _others(shape, place) != first:
                message = f"cannot join {show(inputs[0])} and {show(shape)} along the {self.axis}"
                raise Misfit(f"{message}; their other sizes differ", code="shape/mismatch")
        name = same_sizes(inputs[0])[place].name
        return resized(inputs[0], place, total(term(name, shape[place]) for shape in inputs))

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say whether channels of one input stand beside those of another."""
        return GATHERED if place_of(self.axis, inputs[0]) == 0 < len(inputs[0]) - 1 else APART

    def footprints(self, inputs: tuple[Shape, ...]) -> tuple[Footprint, ...]:
        """Return the position itself; along the axis each input has its own part of the positions."""
        place = place_of(self.axis, inputs[0])
        if place == 0 < len(inputs[0]) - 1:
            return Layer.footprints(self, inputs)
        sizes = [shape[place] for shape in inputs]
        ends = list(accumulate(sizes))
        parts = (
            Pieces(((end - size, NO_INPUT), (size, POINT), (ends[-1] - end, NO_INPUT)))
            for size, end in zip(sizes, ends, strict=True)
        )
        return tuple(read_along(shape, {place: part}) for shape, part in zip(inputs, parts, strict=True))


def _others(shape: Shape, place: int) -> tuple[int, ...]:
    """Return the sizes of the other axes, by their number."""
    return (len(shape), *shape[:place], *shape[place + 1 :])
