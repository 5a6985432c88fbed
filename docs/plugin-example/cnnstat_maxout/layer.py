"""Maxout, calculated: what is known of the layer without running it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.base.arithmetic import Term, term
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import Count, Footprint, Layer, Operations, Reads, Shape, same_sizes
from cnnstat.layers.footprint import Bounds


class Maxout(Layer, frozen=True, kw_only=True):
    """The largest of several neighbouring channels, or of several neighbouring numbers of a vector.

    Rule:
        output channels = channels/pieces
        per output: pieces - 1 comparisons

    Example:
        {type: maxout, pieces: 2}

    Reference:
        Goodfellow, Warde-Farley, Mirza, Courville, Bengio, arXiv:1302.4389, section 3.
    """

    family: ClassVar[str] = "activation"

    pieces: Annotated[Count, Meta(description="how many channels are compared")] = 2

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the input's sizes with a part of the channels."""
        channels, *positions = same_sizes(inputs[0])
        if channels.value % self.pieces:
            message = f"{channels.value} channels cannot be grouped by {self.pieces}"
            raise Misfit(message, code="shape/groups", field="pieces")
        return channels.over(term("pieces", self.pieces)), *positions

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one comparison less than pieces per output."""
        return Operations(comparisons=self.outputs(inputs) * (term("pieces", self.pieces) - term("", 1)))

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the pieces where they are numbers of a vector; those of a map lie at one position."""
        if len(inputs[0]) > 1:
            return super().footprint(inputs)
        return (Bounds(self.pieces, (0,), (self.pieces - 1,)),)

    def reads(self) -> Reads:
        """Return the input: the way back finds the largest in it."""
        return Reads(inputs=True)
