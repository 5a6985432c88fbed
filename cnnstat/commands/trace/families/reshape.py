"""Layers that move numbers and change none: where a unit's number comes from, and where one goes to."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.working import Part, Working, step, sum_text
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.commands.trace.layer_run import Index, LayerRun
    from cnnstat.layers.base import Shape

Places = tuple[int, ...]


@dataclass(frozen=True)
class Copy(Family):
    """A family by where each unit reads (`source`), and where each number goes (`goal`)."""

    source: Callable[[LayerRun, Places], Places]
    goal: Callable[[LayerRun, Places], Places]

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return the number that the unit is."""
        at = (unit[0], *self.source(run, unit[1:]))
        return _one(f"the input's at {_text(at)}", run.read(at))

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the delta of the unit that the number goes to; nothing goes back to what lends its size."""
        if number:
            return _one("only the size of this input is read", 0.0)
        unit = (cell[0], *self.goal(run, cell[1:]))
        return _one(f"the delta of unit {_text(unit)}", run.delta(unit))


class Parameter(Family):
    """Trained numbers that no input is read for."""

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return the number of the weight."""
        return _one(f"the weight at {_text(unit)}", run.param("weight", unit[1:]))

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return nothing."""
        return _one("only the size of this input is read", 0.0)

    def weight_gradient(self, run: LayerRun, name: str, index: Index) -> Working:
        """Return the deltas of all samples."""
        deltas = [run.delta((sample, *index)) for sample in range(run.samples)]
        return _one(f"the deltas of all samples: {sum_text(deltas)}", fsum(deltas))

    def first_index(self, run: LayerRun, name: str, unit: Index) -> Index:
        """Return the number that a unit is."""
        return unit


def _one(formula: str, value: float) -> Working:
    return Working((Part("", (), (step("", formula, value),)),), Real(value))


def _text(index: Index) -> str:
    return ",".join(map(str, index[1:]))


def _moved(places: Places, given: Shape, wanted: Shape) -> Places:
    """Return where a number of one shape stands in another, both read row by row."""
    number = 0
    for place, size in zip(places, given, strict=True):
        number = number * size + place
    found = []
    for size in reversed(wanted):
        number, place = divmod(number, size)
        found.append(place)
    return tuple(reversed(found))


def _permuted(run: LayerRun, places: Places) -> Places:
    found = [0] * len(places)
    for axis, place in zip(run.options.order, places, strict=True):
        found[axis] = place
    return tuple(found)


def _dealt(channels: int, groups: int, channel: int) -> int:
    """Return where a channel comes from that was dealt out in turn from groups."""
    return channel % groups * (channels // groups) + channel // groups


def _shuffled(run: LayerRun, places: Places) -> Places:
    return (_dealt(run.shape[0], run.options.groups, places[0]), *places[1:])


def _back(run: LayerRun, places: Places) -> Places:
    return (_dealt(run.shape[0], run.shape[0] // run.options.groups, places[0]), *places[1:])


def _to_depth(run: LayerRun, places: Places) -> Places:
    """Return the channel in which a cell of a square is."""
    factor = run.options.factor
    channel, row, column = places
    return (channel * factor + row % factor) * factor + column % factor, row // factor, column // factor


def _to_space(run: LayerRun, places: Places) -> Places:
    """Return the cell of a square that a channel is."""
    factor = run.options.factor
    square, down, across = places[0] // factor**2, places[0] // factor % factor, places[0] % factor
    return square, places[1] * factor + down, places[2] * factor + across


RESHAPE = Copy(
    lambda run, places: _moved(places, run.shape, run.shapes[0]),
    lambda run, places: _moved(places, run.shapes[0], run.shape),
)
IDENTITY = Copy(lambda run, places: places, lambda run, places: places)
PERMUTE = Copy(_permuted, lambda run, places: tuple(places[axis] for axis in run.options.order))
CHANNEL_SHUFFLE = Copy(_shuffled, _back)
PIXEL_SHUFFLE = Copy(_to_depth, _to_space)
PIXEL_UNSHUFFLE = Copy(_to_space, _to_depth)
