"""Runs of a network on one axis, poisoned: where the input is NaN, so are the units that see it.

Sample i of a batch is an input whose i-th range of positions is NaN, so one pass shows what every unit sees
of every position.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.measure.pattern import clipped_fields, together
from cnnstat.executor.network import Executor, UnfitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnnstat.executor.kernel import Array
    from cnnstat.executor.measure.one_axis import AxisNetwork
    from cnnstat.executor.measure.pattern import Fields
    from cnnstat.executor.program import Program

HORIZON = 1 << 16
"""Positions: an input that no window spans."""
COARSEST = 1 << 10
"""The coarsest grain that a pattern is looked for with."""
EFFORT = 1 << 28
"""The most numbers that one run may compute."""
PIECE = 1 << 20
"""The most numbers of one array of a run, where more runs may do with less."""
LARGEST = 1 << 22
"""The most numbers of one array where one run must do."""


@dataclass(frozen=True, slots=True)
class Poisoned:
    """For each step which units each range of poisoned positions turns to NaN, (ranges, units).

    Bit by bit: of all steps together there may be `EFFORT` of them, of which one step is looked at at a time.
    """

    packed: tuple[Array, ...]
    units: tuple[int, ...]

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.units)

    def __getitem__(self, number: int) -> Array:
        """Return what becomes of the units of a step."""
        return np.unpackbits(self.packed[number], 1, self.units[number]).view(bool)


@dataclass(frozen=True, slots=True)
class PoisonedRuns:
    """Runs of a network that has so many `units` in each of its steps."""

    network: AxisNetwork
    units: tuple[int, ...]
    broken: frozenset[int]

    @classmethod
    def of(cls, network: AxisNetwork) -> PoisonedRuns:
        """Run a network once to count its units, and to see which steps put out NaN without poison."""
        clean = Executor(network.program)
        outputs = [visit.output for visit in clean.visits(clean.sample(1))]
        broken = (number for number, y in enumerate(outputs) if np.isnan(y).any())
        return cls(network, tuple(y.shape[2] for y in outputs), frozenset(broken))

    @property
    def work(self) -> int:
        """Return the numbers that one sample of the input takes: a window reads each of its taps."""
        taps = (max(step.options.get("kernel") or 1, 1) for step in self.network.program.steps)
        return self.network.length + sum(n * t for n, t in zip(self.units, taps, strict=True))

    def everywhere(self) -> list[Fields] | None:
        """Return for each step what its units see of the input; None where that would take too long."""
        if self.network.length * self.work > EFFORT:
            return None
        each = [slice(i, i + 1) for i in range(self.network.length)]
        found: list[Fields] | None = None
        # All that each unit sees, position by position, may be a hundred times what the network takes.
        for start, poisoned in _parts(self.network.program, each, max(self.units)):
            fields = [clipped_fields(each, start) for each in poisoned]
            found = fields if found is None else list(map(together, found, fields))
        return found

    def whole(self) -> set[int]:
        """Return the steps whose units see both ends of an input longer than any window."""
        length, grain = self.network.length, self.network.grain
        longer = self.longer(min(HORIZON, LARGEST * length // (2 * max(self.units))))
        if 2 * self.work * longer // length > EFFORT:
            return set()
        # No window may read the very first or last positions, but one of each grain is read if any is.
        ends = [slice(0, grain), slice(longer - grain, longer)]
        program, numbers = self.network.stretched(longer)
        poisoned = _poisoned(program, ends, 1)
        return {numbers[place] for place in range(len(poisoned)) if poisoned[place].all()}

    def middle(self, length: int) -> tuple[dict[int, int], Poisoned]:
        """Return which units see what of two grains in the middle of a longer input, then of its two ends.

        An end is as long as the input itself. The first are the steps that there are, with their places in
        the second.
        """
        first = self.start(length)
        each = [slice(i, i + 1) for i in range(first, first + 2 * self.network.grain)]
        each += [slice(0, self.network.length), slice(length - self.network.length, length)]
        most = max(self.units) * length // self.network.length
        program, numbers = self.network.stretched(length)
        poisoned = _poisoned(program, each, most)
        return {numbers[place]: place for place in range(len(poisoned))}, poisoned

    def holes(self, length: int, places: Mapping[int, int], far: Poisoned) -> dict[int, int]:
        """Return how many units may stand between two that see the middle, and not see it, by step.

        Taps of a dilated window lie apart, so one position is seen by units that lie as far apart. Layers
        behind move what is seen, and add to it, which makes no hole wider.
        """
        more = length - self.network.length
        found, widest = {}, Fraction(0)
        for number, place in places.items():
            step = self.network.program.steps[number]
            density = Fraction(far.units[place] - self.units[number], more)  # for each position
            if density and (step.options.get("kernel") or 1) > 1:
                widest = max(widest, ((step.options.get("dilation") or 1) - 1) / density)
            found[number] = ceil(widest * density)
        return found

    def start(self, length: int) -> int:
        """Return the first position of the middle."""
        return length // 2 - self.network.grain

    def lengths(self) -> Iterator[int]:
        """Yield longer inputs, each about four times as long as the one before, up to a horizon."""
        length, grain = self.network.length, self.network.grain
        if grain > COARSEST:
            return
        longer = self.longer(max(length, 8 * grain, 512))
        while longer <= length + HORIZON and 2 * grain * self.work * longer // length <= EFFORT:
            yield longer
            longer = self.longer(4 * longer)

    def longer(self, more: int) -> int:
        """Return the length and at least `more`, in whole grains, so that every window falls as before."""
        return self.network.length + self.network.grain * -(-more // self.network.grain)


def _poisoned(program: Program, ranges: Sequence[slice], units: int) -> Poisoned:
    counts: tuple[int, ...] = ()
    parts = []
    for _, poisoned in _parts(program, ranges, units):
        counts = tuple(each.shape[1] for each in poisoned)
        parts.append([np.packbits(each, 1) for each in poisoned])
    return Poisoned(tuple(np.concatenate(each) for each in zip(*parts, strict=True)), counts)


def _parts(program: Program, ranges: Sequence[slice], units: int) -> Iterator[tuple[int, list[Array]]]:
    """Yield for some ranges after the other the first, and which units of each step they poison.

    Steps from one on that cannot take this length are left out. As many ranges are run at a time as `units`,
    the most of any step, leave room for.
    """
    try:
        network = Executor(program)
    except UnfitError as unfit:
        program = replace(program, steps=program.steps[: unfit.number])
        network = Executor(program)
    (clean,) = network.named(network.sample(1)).values()
    some = max(PIECE // max(units, clean.size), 1)
    for start in range(0, len(ranges), some):
        yield start, _run(network, clean, ranges[start : start + some])


def _run(network: Executor, clean: Array, ranges: Sequence[slice]) -> list[Array]:
    x = clean.repeat(len(ranges), 0)
    for sample, positions in zip(x, ranges, strict=True):
        sample[:, positions] = np.nan
    return [np.asarray(np.isnan(visit.output).any(1)) for visit in network.visits(x)]
