"""The slope of a function along a line, and how far a gradient is off it.

complex   f(x + ih)/h, imaginary part (Squire and Trapp, SIAM Review 40, 1998). Nothing is subtracted, so h
          may be 1e-30 and no kink of a ReLU or a maximum is ever crossed: exact to rounding.
central   (f(x + h) - f(x - h))/2h, the textbook's. A step that crosses a kink gives a wrong slope, so
          smaller ones are tried; where rounding allows none, two steps leave out what grows with h squared
          (Richardson, Phil. Trans. A 210, 1911).

What rounding makes of either is measured, not assumed: at points that differ in their last digits only, a
wrong gradient is off by as much again, and rounding by something else each time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnstat.executor.kernel import Array

TOLERANCE = 1e-6
"""Relative error from which on a gradient counts as wrong; both methods stay far below it."""
TINY = 1e-30
"""The step of the complex method: no smaller, or products with small probabilities are out of range."""
STEPS = (5, 6, 7, 8, 4, 3, 2)
"""Steps of the central difference, in turn, as powers of 1/10: smaller ones against kinks, then larger ones
against rounding.
"""
NUDGE = 1e-3
"""By how much, of its spread, a central difference moves its point away from ties, where slopes jump."""
FAINT = 1e-7
"""A gradient this small beside ‖dy‖·‖y‖/‖w‖ is compared to fewer digits: it may be what rounding left."""
APART = 2.0**-42
"""By how much of itself a number moves so that those that were equal no longer are."""
LAST_DIGITS = 2.0**-52
"""By how much of itself a number moves so that nothing changes but rounding: a unit in the last place."""
NEIGHBOURS = 6
"""How many points are held against each other to see what rounding changes."""
SWAMPED = 10.0
"""Up to so many times what rounding changes an error may be rounding, too."""

Line: TypeAlias = "Callable[[complex], complex]"
"""f along a direction: from a step, real or imaginary, to a number."""


def slopes(line: Line, method: str) -> Iterator[tuple[float, float]]:
    """Yield the slope of a line at 0, by other steps if the method needs any.

    Beside it stands what the last digit of the line's own values makes of a difference: neighbouring points
    do not show it where all of them are rounded alike.
    """
    if method == "complex":
        yield line(1j * TINY).imag / TINY, 0.0
        return
    taken: dict[int, tuple[float, float]] = {}
    for power in STEPS:
        step = 10.0**-power
        there, back = line(step).real, line(-step).real
        taken[power] = (there - back) / (2 * step), LAST_DIGITS * max(abs(there), abs(back)) / step
        yield taken[power]
        for coarse in (power - 1, power):
            if coarse in taken and coarse + 1 in taken:
                slope, digit = taken[coarse + 1]
                yield slope + (slope - taken[coarse][0]) / 99, digit


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a derivative is off a slope, beside numbers of which size, and the last digit of the slope."""

    off: float
    size: float
    digit: float = 0.0

    @property
    def error(self) -> float:
        """Return the relative error."""
        return abs(self.off) / self.size if self.size else abs(self.off)


def compare(expected: float, line: Line, scale: float, method: str) -> Difference:
    """Hold a derivative against the slope of a line, beside the largest of both and `scale`."""
    best = Difference(math.inf, 1.0)
    for slope, digit in slopes(line, method):
        found = Difference(expected - slope, max(abs(expected), abs(slope), scale), digit)
        # NaN must not pass as small.
        if found.error < best.error:
            best = found
        if best.error <= TOLERANCE:
            break
    return best


Near: TypeAlias = "Callable[[Array, str], Array]"
"""What moves a tensor, by its name, to a neighbouring point."""


def neighbours(seed: int, distance: float) -> Iterator[Near]:
    """Yield ways to points that differ in their last digits, all of them at a distance from the network's."""
    for number in range(NEIGHBOURS):

        def near(value: Array, name: str, number: int = number) -> Array:
            moved = value
            for size, draw in ((distance, NEIGHBOURS), (LAST_DIGITS, number)):
                rng = np.random.default_rng([seed, draw, *name.encode()])
                moved = moved * (1 + size * rng.standard_normal(value.shape))
            return moved

        yield near


def _nudged(seed: int) -> Near:
    """Return a way to a point that is a little off, as that of a central difference is off ties."""

    def near(value: Array, name: str) -> Array:
        rng = np.random.default_rng([seed, NEIGHBOURS + 1, *name.encode()])
        return value + NUDGE * spread_of(value) * rng.standard_normal(value.shape)

    return near


def extended(value: Array, name: str) -> Array:
    """Return the same point in numbers of more digits, as a processor has them (x86: 64 bits instead of 53).

    What is wrong there is as wrong as before, and what rounding did is a thousandth of it: also in what no
    neighbouring point shows, such as y·(1 - y) of a sigmoid that has all but reached 1.
    """
    return value.astype(np.clongdouble if np.iscomplexobj(value) else np.longdouble)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The relative error of a derivative, and whether it is one that rounding alone may have made."""

    error: float
    swamped: bool = False

    @property
    def wrong(self) -> bool:
        """Say whether the derivative is not the slope, beyond what rounding does; NaN is none."""
        return not (self.error <= TOLERANCE or self.swamped)


def judge(
    found: Difference, at: Callable[[Near], Difference], seed: int, method: str = "complex"
) -> Judgement:
    """Judge a difference by how much rounding changes it; `at` takes the same difference elsewhere.

    A central difference is taken once more at a point as far from the network's own as this one: a kink
    nearer than its smallest step is not there, too, and a wrong gradient is.

    At a tie the last digit decides which of two numbers is the largest, and with it the gradient, right or
    wrong. So a gradient has to stand the same trial where nothing is equal by chance.
    """
    if found.error <= TOLERANCE or not math.isfinite(found.off):
        return Judgement(found.error)
    if method == "central" and (other := at(_nudged(seed))).error <= TOLERANCE:
        return Judgement(other.error)
    if abs(found.off) <= found.digit or at(extended).error <= TOLERANCE:
        return Judgement(found.error, swamped=True)
    elsewhere, rounding = _rounding(at, seed, APART)
    if elsewhere.error > TOLERANCE and not abs(elsewhere.off) <= SWAMPED * rounding:
        return Judgement(found.error)
    return Judgement(found.error, abs(found.off) <= SWAMPED * max(rounding, _rounding(at, seed, 0.0)[1]))


def _rounding(at: Callable[[Near], Difference], seed: int, distance: float) -> tuple[Difference, float]:
    """Return a difference at a distance, and by how much it changes with the last digits."""
    first, *others = map(at, neighbours(seed, distance))
    changed = float(np.abs([other.off - first.off for other in others]).max())
    return first, changed if math.isfinite(changed) else 0.0


def norm(value: Array) -> float:
    """Return the Euclidean length of a tensor; squares of its numbers may be out of range."""
    length = float(np.linalg.norm(value))
    if length and length < math.inf:
        return length
    largest = float(np.abs(value).max(initial=0))
    return largest * float(np.linalg.norm(value / largest)) if 0 < largest < math.inf else largest


def spread_of(value: Array) -> float:
    """Return the size of a tensor's numbers, the measure of every step from them; 1 for nothing but zeros."""
    return norm(value) / math.sqrt(value.size) or 1.0


def step_of(value: Array, method: str) -> float:
    """Return how far a direction goes: as far as the numbers of a tensor do, for a real step needs digits.

    An imaginary step has its digits anyway, and has to be small beside the smallest numbers, too.
    """
    return min(spread_of(value), 1.0) if method == "complex" else spread_of(value)
