"""Receptive fields, found by poisoning: an input that is NaN turns every unit that sees it to NaN.

One pixel after the other through the real network would take a pass for each pixel. Along one axis a window
cares neither for the other axis nor for channels, so each axis has a network of its own, one channel thin,
run by the same kernels: sample i of its batch is an input whose position i is NaN, and one pass shows what
every unit sees of every position. That axes may be taken apart is checked on the real network with one
poisoned pixel (`astray`).

Fields reach beyond the input. So the thin network is run again over an input much longer, poisoned in its
middle at as many positions as strides take to fall in place again: which units they reach is the pattern that
has a size, a stride and a padding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cnnstat.executor.executor import INPUT, Executor, Program, UnfitError
from cnnstat.executor.kernel import quiet
from cnnstat.executor.measure.projection import States, anchored, states, thinned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.executor.kernel import Array

Regions: TypeAlias = "Array"
"""(units, 2): the first and the last position that each unit sees; (1, 0) where it sees none."""

HORIZON = 1 << 16
"""Positions: an input that no window spans."""
COARSEST = 1 << 10
"""The most positions for strides to fall in place again that a pattern is looked for with."""
EFFORT = 1 << 28
"""The most numbers that one pass of a thin network may compute."""
PIECE = 1 << 22
"""The most numbers of one array of a thin pass."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What repeats along an axis: the size of the largest field, and input positions per unit.

    `padding` is how far the first unit's field sticks out before the input.
    """

    size: int
    stride: Fraction
    padding: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What units see along one axis: positions of the input unless it is too long, and a pattern if any.

    `whole`: every unit sees everything, however long the input is.
    """

    regions: Regions | None
    pattern: Pattern | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """What the units of a layer see: everything (`whole`), something along each axis, or nothing placed."""

    axes: tuple[Seen, ...] = ()
    whole: bool = False


def sights(program: Program) -> list[Sight]:
    """Return what the units of each step see."""
    marked = states(program)
    looked: dict[str, dict[int, Seen]] = {}
    axes = []
    for axis in range(len(program.input_shape) - 1):
        thin, numbers = thinned(program, marked, axis)
        key = repr(thin)  # a square network is the same along both axes
        if key not in looked:
            looked[key] = dict(zip(numbers, _look(thin), strict=True))
        axes.append(looked[key])
    return [_sight(number, marked, axes) for number in range(len(program.steps))]


def _sight(number: int, marked: States, axes: list[dict[int, Seen]]) -> Sight:
    if marked[number] is not None:
        return Sight(whole=marked[number] == "whole")
    seen = tuple(axis[number] for axis in axes)
    return Sight(seen, whole=all(axis.whole for axis in seen))


def _look(thin: Program) -> list[Seen]:
    """Run a thin network on its input, poisoned everywhere, and on longer ones, until each layer is known."""
    if not thin.steps:
        return []
    sketch = _Sketch(thin.input_shape[1], tuple(_units(thin)), _grain(thin), thin)
    near = sketch.everywhere()
    whole = sketch.whole()
    found = [Seen(regions, whole=number in whole) for number, regions in enumerate(near)]
    left = set(range(len(near))) - whole - anchored(thin)
    for longer in sketch.lengths():
        if not left:
            break
        far = sketch.middle(longer)
        left &= set(range(len(far)))
        for number in sorted(left):
            if not _cut_short(far[number]):
                found[number] = Seen(near[number], _pattern(far[number], sketch, longer, near[number]))
                left.remove(number)
    return found


def _units(thin: Program) -> list[int]:
    network = Executor(thin)
    return [visit.output.shape[2] for visit in network.visits(network.sample(1))]


@dataclass(frozen=True, slots=True)
class _Sketch:
    """A thin network before it is poisoned: its length, the units of each step, and its grain."""

    length: int
    units: tuple[int, ...]
    grain: int
    thin: Program

    @property
    def work(self) -> int:
        """Return the numbers that one sample of the input takes: a window reads each of its taps."""
        taps = (max(step.options.get("kernel") or 1, 1) for step in self.thin.steps)
        return self.length + sum(n * t for n, t in zip(self.units, taps, strict=True))

    def everywhere(self) -> list[Regions | None]:
        """Return what every unit sees of the input; None for all where that would take too long."""
        if self.length * self.work > EFFORT:
            return [None] * len(self.units)
        each = [slice(i, i + 1) for i in range(self.length)]
        return [_regions(reached) for reached in _reached(self.thin, each, max(self.units))]

    def whole(self) -> set[int]:
        """Return the steps whose units see both ends of an input longer than any window."""
        longer = self.longer(min(HORIZON, PIECE * self.length // (2 * max(self.units))))
        if 2 * self.work * longer // self.length > EFFORT:
            return set()
        # No window may read the very first or last positions, but one of each grain is read if any is.
        ends = _reached(self.stretched(longer), [slice(0, self.grain), slice(longer - self.grain, longer)], 1)
        return {number for number, reached in enumerate(ends) if reached.all()}

    def middle(self, length: int) -> list[Array]:
        """Return which units two grains in the middle of a longer input reach."""
        first = length // 2 - self.grain
        each = [slice(i, i + 1) for i in range(first, first + 2 * self.grain)]
        return _reached(self.stretched(length), each, max(self.units) * length // self.length)

    def lengths(self) -> Iterator[int]:
        """Yield longer inputs, each about four times as long as the one before, up to a horizon."""
        if self.grain > COARSEST:
            return
        longer = self.longer(max(self.length, 8 * self.grain, 512))
        while (
            longer <= self.length + HORIZON and 2 * self.grain * self.work * longer // self.length <= EFFORT
        ):
            yield longer
            longer = self.longer(4 * longer)

    def longer(self, more: int) -> int:
        """Return the length and at least `more`, in whole grains, so that every stride falls as before."""
        return self.length + self.grain * -(-more // self.grain)

    def stretched(self, length: int) -> Program:
        return replace(self.thin, input_shape=(1, length))


def _reached(thin: Program, poisons: Sequence[slice], units: int) -> list[Array]:
    """Return for each step which units each range of poisoned positions reaches, (ranges, units).

    Steps from one on that cannot take this length are left out. As many ranges are run at a time as `units`,
    the most of any step, leave room for.
    """
    try:
        network = Executor(thin)
    except UnfitError as unfit:
        thin = replace(thin, steps=thin.steps[: unfit.number])
        network = Executor(thin)
    clean = network.sample(1)
    some = max(PIECE // max(units, clean.size), 1)
    parts = [_passed(network, clean, poisons[i : i + some]) for i in range(0, len(poisons), some)]
    return [np.concatenate(reached) for reached in zip(*parts, strict=True)]


def _passed(network: Executor, clean: Array, poisons: Sequence[slice]) -> list[Array]:
    x = clean.repeat(len(poisons), 0)
    for sample, poisoned in zip(x, poisons, strict=True):
        sample[:, poisoned] = np.nan
    return [np.isnan(visit.output[:, 0]) for visit in network.visits(x)]


def _regions(poisoned: Array) -> Regions:
    """Read the bounds of each unit off (positions, units), true where a position reaches a unit."""
    first = poisoned.argmax(0)
    last = len(poisoned) - 1 - poisoned[::-1].argmax(0)
    blind = ~poisoned.any(0)
    return np.stack([np.where(blind, 1, first), np.where(blind, 0, last)], 1)


def _grain(thin: Program) -> int:
    """Return a number of positions by which an input may grow so that every stride falls as before."""
    grains = {INPUT: 1}
    for number, step in enumerate(thin.steps):
        stride = step.options.get("stride", 1) if step.type != "transposed_conv" else 1
        stride = step.options["kernel"] if stride is None else stride
        grains[number] = stride * lcm(*(grains[i] for i in step.inputs))
    return lcm(*grains.values())


def _cut_short(reached: Array) -> bool:
    """Say whether a border is reached, so that the input must be longer still."""
    return bool(reached[:, 0].any() or reached[:, -1].any())


def _pattern(reached: Array, sketch: _Sketch, length: int, near: Regions | None) -> Pattern | None:
    """Return the pattern of the units that two grains reach, if it repeats and holds for the input itself."""
    grain = sketch.grain
    units = np.flatnonzero(reached.any(0))
    again = np.flatnonzero(reached[grain:].any(0))
    if not len(units) or not len(again) or (period := int(again[0] - units[0])) < 1:
        return None
    if not np.array_equal(reached[grain:, period:], reached[:grain, :-period]):
        return None
    regions = _phases(reached[:grain], int(units[0]), period, grain, length // 2 - grain)
    here = _at(np.arange(1 if near is None else len(near)), int(units[0]), regions, grain)
    size = int((regions[:, 1] - regions[:, 0]).max()) + 1
    found = Pattern(size, Fraction(grain, period), -int(here[0, 0]))
    return found if near is None or _holds(here, near, sketch.length) else None


def _phases(reached: Array, first: int, period: int, grain: int, start: int) -> Regions:
    """Return the regions of one period of units from `first` on, from what one grain of positions reaches."""
    positions, units = np.nonzero(reached)
    turns, phases = np.divmod(units - first, period)
    places = start + positions - turns * grain
    low = np.full(period, np.iinfo(np.int64).max)
    high = np.full(period, np.iinfo(np.int64).min)
    np.minimum.at(low, phases, places)
    np.maximum.at(high, phases, places)
    blind = low > high
    return np.stack([np.where(blind, 1, low), np.where(blind, 0, high)], 1)


def _at(units: Array, first: int, regions: Regions, grain: int) -> Regions:
    """Continue a pattern to any units; blind ones stay blind."""
    turns, phase = np.divmod(units - first, len(regions))
    own = regions[phase]
    return np.where(own[:, :1] > own[:, 1:], (1, 0), own + (turns * grain)[:, None])


def _holds(regions: Regions, near: Regions, length: int) -> bool:
    """Say whether a pattern is what was seen: exactly, or at most where it leaves the input.

    There a map between may have ended before the input does.
    """
    clipped = _clipped(regions, length)
    inside = (regions == clipped).all(1)
    blind = near[:, 0] > near[:, 1]
    within = (clipped[:, 0] <= near[:, 0]) & (near[:, 1] <= clipped[:, 1])
    return bool((np.where(inside, (clipped == near).all(1), within | blind)).all())


def _clipped(regions: Regions, length: int) -> Regions:
    """Leave of each region what is on the input."""
    clipped = np.stack([regions[:, 0].clip(min=0), regions[:, 1].clip(max=length - 1)], 1)
    return np.where(clipped[:, :1] > clipped[:, 1:], (1, 0), clipped)


def astray(network: Executor, seen: list[Sight]) -> list[int]:
    """Poison one pixel of the real input; return the steps where it reached a unit that does not see it.

    It is the pixel in the middle, in all channels. Fields found axis by axis prove something only if there
    are none.
    """
    x = network.sample(1)
    middle = tuple(n // 2 for n in x.shape[2:])
    x[(..., *middle)] = np.nan
    with quiet():
        visits = network.visits(x)
        return [visit.number for visit in visits if _strayed(visit.output[0], seen[visit.number], middle)]


def _strayed(y: Array, sight: Sight, pixel: tuple[int, ...]) -> bool:
    regions = [axis.regions for axis in sight.axes if axis.regions is not None]
    if not regions or len(regions) < len(sight.axes):
        return False
    seen = [(r[:, 0] <= place) & (place <= r[:, 1]) for r, place in zip(regions, pixel, strict=True)]
    sees = reduce(np.logical_and.outer, seen)
    return bool((np.isnan(y).any(0) & ~sees).any())
