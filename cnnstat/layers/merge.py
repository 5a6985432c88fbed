"""Layers that bring several inputs together."""

from __future__ import annotations

from itertools import accumulate
from typing import ClassVar

from cnnstat.base.arithmetic import Term, term, total
from cnnstat.base.axes import rank_of
from cnnstat.base.errors import Misfit
from cnnstat.base.text import listed
from cnnstat.layers.base import Footprint, Layer, Operations, Reads, Shape, places, same_sizes, show, values
from cnnstat.layers.footprint import FIRST, NOTHING, POINT, Pieces


class Add(Layer, frozen=True, kw_only=True):
    """The sum of two or more inputs of one shape.

    Rule:
        operations = one addition per value for each input after the first

    Example:
        {type: add, from: [conv2, input]}

    Reference:
        He, Zhang, Ren, Sun, arXiv:1512.03385, equation (1).
    """

    family: ClassVar[str] = "merge"
    arity: ClassVar[tuple[int, int]] = (2, 0)

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the common shape."""
        for shape in inputs[1:]:
            if shape != inputs[0]:
                message = f"cannot add {show(inputs[0])} and {show(shape)}; all inputs need one shape"
                raise Misfit(message, code="shape/mismatch")
        return same_sizes(inputs[0])

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return (inputs - 1) additions per value."""
        return Operations(additions=(term("inputs", len(inputs)) - 1) * values(inputs[0]))


class Multiply(Layer, frozen=True, kw_only=True):
    """The product of two or more inputs; an axis of size 1 is repeated to fit the others.

    Rule:
        operations = one multiplication per value for each input after the first

    Example:
        {type: multiply, from: [features, gate]}

    Reference:
        Hu, Shen, Sun, Squeeze-and-Excitation Networks, arXiv:1709.01507, equation (4).
    """

    family: ClassVar[str] = "merge"
    arity: ClassVar[tuple[int, int]] = (2, 0)

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the largest size along each axis."""
        ranks = {len(shape) for shape in inputs}
        fits = len(ranks) == 1 and all(len(set(sizes) - {1}) <= 1 for sizes in zip(*inputs, strict=True))
        if not fits:
            shapes = listed(list(map(show, inputs)), " and ")
            message = f"cannot multiply {shapes}; each axis needs one size, or 1"
            raise Misfit(message, code="shape/mismatch")
        return same_sizes(tuple(max(sizes) for sizes in zip(*inputs, strict=True)))

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return (inputs - 1) multiplications per value."""
        return Operations(multiplications=(term("inputs", len(inputs)) - 1) * self.outputs(inputs))

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

    def reads(self) -> Reads:
        """Return the inputs: each one's gradient needs the others."""
        return Reads(others=True)


class Concat(Layer, frozen=True, kw_only=True):
    """All inputs one behind the other along the channels.

    Rule:
        output channels = the sum of the inputs' channels; the other sizes must be equal

    Example:
        {type: concat, from: [1x1, 3x3, 5x5, pool_proj]}

    Reference:
        Szegedy et al., arXiv:1409.4842, section 4.
    """

    family: ClassVar[str] = "merge"
    arity: ClassVar[tuple[int, int]] = (2, 0)

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (sum of channels, the common sizes)."""
        for shape in inputs[1:]:
            if shape[1:] != inputs[0][1:] or len(shape) != len(inputs[0]):
                message = f"cannot join {show(inputs[0])} and {show(shape)} along the channels"
                raise Misfit(f"{message}; their other sizes differ", code="shape/mismatch")
        name = rank_of(inputs[0]).axes[0]
        return total(term(name, shape[0]) for shape in inputs), *same_sizes(inputs[0])[1:]

    def footprints(self, inputs: tuple[Shape, ...]) -> tuple[Footprint, ...]:
        """Return the position itself; of vectors each number reads one of them."""
        if len(inputs[0]) > 1:
            return Layer.footprints(self, inputs)
        sizes = [shape[0] for shape in inputs]
        ends = list(accumulate(sizes))
        return tuple(
            (Pieces(((end - size, NOTHING), (size, POINT), (ends[-1] - end, NOTHING))),)
            for size, end in zip(sizes, ends, strict=True)
        )
