"""Layers whose unit is a sum: of what it reads times weights, with a bias; or a mean, or a copy.

All that such a layer is stands in a `Sum`: which places a unit reads along each axis, which weight goes
with which tap, and by what the sum is divided. The way back is the same table read the other way: the delta
of each unit that reads a number, times the weight it reads it with.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, prod
from typing import TYPE_CHECKING, TypeAlias

from cnnstat.commands.trace.along import Slide, Tap
from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.grid import Column, Grid, Places, Taps, every, place_of, planes, spoken
from cnnstat.commands.trace.working import Part, Working, number_text, signed_text, step, sum_text
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnstat.commands.trace.layer_run import Index, LayerRun
    from cnnstat.commands.trace.working import Plane, Step

Fixed: TypeAlias = tuple[tuple["int | None", "int | None"], ...]
"""Per axis the output and the tap that use one weight; None: all."""


def as_it_is(run: LayerRun, number: int) -> tuple[Grid, ...]:
    """Say that each unit reads its own place."""
    return (Grid(tuple(Slide(n, n) for n in run.shapes[number])),)


def _once(run: LayerRun, number: int, unit: Places) -> float:
    return 1.0


@dataclass(frozen=True)
class Sum(Family):
    """A family of layers, as functions of a run.

    `grids` are what the units read of an input by its number, none where it only lends its size. `weight` is
    the index in the tensor `weight` of a unit and its taps, `used` is its inverse, `bias` that in `bias`.
    `factor` multiplies all that a unit reads of an input, `outside` is what is read where there is no input.
    """

    grids: Callable[[LayerRun, int], tuple[Grid, ...]] = as_it_is
    weight: Callable[[LayerRun, Places, Taps], Index] | None = None
    used: Callable[[LayerRun, str, Index], Fixed] | None = None
    bias: Callable[[LayerRun, Places], Index] = lambda run, unit: unit[:1]
    factor: Callable[[LayerRun, int, Places], float] = _once
    outside: Callable[[LayerRun], float] = lambda run: 0.0
    what: str = "weights"
    readers: str = "channel"

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return a unit as the sum that it is."""
        sample, place = unit[0], unit[1:]
        parts: list[Part] = []
        sums: list[float] = []
        for number in range(len(run.inputs)):
            for grid in self.grids(run, number):
                at = grid.places(place)
                if at is not None:
                    part, found = self._read(run, number, grid, (sample, place), at)
                    parts.append(part)
                    sums.append(found)
        return self._with_bias(run, place, parts, sums)

    def _with_bias(self, run: LayerRun, unit: Places, parts: list[Part], sums: list[float]) -> Working:
        value, steps = fsum(sums), []
        if "bias" in run.stored:
            bias = run.param("bias", self.bias(run, unit))
            steps.append(step("bias", "", bias))
            sums = [*sums, bias]
        if len(sums) > 1:
            value = fsum(sums)
            steps.append(step("sum", sum_text(sums), value))
        if steps:
            parts = (
                [*parts[:-1], _with(parts[-1], steps)]
                if len(parts) == 1
                else [*parts, Part("", (), tuple(steps))]
            )
        return Working(tuple(parts), Real(value))

    def _read(
        self, run: LayerRun, number: int, grid: Grid, unit: tuple[int, Places], at: Places
    ) -> tuple[Part, float]:
        """Return what is read of one input, and what it comes to."""
        sample, place = unit
        along = grid.reads(at)
        cells = [(taps, place_of(taps)) for taps in every(along)]
        outside = self.outside(run)
        numbers = [None if cell is None else run.read((sample, *cell), number) for _, cell in cells]
        read = [outside if each is None else each for each in numbers]
        shown = [outside or None if each is None else each for each in numbers]
        weights = [self.weighed(run, place, taps) for taps, _ in cells]
        factor = self.factor(run, number, place)
        products = [x * w for x, w in zip(read, weights, strict=True)]
        found = factor * fsum(products)
        source = "input" if len(run.inputs) == 1 else f"input {number + 1}"
        title = f"{source}: {spoken(along)}" if cells else ""
        name = "sum"
        if all(w == 1 for w in weights) and self.weight is None:
            columns = [Column("input", shown)]
        else:
            name = "sum of products"
            columns = [
                Column("input", shown),
                Column(self.what, weights, "×"),
                Column("products", products, "="),
            ]
        steps = _summed(products, factor, name) if len(products) != 1 or factor != 1 else ()
        return Part(title, planes(along, columns), steps, summed=bool(steps)), found

    def weighed(self, run: LayerRun, unit: Places, taps: Taps) -> float:
        """Return what a unit weighs one number with, by its taps."""
        own = prod(each.factor for each in taps)
        return own if self.weight is None else own * run.param("weight", self.weight(run, unit, taps))

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the gradient of a number that was read: the deltas of its readers, times their weights."""
        sample, place = cell[0], cell[1:]
        parts, sums = [], []
        for grid in self.grids(run, number):
            along = grid.readers(place)
            found = every(along)
            if not found:
                continue
            deltas, weights = [], []
            for taps in found:
                at = place_of(taps)
                unit = _units(grid, along, taps)
                weights.append(
                    self.weighed(run, unit, taps) * (1.0 if at is None else self.factor(run, number, unit))
                )
                deltas.append(None if at is None else run.delta((sample, *unit)))
            products = [0.0 if d is None else d * w for d, w in zip(deltas, weights, strict=True)]
            columns = [
                Column("deltas", deltas),
                Column(_rotated(grid, along, self.what), weights, "×"),
                Column("products", products, "="),
            ]
            title = f"deltas of {spoken(along, f'{self.readers}s')}"
            parts.append(
                Part(title, planes(along, columns, channel=self.readers), _summed(products), summed=True)
            )
            sums.append(fsum(products))
        if not parts:
            parts = [Part("no unit reads it", (), (step("gradient", "", 0.0),))]
        elif len(parts) > 1:
            parts.append(Part("", (), (step("sum", sum_text(sums), fsum(sums)),)))
        return Working(tuple(parts), Real(fsum(sums)))

    def weight_gradient(self, run: LayerRun, name: str, index: Index) -> Working:
        """Return the gradient of one weight: the delta of each unit that uses it, times what it reads so."""
        assert self.used is not None
        fixed = self.used(run, name, index)
        (grid,) = self.grids(run, 0)
        outputs = [
            range(axis.outputs) if output is None else (output,)
            for axis, (output, _) in zip(grid.axes, fixed, strict=True)
        ]
        along = [[Tap(output, 0, output) for output in each] for each in outputs]
        chosen = [
            {output: _chosen(axis.reads(output), number) for output in each}
            for axis, each, (_, number) in zip(grid.axes, outputs, fixed, strict=True)
        ]
        what = "sum of deltas" if name == "bias" else "sum of products"
        shown: list[Plane] = []
        products: list[float] = []
        for sample in range(run.samples):
            units = [tuple(each.at for each in taps) for taps in every(along)]
            deltas = [run.delta((sample, *grid.unit(unit))) for unit in units]
            label = f"sample {sample}" if run.samples > 1 else ""
            if name == "bias":
                products += deltas
                shown += planes(along, [Column("deltas", deltas)], label=label, channel=self.readers)
                continue
            read = [self._through(run, sample, unit, chosen) for unit in units]
            made = [d * (x or 0.0) for d, x in zip(deltas, read, strict=True)]
            products += made
            columns = [Column("deltas", deltas), Column("inputs", read, "×"), Column("products", made, "=")]
            shown += planes(along, columns, label=label, channel=self.readers)
        return Working(
            (Part("", tuple(shown), _summed(products, name=what), summed=True),), Real(fsum(products))
        )

    def first_index(self, run: LayerRun, name: str, unit: Places) -> Index:
        """Return the bias of a unit, or the weight of its first tap."""
        if name == "bias":
            return self.bias(run, unit)
        assert self.weight is not None
        along = self.grids(run, 0)[0].reads(unit)
        if not all(along):  # a unit between the windows of a transposed convolution, which reads nothing
            return (0,) * run.stored[name].ndim
        return self.weight(run, unit, tuple(taps[0] for taps in along))

    def _through(
        self, run: LayerRun, sample: int, unit: Places, chosen: Sequence[dict[int, list[Tap]]]
    ) -> float | None:
        """Return what a unit reads through some taps, as much as it is; None where that is padding alone."""
        cells = [
            (place_of(taps), prod(each.factor for each in taps))
            for taps in every([by[place] for by, place in zip(chosen, unit, strict=True)])
        ]
        read = [run.read((sample, *cell)) * factor for cell, factor in cells if cell is not None]
        return self.factor(run, 0, unit) * fsum(read) if read else None


def _with(part: Part, steps: Sequence[Step]) -> Part:
    return Part(part.title, part.planes, (*part.steps, *steps), part.summed)


def _units(grid: Grid, along: Sequence[Sequence[Tap]], taps: Taps) -> Places:
    """Return the unit that taps belong to; beyond the ends one with the same weights."""
    return grid.unit(tuple(each.place if each.place is not None else 0 for each in taps))


def _chosen(taps: list[Tap], number: int | None) -> list[Tap]:
    return taps if number is None else [each for each in taps if each.number == number]


def _rotated(grid: Grid, along: Sequence[Sequence[Tap]], what: str) -> str:
    """Return what weights are called on the way back: those of a window are the rotated kernel."""
    slides = [(axis, taps) for axis, taps in zip(grid.axes, along, strict=True) if isinstance(axis, Slide)]
    turned = any(len(taps) > 1 for _, taps in slides)
    return "rotated kernel" if turned and what == "weights" else what


def _summed(
    products: Sequence[float], factor: float = 1.0, name: str = "sum of products"
) -> tuple[Step, ...]:
    """Return the sum of products as a step, and what is made of it."""
    terms = [each for each in products if each] if len(products) > 9 else list(products)
    found = fsum(products)
    steps = [step(name, sum_text(terms), found)]
    if factor != 1:
        whole = round(1 / factor) if factor else 0
        if whole and abs(whole * factor - 1) < 1e-12:
            steps.append(step("mean", f"{signed_text(found)} / {whole}", found * factor))
        else:
            steps.append(step("times", f"{signed_text(found)} · {number_text(factor)}", found * factor))
    return tuple(steps)
