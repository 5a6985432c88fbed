"""The slope of a function along a line, and how far a gradient is off it.

complex   f(x + ih)/h, imaginary part (Squire and Trapp, SIAM Review 40, 1998). Nothing is subtracted, so h
          may be 1e-30 and no kink of a ReLU or a maximum is ever crossed: exact to rounding.
central   (f(x + h) - f(x - h))/2h, the textbook's. A step that crosses a kink gives a wrong slope, so
          smaller ones are tried.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnstat.executor.kernel import Array

TOLERANCE = 1e-6
"""Relative error from which on a gradient counts as wrong; both methods stay far below it."""
TINY = 1e-30
"""The step of the complex method."""
STEPS = (1e-5, 1e-6, 1e-7, 1e-8, 1e-4, 1e-3, 1e-2)
"""Steps of the central difference, in turn: smaller ones against kinks, then larger ones against rounding."""
NUDGE = 1e-3
"""By how much, of its spread, a central difference moves its point away from ties, where slopes jump."""
FAINT = 1e-7
"""A gradient this small beside ‖dy‖·‖y‖/‖w‖ is compared to fewer digits: it may be what rounding left."""

Line: TypeAlias = "Callable[[complex], complex]"
"""f along a direction: from a step, real or imaginary, to a number."""


def slopes(line: Line, method: str) -> Iterator[float]:
    """Yield the slope of a line at 0, by ever smaller steps if the method needs any."""
    if method == "complex":
        yield line(1j * TINY).imag / TINY
        return
    for step in STEPS:
        yield (line(step) - line(-step)).real / (2 * step)


def error_of(expected: float, line: Line, scale: float, method: str) -> float:
    """Return how far a derivative is off, beside the largest of itself, the slope and `scale`."""
    best = np.inf
    for slope in slopes(line, method):
        size = max(abs(expected), abs(slope), scale)
        # NaN must not pass as small.
        error = abs(expected - slope) / size if size else 0.0
        best = min(best, error) if error == error else best
        if best <= TOLERANCE:
            break
    return float(best)


def norm(value: Array) -> float:
    """Return the Euclidean length of a tensor."""
    return float(np.linalg.norm(value))


def spread_of(value: Array) -> float:
    """Return the size of a tensor's numbers, the measure of every step from them; 1 for nothing but zeros."""
    return norm(value) / math.sqrt(value.size) or 1.0
