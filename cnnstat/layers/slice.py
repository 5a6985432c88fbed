"""Layers that keep a part of their input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from msgspec import Meta

from cnnstat.base.arithmetic import Term, term
from cnnstat.base.axes import RANKS, rank_of
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import Count, Footprint, Index, Layer, Shape, same_sizes, show
from cnnstat.layers.footprint import POINT, window

_AXES = ("channels", *dict.fromkeys(name for rank in reversed(RANKS) for name in rank.axes[1:]))
_ANY_AXIS = f"{', '.join(_AXES[:-1])} or {_AXES[-1]}"

if TYPE_CHECKING:
    AxisName: TypeAlias = str
else:
    AxisName = Literal[_AXES]


class Split(Layer, frozen=True, kw_only=True):
    """One of several equal groups of channels. A second `split` with another `take` gives the next.

    It takes no memory of its own: it is a view of its input, which stays as long as a part of it is read.

    Rule:
        output channels = channels/parts; `take: 0` is the first group

    Example:
        {type: split, parts: 2, take: 0}

    Reference:
        Ma, Zhang, Zheng, Sun, ShuffleNet V2, arXiv:1807.11164, section 3.2.
    """

    family: ClassVar[str] = "slice"
    view: ClassVar[bool] = True

    parts: Annotated[Count, Meta(description="number of equal groups")]
    take: Annotated[Index, Meta(description="which group to keep, counted from 0")]

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (channels/parts, the other sizes)."""
        channels = inputs[0][0]
        if channels % self.parts:
            message = f"{channels} channels cannot be split into {self.parts} equal parts"
            raise Misfit(message, code="shape/groups", field="parts")
        if self.take >= self.parts:
            message = f"there are parts 0 to {self.parts - 1}, not {self.take}"
            raise Misfit(message, code="shape/range", field="take")
        return term("channels", channels).over(term("parts", self.parts)), *same_sizes(inputs[0])[1:]

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the position itself; of a vector the numbers of one part."""
        if len(inputs[0]) > 1:
            return Layer.footprint(self, inputs)
        return (window(1, self.take * (inputs[0][0] // self.parts), 1),)


class Slice(Layer, frozen=True, kw_only=True):
    """A range of one axis.

    It takes no memory of its own: it is a view of its input, which stays as long as a part of it is read.

    Rule:
        output size = stop - start; without `stop` the range goes to the end

    Example:
        {type: slice, axis: channels, start: 0, stop: 58}

    Reference:
        NumPy's basic slicing, without steps and negative numbers.
    """

    family: ClassVar[str] = "slice"
    view: ClassVar[bool] = True

    axis: Annotated[AxisName, Meta(description=f"which axis: {_ANY_AXIS}")] = "channels"
    start: Annotated[Index, Meta(description="first position to keep, counted from 0")] = 0
    stop: Annotated[Count | None, Meta(description="position after the last to keep")] = None

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the input's sizes with the range along the axis."""
        position = self._position(inputs[0])
        size = inputs[0][position]
        stop = size if self.stop is None else self.stop
        if stop > size or self.start >= stop:
            message = f"the range {self.start} to {stop} is empty or not within 0 to {size}"
            field = "start" if self.start >= stop else "stop"
            raise Misfit(f"{message}, the {self.axis} of {show(inputs[0])}", code="shape/range", field=field)
        sizes = list(same_sizes(inputs[0]))
        sizes[position] = term("stop", stop) - term("start", self.start)
        return tuple(sizes)

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return a shift along the axis."""
        position = self._position(inputs[0])
        shift = window(1, self.start, 1)
        if len(inputs[0]) == 1:
            return (shift,)
        return tuple(shift if i == position else POINT for i in range(1, len(inputs[0])))

    def _position(self, shape: Shape) -> int:
        names = ("channels", *rank_of(shape).axes[1:])
        if self.axis not in names:
            message = f"an input of {show(shape)} has no {self.axis}"
            raise Misfit(message, code="shape/rank", field="axis")
        return names.index(self.axis)
