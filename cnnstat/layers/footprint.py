"""Which input positions an output position reads along one axis, as a periodic pair of bounds.

For output ``o = period·q + phase`` the bounds are ``low[phase] + advance·q`` and ``high[phase] +
advance·q``. A convolution has period 1 and advances by its stride; a transposed convolution or an
upsampling by s has period s and advances by 1; an adaptive pool from N to n bins has period n.
An output that reads nothing has ``low > high``. Between the bounds every ``step``-th input is read.
"""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct


class Bounds(Struct, frozen=True, dict=True):
    """The bounds of the inputs that each output reads along one axis."""

    advance: int
    low: tuple[int, ...]
    high: tuple[int, ...]
    step: int = 1

    @property
    def period(self) -> int:
        """Return the number of outputs after which the pattern repeats."""
        return len(self.low)

    @cached_property
    def size(self) -> int:
        """Return the most inputs from the first that an output reads to the last; 0 where none reads any."""
        return max(0, *(high - low + 1 for low, high in zip(self.low, self.high, strict=True)))

    @cached_property
    def extent(self) -> int:
        """Return how far the inputs of one period lie apart."""
        return max(self.high) - min(self.low)

    @cached_property
    def ascending(self) -> bool:
        """Say whether each output reads something, and none begins or ends before the one in front of it."""
        return all(
            low <= next_low and high <= next_high and low <= high
            for low, high, next_low, next_high in zip(
                self.low,
                self.high,
                (*self.low[1:], self.low[0] + self.advance),
                (*self.high[1:], self.high[0] + self.advance),
                strict=True,
            )
        )

    def at(self, unit: int) -> tuple[int, int]:
        """Return the first and the last input that one output reads."""
        turns, phase = divmod(unit, self.period)
        return self.low[phase] + turns * self.advance, self.high[phase] + turns * self.advance


POINT = Bounds(1, (0,), (0,))
"""Each output reads the input at its own position."""


def window(stride: int, first: int, extent: int, step: int = 1) -> Bounds:
    """Return the bounds of a window of ``extent`` inputs whose first one stands at ``first``."""
    return Bounds(stride, (first,), (first + extent - 1,), step)
