"""Which input positions an output position reads along one axis, as a periodic pair of bounds.

For output ``o = period·q + phase`` the bounds are ``low[phase] + advance·q`` and ``high[phase] +
advance·q``. A convolution has period 1 and advances by its stride; a transposed convolution or an
upsampling by s has period s and advances by 1; an adaptive pool from N to n bins has period n.
An output that reads nothing has ``low > high``. Between the bounds every ``step``-th input is read.
"""

from __future__ import annotations

from msgspec import Struct


class Bounds(Struct, frozen=True):
    """The bounds of the inputs that each output reads along one axis."""

    advance: int
    low: tuple[int, ...]
    high: tuple[int, ...]
    step: int = 1

    @property
    def period(self) -> int:
        """Return the number of outputs after which the pattern repeats."""
        return len(self.low)

    def at(self, unit: int) -> tuple[int, int]:
        """Return the first and the last input that one output reads."""
        turns, phase = divmod(unit, self.period)
        return self.low[phase] + turns * self.advance, self.high[phase] + turns * self.advance


POINT = Bounds(1, (0,), (0,))
"""Each output reads the input at its own position."""
NOTHING = Bounds(0, (1,), (0,))
"""No output reads anything."""


def window(stride: int, first: int, extent: int, step: int = 1) -> Bounds:
    """Return the bounds of a window of ``extent`` inputs whose first one stands at ``first``."""
    return Bounds(stride, (first,), (first + extent - 1,), step)
