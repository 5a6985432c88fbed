"""Normalisation, step by step: mean, variance, what is left of x, scale and shift."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import fsum, sqrt
from typing import TYPE_CHECKING

from cnnstat.commands.trace.along import Slide, Tap
from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.families.sums import Sum, as_it_is
from cnnstat.commands.trace.grid import Column, planes
from cnnstat.commands.trace.working import Part, Working, number_text, signed_text, step, sum_text
from cnnstat.layers.axis import place_of
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.commands.trace.families.sums import Fixed
    from cnnstat.commands.trace.grid import Places, Taps
    from cnnstat.commands.trace.layer_run import Index, LayerRun
    from cnnstat.commands.trace.working import Plane, Step

SHOWN = 4096
"""The most numbers of a set that stand in a working."""


@dataclass(frozen=True)
class Norm(Family):
    """A norm by the set of numbers that one of them is normalised with, as ranges of the axes, batch first.

    `own` is where in weight and bias the numbers of a unit stand. With `running`, mean and variance are
    stored ones, unless the network is being trained.
    """

    ranges: Callable[[LayerRun, Index], tuple[range, ...]]
    own: Callable[[LayerRun, Index], Index]
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
        """Return the error as it passes, less what its set has in common where mean and variance follow x."""
        _, mean, variance, _ = self._moments(run, cell)
        spread = sqrt(variance + run.options.eps)
        error = self._scaled(run, cell)
        steps = [step("error · weight" if "weight" in run.stored else "error", "", error)]
        if self.running and not run.training:
            found = error / spread
            steps.append(step("gradient", f"{signed_text(error)} / {number_text(spread)}", found))
            return Working((Part("mean and variance are stored numbers", (), tuple(steps)),), Real(found))
        cells = list(product(*self.ranges(run, cell)))
        errors = [self._scaled(run, each) for each in cells]
        normals = [(run.read(each) - mean) / spread for each in cells]
        products = [d * each for d, each in zip(errors, normals, strict=True)]
        common, along = fsum(errors) / len(cells), fsum(products) / len(cells)
        own = (run.read(cell) - mean) / spread
        found = (error - common - own * along) / spread
        formula = (
            f"({signed_text(error)} - {signed_text(common)} - {signed_text(own)} · {signed_text(along)})"
        )
        steps += [
            step("normalised", "(x - mean)/deviation", own),
            step("mean error", f"over the {len(cells)} numbers of its set", common),
            step("mean of error · normalised", f"over the {len(cells)} numbers of its set", along),
            step("gradient", f"{formula} / {number_text(spread)}", found),
        ]
        shown: tuple[Plane, ...] = ()
        if len(cells) <= SHOWN:
            columns = [
                Column("errors", errors),
                Column("normalised", normals, "×"),
                Column("products", products, "="),
            ]
            shown = planes(_along(self.ranges(run, cell)), columns)
        return Working((Part("errors of the set", shown, tuple(steps)),), Real(found))

    def weight_gradient(self, run: LayerRun, name: str, index: Index) -> Working:
        """Return the sum of errors, times the normalised numbers for the weight."""
        cells = [
            cell
            for cell in product(range(run.samples), *map(range, run.shape))
            if self.own(run, cell) == index
        ]
        errors = [run.error(cell) for cell in cells]
        along = [[Tap(i, i, i) for i in range(len(cells))]]
        if name == "bias":
            steps: tuple[Step, ...] = (step("sum", sum_text(errors), fsum(errors)),)
            return Working((Part("", _few(along, [Column("errors", errors)]), steps),), Real(fsum(errors)))
        normals = []
        moments: dict[tuple[range, ...], tuple[float, float]] = {}
        for cell in cells:
            key = self.ranges(run, cell)
            if key not in moments:
                _, mean, variance, _ = self._moments(run, cell)
                moments[key] = mean, sqrt(variance + run.options.eps)
            mean, spread = moments[key]
            normals.append((run.read(cell) - mean) / spread)
        products = [d * each for d, each in zip(errors, normals, strict=True)]
        columns = [
            Column("errors", errors),
            Column("normalised", normals, "×"),
            Column("products", products, "="),
        ]
        steps = (step("sum", sum_text(products), fsum(products)),)
        return Working((Part("", _few(along, columns), steps, summed=True),), Real(fsum(products)))

    def first_index(self, run: LayerRun, name: str, unit: Index) -> Index:
        """Return the number of a unit."""
        return self.own(run, (0, *unit))

    def _scaled(self, run: LayerRun, cell: Index) -> float:
        weight = run.param("weight", self.own(run, cell)) if "weight" in run.stored else 1.0
        return run.error(cell) * weight

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
        shown = planes(_along(ranges), [Column("its set", numbers)]) if count <= SHOWN else ()
        return shown, mean, variance, steps


def _along(ranges: tuple[range, ...]) -> list[list[Tap]]:
    """Return ranges as axes to draw: batch and channels together are one."""
    first = [Tap(i, i, i) for i in range(len(ranges[0]) * len(ranges[1]))]
    return [first, *([Tap(i, i, i) for i in each] for each in ranges[2:])]


def _few(along: list[list[Tap]], columns: list[Column]) -> tuple[Plane, ...]:
    return planes(along, columns) if len(along[0]) <= SHOWN else ()


def _channel(run: LayerRun, unit: Index) -> Index:
    return (unit[1],)


def _over_batch(run: LayerRun, unit: Index) -> tuple[range, ...]:
    return (range(run.samples), range(unit[1], unit[1] + 1), *map(range, run.shape[1:]))


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


def _of_group(run: LayerRun, unit: Index) -> tuple[range, ...]:
    """Return the channels of a unit's group."""
    size = run.shape[0] // run.options.parts(run.shapes).value
    start = unit[1] // size * size
    return (range(unit[0], unit[0] + 1), range(start, start + size), *map(range, run.shape[1:]))


def _of_channel(run: LayerRun, unit: Index) -> tuple[range, ...]:
    return (range(unit[0], unit[0] + 1), range(unit[1], unit[1] + 1), *map(range, run.shape[1:]))


BATCH_NORM = Norm(_over_batch, _channel, running=True)
LAYER_NORM = Norm(_of_sample, _place_in)
GROUP_NORM = Norm(_of_group, _channel)
INSTANCE_NORM = Norm(_of_channel, _channel)


class LocalResponseNorm(Family):
    """x/(k + alpha·s)^beta, s the sum of squares over neighbouring channels: Krizhevsky et al. 2012, 3.3."""

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return a number beside its neighbours in other channels."""
        cells = _neighbours(run, unit)
        numbers = [None if cell is None else run.read(cell) for cell in cells]
        squares = [(x or 0.0) ** 2 for x in numbers]
        alpha, options, x = _alpha(run), run.options, run.read(unit)
        base = options.k + alpha * fsum(squares)
        value = x * base**-options.beta
        columns = [Column("channels", numbers), Column("squares", squares)]
        steps = (
            step("sum of squares", sum_text(squares), fsum(squares)),
            step(
                "base",
                f"{number_text(options.k)} + {number_text(alpha)} · {number_text(fsum(squares))}",
                base,
            ),
            step("y", f"{signed_text(x)} / {number_text(base)}^{number_text(options.beta)}", value),
        )
        along = [[Tap(i, i, i) for i in range(len(cells))]]
        return Working((Part("", planes(along, columns), steps),), Real(value))

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the error through the number itself, less what it takes from its neighbours."""
        options, alpha, x = run.options, _alpha(run), run.read(cell)
        units = [
            (cell[0], each.place, *cell[2:])
            for each in _slide(run).readers(cell[1])
            if each.place is not None
        ]
        bases = {unit: self._base(run, unit) for unit in units}
        own = run.error(cell) * self._base(run, cell) ** -options.beta
        pulls = [run.error(unit) * run.read(unit) * bases[unit] ** (-options.beta - 1) for unit in units]
        found = own - 2 * alpha * options.beta * x * fsum(pulls)
        steps = (
            step("through itself", "error / base^beta", own),
            step("pull", "sum of error·x / base^(beta + 1) over the channels that read it", fsum(pulls)),
            step("gradient", f"{signed_text(own)} - 2·alpha·beta·x · pull", found),
        )
        along = [[Tap(i, i, i) for i in range(len(units))]]
        return Working((Part("", planes(along, [Column("pulls", pulls)]), steps),), Real(found))

    def _base(self, run: LayerRun, unit: Index) -> float:
        squares = (run.read(cell) ** 2 for cell in _neighbours(run, unit) if cell is not None)
        base: float = run.options.k + _alpha(run) * fsum(squares)
        return base


def _slide(run: LayerRun) -> Slide:
    """Return the window over channels; of an even size the larger half lies before the unit's own."""
    size = run.options.size
    return Slide(run.shape[0], run.shape[0], size, before=size // 2)


def _neighbours(run: LayerRun, unit: Index) -> list[Index | None]:
    taps = _slide(run).reads(unit[1])
    return [None if each.place is None else (unit[0], each.place, *unit[2:]) for each in taps]


def _alpha(run: LayerRun) -> float:
    alpha: float = run.options.alpha / (run.options.size if run.options.divide_alpha else 1)
    return alpha


def _scale_used(run: LayerRun, name: str, index: Index) -> Fixed:
    return ((index[0], None), *((None, None) for _ in run.shape[1:]))


def _scale_weight(run: LayerRun, unit: Places, taps: Taps) -> Index:
    return (unit[0],)


SCALE = Sum(as_it_is, _scale_weight, _scale_used)
