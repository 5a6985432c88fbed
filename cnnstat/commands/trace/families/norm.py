"""Normalisation, step by step: mean, variance, what is left of x, scale and shift."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import fsum, prod, sqrt
from typing import TYPE_CHECKING

from cnnstat.commands.trace.along import Tap
from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.grid import Column, planes
from cnnstat.commands.trace.working import Part, Working, number_text, signed_text, step, sum_text
from cnnstat.layers.axis import place_of
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.commands.trace.layer_run import Index, LayerRun
    from cnnstat.commands.trace.working import Plane, Step

SHOWN = 4096
"""The most numbers of a set that stand in a working."""


@dataclass(frozen=True)
class Norm(Family):
    """A norm by the set of numbers that one of them is normalised with, as ranges of the axes, batch first.

    `own` is where in weight and bias the numbers of a unit stand, `users` the units that use one of these.
    With `running`, mean and variance are stored ones, unless the network is being trained.
    """

    ranges: Callable[[LayerRun, Index], tuple[range, ...]]
    own: Callable[[LayerRun, Index], Index]
    users: Callable[[LayerRun, Index], tuple[range, ...]]
    running: bool = False

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return (x - mean)/sqrt(variance + eps), scaled and shifted."""
        shown, mean, variance, steps = self._moments(run, unit)
        x = run.read(unit)
        spread, eps = sqrt(variance + run.options.eps), run.options.eps
        normal = (x - mean) / spread
        steps += [
            step("x", "", x),
            step("deviation", f"sqrt({number_text(variance)} + {number_text(eps)})", spread),
            step("normalised", f"({signed_text(x)} - {signed_text(mean)}) / {number_text(spread)}", normal),
        ]
        value = normal
        if "weight" in run.stored:
            weight, bias = (run.param(name, self.own(run, unit)) for name in ("weight", "bias"))
            value = normal * weight + bias
            formula = f"{signed_text(normal)} · {signed_text(weight)} + {signed_text(bias)}"
            steps.append(step("scaled and shifted", formula, value))
        return Working((Part("", shown, tuple(steps)),), Real(value))

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the delta as it passes, less what its set has in common where mean and variance follow x."""
        _, mean, variance, _ = self._moments(run, cell)
        spread = sqrt(variance + run.options.eps)
        delta = self._scaled(run, cell)
        steps = [step("delta · weight" if "weight" in run.stored else "delta", "", delta)]
        if self.running and not run.training:
            found = delta / spread
            steps.append(step("gradient", f"{signed_text(delta)} / {number_text(spread)}", found))
            return Working((Part("mean and variance are stored numbers", (), tuple(steps)),), Real(found))
        ranges = self.ranges(run, cell)
        count = prod(map(len, ranges))
        deltas = [self._scaled(run, each) for each in product(*ranges)]
        normals = [(run.read(each) - mean) / spread for each in product(*ranges)]
        products = [d * each for d, each in zip(deltas, normals, strict=True)]
        common, along = fsum(deltas) / count, fsum(products) / count
        own = (run.read(cell) - mean) / spread
        found = (delta - common - own * along) / spread
        formula = (
            f"({signed_text(delta)} - {signed_text(common)} - {signed_text(own)} · {signed_text(along)})"
        )
        steps += [
            step("normalised", "(x - mean)/deviation", own),
            step("mean delta", f"over the {count} numbers of its set", common),
            step("mean of delta · normalised", f"over the {count} numbers of its set", along),
            step("gradient", f"{formula} / {number_text(spread)}", found),
        ]
        columns = [
            Column("deltas", deltas),
            Column("normalised", normals, "×"),
            Column("products", products, "="),
        ]
        shown = _drawn(ranges, columns, cell)
        return Working((Part("deltas of the set", shown, tuple(steps)),), Real(found))

    def weight_gradient(self, run: LayerRun, name: str, index: Index) -> Working:
        """Return the sum of deltas, times the normalised numbers for the weight."""
        ranges = self.users(run, index)
        cells = list(product(*ranges))
        deltas = [run.delta(cell) for cell in cells]
        if name == "bias":
            return _summed(ranges, [Column("deltas", deltas)])
        normals = []
        moments: dict[tuple[range, ...], tuple[float, float]] = {}
        for cell in cells:
            key = self.ranges(run, cell)
            if key not in moments:
                _, mean, variance, _ = self._moments(run, cell)
                moments[key] = mean, sqrt(variance + run.options.eps)
            mean, spread = moments[key]
            normals.append((run.read(cell) - mean) / spread)
        products = [d * each for d, each in zip(deltas, normals, strict=True)]
        columns = [
            Column("deltas", deltas),
            Column("normalised", normals, "×"),
            Column("products", products, "="),
        ]
        return _summed(ranges, columns)

    def first_index(self, run: LayerRun, name: str, unit: Index) -> Index:
        """Return the number of a unit."""
        return self.own(run, (0, *unit))

    def _scaled(self, run: LayerRun, cell: Index) -> float:
        weight = run.param("weight", self.own(run, cell)) if "weight" in run.stored else 1.0
        return run.delta(cell) * weight

    def _moments(self, run: LayerRun, unit: Index) -> tuple[tuple[Plane, ...], float, float, list[Step]]:
        """Return the set, its mean and its variance, and how these come about."""
        if self.running and not run.training:
            mean, variance = (run.param(name, (unit[1],)) for name in ("running_mean", "running_var"))
            return (), mean, variance, [step("mean", "stored", mean), step("variance", "stored", variance)]
        ranges = self.ranges(run, unit)
        numbers = [run.read(cell) for cell in product(*ranges)]
        count = len(numbers)
        mean = fsum(numbers) / count
        variance = fsum((x - mean) ** 2 for x in numbers) / count
        steps = [
            step("mean", f"{number_text(fsum(numbers))} / {count}", mean),
            step("variance", f"sum of (x - mean)² / {count}", variance),
        ]
        shown = _drawn(ranges, [Column("its set", numbers)], unit)
        return shown, mean, variance, steps


def _drawn(ranges: tuple[range, ...], columns: list[Column], own: Index | None = None) -> tuple[Plane, ...]:
    """Return the numbers of some ranges as planes, of samples or of channels; nothing of very many."""
    if len(columns[0].numbers) > SHOWN:
        return ()
    samples, channels, *places = ranges
    first, name = channels, "channel"
    if len(channels) == 1:
        first, name = samples, "sample"
    elif len(samples) > 1:
        first, name = range(len(samples) * len(channels)), "plane"
    along = [[Tap(i, i, i) for i in each] for each in (first, *places)]
    marked = None if own is None else list(product(*ranges)).index(own)
    return planes(along, columns, channel=name, marked=marked)


def _summed(ranges: tuple[range, ...], columns: list[Column]) -> Working:
    """Return columns, and the sum of the last one."""
    terms = [each or 0.0 for each in columns[-1].numbers]
    name = "sum of deltas" if len(columns) == 1 else "sum of products"
    steps = (step(name, sum_text(terms), fsum(terms)),)
    return Working((Part("", _drawn(ranges, columns), steps, summed=True),), Real(fsum(terms)))


def _channel(run: LayerRun, unit: Index) -> Index:
    return (unit[1],)


def _with_channel(run: LayerRun, index: Index) -> tuple[range, ...]:
    return (range(run.samples), range(index[0], index[0] + 1), *map(range, run.shape[1:]))


def _over_batch(run: LayerRun, unit: Index) -> tuple[range, ...]:
    return _with_channel(run, unit[1:])


def _of_sample(run: LayerRun, unit: Index) -> tuple[range, ...]:
    """Return all axes of a sample, or the one that is named."""
    if run.options.axes == "all":
        return (range(unit[0], unit[0] + 1), *map(range, run.shape))
    own = 1 + place_of(run.options.axes, run.shape)
    return tuple(
        range(run.shape[axis - 1]) if axis == own else range(i, i + 1) for axis, i in enumerate(unit)
    )


def _place_in(run: LayerRun, unit: Index) -> Index:
    if run.options.axes == "all":
        return unit[1:]
    return (unit[1 + place_of(run.options.axes, run.shape)],)


def _with_place(run: LayerRun, index: Index) -> tuple[range, ...]:
    """Return the units of a place in all samples, or of a place on the axis that is named."""
    if run.options.axes == "all":
        return (range(run.samples), *(range(i, i + 1) for i in index))
    own = place_of(run.options.axes, run.shape)
    whole = [range(n) for n in run.shape]
    whole[own] = range(index[0], index[0] + 1)
    return (range(run.samples), *whole)


def _of_group(run: LayerRun, unit: Index) -> tuple[range, ...]:
    """Return the channels of a unit's group."""
    size = run.shape[0] // run.options.parts(run.shapes).value
    start = unit[1] // size * size
    return (range(unit[0], unit[0] + 1), range(start, start + size), *map(range, run.shape[1:]))


def _of_channel(run: LayerRun, unit: Index) -> tuple[range, ...]:
    return (range(unit[0], unit[0] + 1), range(unit[1], unit[1] + 1), *map(range, run.shape[1:]))


BATCH_NORM = Norm(_over_batch, _channel, _with_channel, running=True)
LAYER_NORM = Norm(_of_sample, _place_in, _with_place)
GROUP_NORM = Norm(_of_group, _channel, _with_channel)
INSTANCE_NORM = Norm(_of_channel, _channel, _with_channel)
