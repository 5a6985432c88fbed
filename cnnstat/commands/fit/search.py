"""Ways to the values that meet a wish: bisection, every point of a small grid, or a kept optimiser."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import isfinite, log
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.cli.output import Undone
from cnnstat.spec.axis import Range
from cnnstat.spec.operators import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnstat.commands.fit.trials import Trial, Trials
    from cnnstat.spec.axis import Axis
    from cnnstat.spec.expression import Value

LOOKED_AT = 17
"""Points along a range by which it is seen whether a wish holds up to one of them, or from one on."""

FINE = 40
"""Halvings of a range without steps: to a part in 10^12 of it."""

GRID = 5_000
"""Points of a grid of which every one is tried."""

TRIALS = 2_000
"""Networks that the optimiser tries, about."""


class Way(Struct, frozen=True):
    """How values were looked for, and whether there can be none better."""

    name: str
    sure: bool


BISECTION = Way(
    "bisection, as the wish holds on one side of a value only, at all points looked at", sure=False
)
EVERY = Way("every point of the grid", sure=True)
OPTIMISER = Way(
    "differential evolution (Storn and Price 1997, by SciPy), which may miss better values", sure=False
)


def look(trials: Trials, seed: int) -> Way:
    """Try networks until nothing better is to be expected.

    Raises:
        Undone: an optimiser is needed that is not installed.
    """
    axes = trials.space.axes
    if len(axes) == 1 and _bisected(trials, *axes.items()):
        return BISECTION
    space = trials.space
    if space.count is not None and space.count <= GRID:
        for number in range(space.count):
            trials.tried(space.at(number))
        return EVERY
    _optimised(trials, seed)
    return OPTIMISER


# -- one parameter --------------------------------------------------------------------------------


def _bisected(trials: Trials, named: tuple[str, Axis]) -> bool:
    """Find where along a range the wish begins or ends to hold; say whether that can be done."""
    name, axis = named
    if not isinstance(axis, Range) or (axis.count is not None and axis.count <= LOOKED_AT):
        return False
    line = _Line(trials, name, axis)
    sides = [line.below(place) for place in line.looked_at]
    changes = [i for i, (a, b) in enumerate(pairwise(sides)) if a is not b]
    if None in sides or len(changes) > 1 or not line.even:
        return False
    if changes:
        line.close_in(line.looked_at[changes[0]], line.looked_at[changes[0] + 1])
    return True


class _Line:
    """A range, by places from 0 on: its steps, or as fine parts of it."""

    def __init__(self, trials: Trials, name: str, axis: Range) -> None:
        self.trials, self.name, self.axis = trials, name, axis
        self.last = (axis.count or (1 << FINE) + 1) - 1
        self.looked_at = sorted({self.last * i // (LOOKED_AT - 1) for i in range(LOOKED_AT)})

    def value(self, place: int) -> Value:
        """Return the value at a place."""
        if self.axis.count is not None:
            return self.axis.at(place)
        share = Fraction(place, self.last)
        if self.axis.kind == "log":
            ratio = float(self.axis.last / self.axis.first)
            return whole(Fraction(float(self.axis.first) * ratio ** float(share)).limit_denominator(10**15))
        return whole(self.axis.first + share * (self.axis.last - self.axis.first))

    def trial(self, place: int) -> Trial:
        """Return the network there."""
        return self.trials.tried({self.name: self.value(place)})

    def below(self, place: int) -> bool | None:
        """Say on which side of the wish a network is; None where that is unknown.

        Of a target, whether its figure is below or at it; of bounds alone, whether they hold.
        """
        trial = self.trial(place)
        if trial.standing is None:
            return None
        return self.figure(trial) <= self.trials.wishes.targets[0].value if self.aimed else trial.met

    @property
    def even(self) -> bool:
        """Say whether what matters goes up all the way, or down, so that nothing better lies between.

        That is the figure of a target, or what is made best among those within bounds, if any are.
        """
        found = [trial.standing for trial in map(self.trial, self.looked_at) if trial.met]
        if self.aimed:
            values = [self.figure(self.trial(place)) for place in self.looked_at]
        else:
            values = [standing.off for standing in found if standing is not None]
        return bool(values) and values in (sorted(values), sorted(values, reverse=True))

    @property
    def aimed(self) -> bool:
        """Say whether it is a figure's target that divides the range."""
        wishes = self.trials.wishes
        return wishes.push is None and bool(wishes.targets) and wishes.targets[0].expression is None

    def figure(self, trial: Trial) -> Fraction:
        """Return the figure of the first target."""
        cell = self.trials.columns.cell(trial.row, self.trials.wishes.targets[0].key)
        return Fraction(max(cell) if isinstance(cell, tuple | list) else cell)

    def close_in(self, low: int, high: int) -> None:
        """Try networks between two places on different sides, until they are neighbours or the same."""
        side = self.below(low)
        while high - low > 1:
            middle = (low + high) // 2
            if self.below(middle) is side:
                low = middle
            else:
                high = middle
        if self.axis.count is None:
            for place, other in ((low, -1), (high, 1)):
                self._rounded(place, other)

    def _rounded(self, place: int, towards: int) -> None:
        """Try the number of fewest digits that makes the same network as a place.

        Channels are rounded, so that a range of widths makes one network; of these, nobody wants 0.7342529.
        """
        figures, end = self.trial(place).row.figures, 0 if towards < 0 else self.last
        near, far = place, end
        if self.trial(end).row.figures == figures:
            near = end
        while abs(far - near) > 1:
            middle = (near + far) // 2
            if self.trial(middle).row.figures == figures:
                near = middle
            else:
                far = middle
        low, high = sorted((Fraction(_number(self.value(place))), Fraction(_number(self.value(near)))))
        short = simplest(low, high)
        if short is not None:
            self.trials.tried({self.name: whole(short)})


def simplest(low: Fraction, high: Fraction) -> Fraction | None:
    """Return the decimal number of fewest digits from ``low`` to ``high``, the middle one of those."""
    for digits in range(16):
        scale = 10**digits
        first, last = -(-low.numerator * scale // low.denominator), high.numerator * scale // high.denominator
        if first <= last:
            return Fraction((first + last) // 2, scale)
    return None


def _number(value: Value) -> int | Fraction:
    assert isinstance(value, int | Fraction)
    return value


# -- several parameters ---------------------------------------------------------------------------


def _optimised(trials: Trials, seed: int) -> None:
    """Let SciPy's optimiser look for the best network."""
    optimiser = _library()
    axes = trials.space.axes
    names = [*axes]
    places = [_places(axis) for axis in axes.values()]

    def values(x: Sequence[float]) -> dict[str, Value]:
        return {name: _value(axes[name], place) for name, place in zip(names, x, strict=True)}

    def worth(x: Sequence[float]) -> float:
        standing = trials.tried(values(x)).standing
        if standing is None:
            return _REFUSED
        outside, off = float(standing.outside), float(standing.off)
        return _OUTSIDE * (1 + outside) if outside else _squeezed(off)

    def enough(*_: object) -> bool:
        return len(trials) >= TRIALS

    optimiser(
        worth,
        bounds=[(0, last) for last, _ in places],
        integrality=[whole for _, whole in places],
        rng=seed,
        maxiter=200,
        popsize=max(4, 60 // len(names)),
        polish=False,
        callback=enough,
        tol=1e-10,
    )


_OUTSIDE = 10.0
"""What is not met is worth more than this, and what is met less: a figure is squeezed between 0 and 2."""
_REFUSED = 1e12


def _squeezed(off: float) -> float:
    """Return a number that grows with a figure, however large that is, between 0 and 2."""
    size = log(1 + abs(off)) if isfinite(off) else 1e3
    return 1 + (size if off > 0 else -size) / (1 + size)


def _places(axis: Axis) -> tuple[float, bool]:
    """Return up to where an optimiser goes along an axis, and whether in whole steps."""
    return (1.0, False) if axis.count is None else (axis.count - 1, True)


def _value(axis: Axis, place: float) -> Value:
    if axis.count is not None:
        return axis.at(min(axis.count - 1, max(0, round(place))))
    assert isinstance(axis, Range)
    share = min(max(float(place), 0.0), 1.0)
    first, last = float(axis.first), float(axis.last)
    found = first * (last / first) ** share if axis.kind == "log" else first + share * (last - first)
    return whole(Fraction(f"{found:.6g}"))


def _library() -> Callable[..., Any]:
    try:
        from scipy.optimize import differential_evolution  # noqa: PLC0415 - only this way needs it
    except ImportError:
        raise Undone(
            "several parameters without a small grid need SciPy: pip install 'cnnstat[fit]'; or give steps,"
            f" so that there are at most {GRID:,} points"
        ) from None
    found: Callable[..., Any] = differential_evolution
    return found
