"""Receptive fields, found by poisoning: an input that is NaN turns every unit that sees it to NaN.

One pixel after the other through the real network would take a pass for each pixel. Along one axis a window
cares neither for the other axis nor for channels, so each axis has a network of its own, one channel thin,
run by the same kernels: sample i of its batch is an input whose position i is NaN, and one pass shows what
every unit sees of every position. That axes may be taken apart is checked on the real network with one
poisoned pixel (`astray`).

Fields reach beyond the input. So the thin network is run again over an input long enough for units in its
middle to see no border: their fields give the pattern, size, stride and padding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cnnstat.run.network import INPUT, Network, Program, UnfitError
from cnnstat.run.op import quiet
from cnnstat.run.thin import States, states, thinned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.run.op import Array

Regions: TypeAlias = "Array"
"""(units, 2): the first and the last position that each unit sees; (1, 0) where it sees none."""

TURNS = 4
"""A pattern is one when it has been seen this often."""
LONGEST = 128
"""The longest pattern looked for, in units."""
HORIZON = 1 << 16
"""Positions: an input that no window spans."""
EFFORT = 1 << 31
"""The most numbers that one thin pass may compute."""


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
    """What units see along one axis: positions of the input, and the pattern where one was found.

    `whole`: every unit sees everything, however long the input is.
    """

    regions: Regions
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
    """Run a thin network on its input, then on longer ones until every layer has shown its pattern.

    Layers whose units are all reached from both ends of a very long input see everything. Of the others,
    those with a fixed number of units stand behind bins, where a longer input tells nothing.
    """
    length = thin.input_shape[1]
    near = _poisoned(thin, range(length))
    grain = _grain(thin)
    whole = _whole(thin, grain, near)
    found = [Seen(regions, whole=number in whole) for number, regions in enumerate(near)]
    left = set(range(len(near))) - whole
    for longer in _lengths(length, grain, sum(map(len, near))):
        if not left:
            break
        far = _reached(_stretched(thin, longer), range(longer))
        for number in sorted(left):
            if number >= len(far) or len(far[number]) == len(near[number]):
                left.remove(number)
            elif (pattern := _pattern(near[number], length, far[number])) is not None:
                found[number] = Seen(near[number], pattern)
                left.remove(number)
    return found


def _lengths(length: int, grain: int, units: int) -> Iterator[int]:
    """Yield longer inputs, each half as long again, while a pass over all of them stays within `EFFORT`.

    They differ from `length` by whole grains, so that every stride falls as before. `units` are those of all
    layers for `length`.
    """
    longer = length + grain * max(-(-length // grain), TURNS)
    while units * longer // length * longer <= EFFORT:
        yield longer
        longer += grain * -(-longer // (2 * grain))


def _stretched(thin: Program, length: int) -> Program:
    return replace(thin, input_shape=(1, length))


def _poisoned(thin: Program, positions: Sequence[int]) -> list[Regions]:
    """Return which of some positions each unit sees, as first and last number among them."""
    network = Network(thin)
    x = network.sample(len(positions))
    x[np.arange(len(positions)), 0, positions] = np.nan
    return [_regions(np.isnan(visit.output[:, 0])) for visit in network.visits(x)]


def _reached(thin: Program, positions: Sequence[int]) -> list[Regions]:
    """Return what `_poisoned` does, up to the first step that cannot take this length."""
    try:
        return _poisoned(thin, positions)
    except UnfitError as unfit:
        return _poisoned(replace(thin, steps=thin.steps[: unfit.number]), positions)


def _whole(thin: Program, grain: int, near: list[Regions]) -> set[int]:
    """Return the steps whose units see both ends of an input longer than any window."""
    length = thin.input_shape[1]
    seeing = [number for number, regions in enumerate(near) if _all_seen(regions, length)]
    if not seeing:
        return set()
    longer = length + grain * -(-HORIZON // grain)
    if 2 * sum(map(len, near)) * longer // length > EFFORT:
        return set()
    ends = _reached(_stretched(thin, longer), (0, longer - 1))
    return {number for number in seeing if number < len(ends) and _all_seen(ends[number], 2)}


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


def _pattern(near: Regions, length: int, far: Regions) -> Pattern | None:
    """Return the pattern of the middle of a longer input, if there is one that holds for the input itself."""
    first, inner = _inner(far)
    for period in range(1, min(len(inner) // TURNS, LONGEST) + 1):
        advance = _advance(inner, period)
        if advance is not None:
            regions = _at(np.arange(len(near)), first, inner, period, advance)
            size = int((inner[:, 1] - inner[:, 0]).max()) + 1
            found = Pattern(size, Fraction(advance, period), -int(regions[0, 0]))
            return found if _holds(regions, near, length) else None
    return None


def _holds(regions: Regions, near: Regions, length: int) -> bool:
    """Say whether a pattern is what was seen: exactly, or at most where it leaves the input.

    There a map between may have ended before the input does.
    """
    clipped = _clipped(regions, length)
    inside = (regions == clipped).all(1)
    blind = near[:, 0] > near[:, 1]
    within = (clipped[:, 0] <= near[:, 0]) & (near[:, 1] <= clipped[:, 1])
    return bool((np.where(inside, (clipped == near).all(1), within | blind)).all())


def _all_seen(regions: Regions, length: int) -> bool:
    return bool((regions == (0, length - 1)).all())


def _inner(far: Regions) -> tuple[int, Regions]:
    """Return the units that no border cuts short, and the number of the first.

    A unit cut short sees the first or the last position that any unit sees.
    """
    sighted = far[far[:, 0] <= far[:, 1]]
    if not len(sighted):
        return 0, sighted
    left = np.flatnonzero(far[:, 0] == sighted[:, 0].min())[-1]
    right = np.flatnonzero(far[:, 1] == sighted[:, 1].max())[0]
    return int(left) + 1, far[left + 1 : right]


def _advance(inner: Regions, period: int) -> int | None:
    """Return by how much regions move in each period, or None where they do not repeat."""
    blind = inner[:, 0] > inner[:, 1]
    if (blind[period:] != blind[:-period]).any():
        return None
    moves = np.unique((inner[period:] - inner[:-period])[~blind[period:]])
    return int(moves[0]) if len(moves) == 1 else None


def _at(units: Array, first: int, inner: Regions, period: int, advance: int) -> Regions:
    """Continue a pattern to any units; blind ones stay blind."""
    turns, phase = np.divmod(units - first, period)
    regions = inner[phase]
    moved = regions + (turns * advance)[:, None]
    return np.where(regions[:, :1] > regions[:, 1:], (1, 0), moved)


def _clipped(regions: Regions, length: int) -> Regions:
    """Leave of each region what is on the input."""
    clipped = np.stack([regions[:, 0].clip(min=0), regions[:, 1].clip(max=length - 1)], 1)
    return np.where(clipped[:, :1] > clipped[:, 1:], (1, 0), clipped)


def astray(network: Network, seen: list[Sight]) -> list[int]:
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
    if not sight.axes:
        return False
    seen = [
        (axis.regions[:, 0] <= place) & (place <= axis.regions[:, 1])
        for axis, place in zip(sight.axes, pixel, strict=True)
    ]
    sees = reduce(np.logical_and.outer, seen)
    return bool((np.isnan(y).any(0) & ~sees).any())
