"""Layers that keep a part of their input."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.base.arithmetic import Term, term
from cnnstat.base.errors import Misfit
from cnnstat.layers.axis import AxisOption, place_of, read_along, resized
from cnnstat.layers.base import APART, PICKED, Count, Footprint, Index, Layer, Shape, show
from cnnstat.layers.footprint import window


class Split(Layer, frozen=True, kw_only=True):
    """One of several equal parts of an axis. A second `split` with another `take` gives the next.

    It takes no memory of its own: it is a view of its input, which stays as long as a part of it is read.

    Rule:
        output size = size/parts along the axis; `take: 0` is the first part

    Example:
        {type: split, parts: 2, take: 0}

    Reference:
        Ma, Zhang, Zheng, Sun, ShuffleNet V2, arXiv:1807.11164, section 3.2.
    """

    family: ClassVar[str] = "slice"
    view: ClassVar[bool] = True

    parts: Annotated[Count, Meta(description="number of equal parts")]
    take: Annotated[Index, Meta(description="which part to keep, counted from 0")]
    axis: AxisOption = "channels"

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the input's sizes with a part of the axis."""
        place = place_of(self.axis, inputs[0])
        size = inputs[0][place]
        if size % self.parts:
            what = "channels" if self.axis == "channels" else f"positions of the {self.axis}"
            message = f"{size} {what} cannot be split into {self.parts} equal parts"
            raise Misfit(message, code="shape/groups", field="parts")
        if self.take >= self.parts:
            message = f"there are parts 0 to {self.parts - 1}, not {self.take}"
            raise Misfit(message, code="shape/range", field="take")
        return resized(inputs[0], place, term(self.axis, size).over(term("parts", self.parts)))

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say whether it is channels that are left out."""
        return PICKED if place_of(self.axis, inputs[0]) == 0 else APART

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return a shift along the axis."""
        place = place_of(self.axis, inputs[0])
        start = self.take * (inputs[0][place] // self.parts)
        return read_along(inputs[0], {place: window(1, start, 1)})


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

    axis: AxisOption = "channels"
    start: Annotated[Index, Meta(description="first position to keep, counted from 0")] = 0
    stop: Annotated[Count | None, Meta(description="position after the last to keep")] = None

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the input's sizes with the range along the axis."""
        place = place_of(self.axis, inputs[0])
        size = inputs[0][place]
        stop = size if self.stop is None else self.stop
        if stop > size or self.start >= stop:
            message = f"the range {self.start} to {stop} is empty or not within 0 to {size}"
            field = "start" if self.start >= stop else "stop"
            raise Misfit(f"{message}, the {self.axis} of {show(inputs[0])}", code="shape/range", field=field)
        return resized(inputs[0], place, term("stop", stop) - term("start", self.start))

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say whether it is channels that are left out."""
        return PICKED if place_of(self.axis, inputs[0]) == 0 else APART

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return a shift along the axis."""
        return read_along(inputs[0], {place_of(self.axis, inputs[0]): window(1, self.start, 1)})
