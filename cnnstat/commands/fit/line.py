"""One parameter with a range: where along it a wish begins or ends to hold, by halving."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from cnnstat.commands.fit.wishes import exact_number
from cnnstat.spec.axis import Range
from cnnstat.spec.operators import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnstat.commands.fit.trials import Trial, Trials
    from cnnstat.commands.fit.wishes import Target
    from cnnstat.spec.axis import Axis
    from cnnstat.spec.values import Value

LOOKED_AT = 17
"""Points along a range by which it is seen whether a wish holds up to one of them, or from one on."""

FINE = 40
"""Halvings of a range without steps: to a part in 10^12 of it."""

_NEARBY = 64
"""Steps on either side of where bisection ends that are tried, too."""

_BETWEEN = 64
"""Points between the places of several targets that are tried at once, nearer and nearer to the best."""


def bisected(trials: Trials, name: str, axis: Axis) -> bool:
    """Find where along a range the wish begins or ends to hold; say whether that can be done.

    Of several targets and bounds each divides the range at a place of its own: the best lies between these.
    """
    if not isinstance(axis, Range) or (axis.count is not None and axis.count <= LOOKED_AT):
        return False
    line = _Line(trials, name, axis)
    if not line.even:
        return False
    found = []
    for side in line.sides():
        sides = [side(line.trial(place)) for place in line.looked_at]
        changes = [i for i, (a, b) in enumerate(pairwise(sides)) if a is not b]
        if len(changes) > 1:
            return False
        found += [(side, line.looked_at[i], line.looked_at[i + 1]) for i in changes]
    places = [place for each in found for place in line.closed_in(*each)]
    if len(line.targets) > 1:
        line.between(places or line.looked_at)
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
        return whole(self._between(place))

    def _between(self, place: int) -> Fraction:
        """Return the number at a place of a range without steps."""
        return self.axis.between(Fraction(place, self.last))

    def trial(self, place: int) -> Trial:
        """Return the network there."""
        return self.trials.tried({self.name: self.value(place)})

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return the targets that divide the range, if figures do and nothing is made best."""
        wishes = self.trials.wishes
        of_figures = all(target.expression is None for target in wishes.targets)
        return wishes.targets if wishes.push is None and of_figures else ()

    def sides(self) -> list[Callable[[Trial], bool]]:
        """Return what says on which side of a place a network is, for each target.

        That is whether its figure is below or at it; without such targets, whether all that has to hold does.
        """
        return [partial(self._is_below, target) for target in self.targets] or [lambda trial: trial.met]

    def _is_below(self, target: Target, trial: Trial) -> bool:
        return trial.standing is not None and self.figure(trial, target) <= target.value

    @property
    def even(self) -> bool:
        """Say whether what matters goes up all the way, or down, so that nothing better lies between.

        That is the figure of each target, or what is made best among those within bounds, if any are.
        """
        trials = [self.trial(place) for place in self.looked_at]
        if any(trial.standing is None for trial in trials):
            return False
        if self.targets:
            return all(_goes_one_way([self.figure(trial, each) for trial in trials]) for each in self.targets)
        found = [trial.standing.off for trial in trials if trial.met and trial.standing is not None]
        return bool(found) and _goes_one_way(found)

    def figure(self, trial: Trial, target: Target) -> Fraction:
        """Return the figure of a target."""
        found = exact_number(self.trials.columns.cell(trial.row, target.key), least=False)
        assert found is not None
        return found

    def closed_in(self, side: Callable[[Trial], bool], low: int, high: int) -> tuple[int, int]:
        """Try networks between two places on different sides, until they are neighbours or the same."""
        below = side(self.trial(low))
        while high - low > 1:
            middle = (low + high) // 2
            if side(self.trial(middle)) is below:
                low = middle
            else:
                high = middle
        if self.axis.count is None:
            for place, other in ((low, -1), (high, 1)):
                self._rounded(place, other)
        else:  # a figure that goes up and down from step to step may have better ones nearby
            for place in range(max(0, low - _NEARBY), min(self.last, high + _NEARBY) + 1):
                self.trial(place)
        return low, high

    def between(self, places: Sequence[int]) -> None:
        """Try networks between the outermost of some places, then nearer and nearer to the best of them."""
        low, high = min(places), max(places)
        while high - low > 1:
            step = max(1, (high - low) // _BETWEEN)
            tried = [*range(low, high, step), high]
            best = min(range(len(tried)), key=lambda i: self.trial(tried[i]).rank)
            low, high = tried[max(0, best - 1)], tried[min(best + 1, len(tried) - 1)]
            if step == 1 or self.trial(low).row.figures == self.trial(high).row.figures:
                return

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
        low, high = sorted((self._between(place), self._between(near)))
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


def _goes_one_way(values: Sequence[Fraction]) -> bool:
    return [*values] in (sorted(values), sorted(values, reverse=True))
