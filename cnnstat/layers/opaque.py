"""A node of another tool's model that no layer type stands for."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.base.arithmetic import Term
from cnnstat.base.axes import RANKS
from cnnstat.layers.base import PICKED, UNKNOWN, Count, Footprint, Layer, Reads, Shape, same_sizes


class Opaque(Layer, frozen=True, kw_only=True):
    """An operator of another tool that the catalogue has no layer for: its shape is known, nothing else.

    Its figures are unknown, not zero: totals are without them and say so. It cannot be run.

    Rule:
        output = `shape:`, or one number where it is unknown

    Example:
        {type: opaque, op: NonMaxSuppression, shape: [100, 3]}

    Reference:
        docs/exchange.md.
    """

    family: ClassVar[str] = "opaque"
    arity: ClassVar[tuple[int, int]] = (1, 0)
    known: ClassVar[bool] = False

    op: Annotated[str, Meta(max_length=200, description="the operator as its tool calls it")]
    shape: Annotated[
        Annotated[tuple[Count, ...], Meta(min_length=1, max_length=len(RANKS))] | None,
        Meta(description="the shape that it puts out for one sample; left out where only a run can know it"),
    ] = None
    nodes: Annotated[Count, Meta(description="how many nodes of the model it stands for")] = 1
    part: Annotated[bool, Meta(description="another output of a node that is counted above")] = False

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the shape that is given; one number stands for a shape that is not known."""
        return same_sizes(self.shape or (1,))

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Say that what it reads is unknown."""
        return UNKNOWN

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say that it is unknown what becomes of channels."""
        return PICKED

    def reads(self) -> Reads:
        """Return all that a backward pass might read."""
        return Reads(inputs=True, output=True)
