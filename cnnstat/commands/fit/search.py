"""Ways to the values that meet a wish: bisection, every point of a small grid, or a kept optimiser."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.commands.fit.line import bisected
from cnnstat.commands.fit.optimiser import optimised
from cnnstat.spec.axis import Range
from cnnstat.spec.operators import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.fit.trials import Trial, Trials
    from cnnstat.spec.axis import Axis
    from cnnstat.spec.values import Value

GRID = 5_000
"""Points of a grid of which every one is tried."""

TRIALS = 2_000
"""Networks that the optimiser tries, about."""

_DIGITS = 6


class Way(Struct, frozen=True):
    """How values were looked for, and whether there can be none better."""

    name: str
    sure: bool


BISECTION = Way(
    "bisection, as the wish holds on one side of a value only, at all points looked at", sure=False
)
BISECTIONS = Way(
    "bisection for each target, as its figure goes one way at all points looked at, and points between",
    sure=False,
)
EVERY = Way("every point of the grid", sure=True)
OPTIMISER = Way(
    "differential evolution (Storn and Price 1997, by SciPy), which may miss better values", sure=False
)


def look(trials: Trials, seed: int, tries: int = TRIALS, top: int = 1) -> Way:
    """Try networks until nothing better is to be expected; the ``top`` best get parameters of few digits.

    Raises:
        Undone: an optimiser is needed that is not installed.
    """
    way = _looked(trials, seed, tries)
    for trial in trials.best(top):
        _shorten(trials, trial)
    return way


def _looked(trials: Trials, seed: int, tries: int) -> Way:
    space, axes = trials.space, trials.space.axes
    if space.count is not None and space.count <= GRID:
        for number in range(space.count):
            trials.tried(space.at(number))
        return EVERY
    if len(axes) == 1 and bisected(trials, *next(iter(axes.items()))):
        return BISECTION if len(trials.wishes.targets) < 2 or trials.wishes.push else BISECTIONS
    optimised(trials, seed, tries, GRID)
    return OPTIMISER


def _shorten(trials: Trials, trial: Trial) -> None:
    """Try numbers of fewer digits, until one makes the same network: nobody wants a width of 1.24609375."""
    for name in trials.space.endless:
        for value in _shorter(trials.space.axes[name], trial.values[name]):
            near = trials.tried({**trial.values, name: value})
            if not near.row.code and (near.row.figures, near.apart) == (trial.row.figures, trial.apart):
                trial = near
                break


def _shorter(axis: Axis, value: Value) -> Iterator[Value]:
    """Yield numbers of a range that are near one and have fewer digits, those of the fewest first."""
    for scale in (10**digits for digits in range(_DIGITS)):
        if not isinstance(value, Fraction) or (value * scale).denominator == 1:
            return
        for number in (floor(value * scale), ceil(value * scale)):
            near = Fraction(number, scale)
            if isinstance(axis, Range) and axis.first <= near <= axis.last:
                yield whole(near)
