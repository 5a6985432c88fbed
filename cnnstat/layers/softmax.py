"""Scores to probabilities, along one axis."""

from __future__ import annotations

from typing import ClassVar

from cnnstat.base.arithmetic import Term
from cnnstat.layers.axis import AxisOption, place_of, read_along, rows
from cnnstat.layers.base import APART, MIXED, Footprint, Layer, Operations, Reads, Shape, same_sizes, values
from cnnstat.layers.footprint import all_of


class _AlongAxis(Layer, frozen=True, kw_only=True):
    """A function of all numbers along an axis, as many of them."""

    family: ClassVar[str] = "activation"

    axis: AxisOption = "channels"

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the input's shape."""
        place_of(self.axis, inputs[0])
        return same_sizes(inputs[0])

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the whole axis."""
        place = place_of(self.axis, inputs[0])
        return read_along(inputs[0], {place: all_of(inputs[0][place])})

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say whether it is the channels that are read together."""
        return MIXED if place_of(self.axis, inputs[0]) == 0 else APART

    def reads(self) -> Reads:
        """Return the output, of which the derivative is a function."""
        return Reads(output=True)

    def _rows(self, inputs: tuple[Shape, ...]) -> Term:
        return rows(inputs[0], place_of(self.axis, inputs[0]))


class Softmax(_AlongAxis, frozen=True, kw_only=True):
    """Scores to probabilities, over the channels or along another axis.

    Rule:
        y_i = e^(x_i - max x)/sum of e^(x_j - max x)
        per n scores: n - 1 comparisons, n subtractions, n exponentials, n - 1 additions, n divisions

    Example:
        {type: softmax}

    Reference:
        Bridle, NATO ASI F68, 1990.
    """

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return the work of n scores in each row."""
        count, times = values(inputs[0]), self._rows(inputs)
        return Operations(
            comparisons=count - times,
            additions=2 * count - times,
            exponentials=count,
            divisions=count,
        )


class LogSoftmax(_AlongAxis, frozen=True, kw_only=True):
    """Scores to logarithms of probabilities, over the channels or along another axis.

    Rule:
        y_i = x_i - max x - log(sum of e^(x_j - max x))
        per n scores: n - 1 comparisons, 2n subtractions, n exponentials, n - 1 additions, 1 logarithm
        (counts as an exponential)

    Example:
        {type: log_softmax}

    Reference:
        Bridle, NATO ASI F68, 1990.
    """

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return the work of n scores in each row."""
        count, times = values(inputs[0]), self._rows(inputs)
        return Operations(
            comparisons=count - times,
            additions=3 * count - times,
            exponentials=count + times,
        )
