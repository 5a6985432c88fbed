"""Receptive fields, found by poisoning: an input that is NaN turns every unit that sees it to NaN.

One pixel after the other through the real network would take a pass for each pixel. Along one axis a window
cares neither for the other axes nor for channels, so each axis has a network of its own (`one_axis`), and one
pass shows what every unit sees of every position (`poison`). That axes may be taken apart is checked on the
real network with one poisoned pixel (`beyond_field`). Numbers of a vector stand in no row and no column: what
each of them sees follows from what its layer reads (`vectors`).

Fields go beyond the input. So the network of an axis is run again on an input much longer, poisoned in its
middle at as many positions as strides take to fall in place again: which units see them is the pattern that
has a size, a stride and a padding (`pattern`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.axes import Axis
from cnnstat.executor.kernel import quiet
from cnnstat.executor.measure.one_axis import on_axis
from cnnstat.executor.measure.pattern import repeated
from cnnstat.executor.measure.poison import PoisonedRuns
from cnnstat.executor.measure.vectors import BROKEN, TOO_LONG, StepRuns, fields_by_number
from cnnstat.executor.program import INPUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.executor.kernel import Array
    from cnnstat.executor.measure.one_axis import AxisNetwork
    from cnnstat.executor.measure.pattern import Fields, Pattern
    from cnnstat.executor.network import Executor
    from cnnstat.executor.program import Program


BLIND = "no unit sees anything of this input"
"""Why a field is not measured: there is none."""


@dataclass(frozen=True, slots=True)
class AxisField:
    """What units see along one axis: positions of the input unless it is too long, and a pattern if any.

    Units go by their place on that axis, those of a vector by their number. `whole`: every unit sees
    everything, or all but a margin, however long the input is.
    """

    clipped: Fields | None
    pattern: Pattern | None = None
    whole: bool = False

    @property
    def blind(self) -> bool:
        """Say whether no unit sees anything of the input."""
        return self.clipped is not None and bool((self.clipped[:, 0] > self.clipped[:, 1]).all())


@dataclass(frozen=True, slots=True)
class MeasuredField:
    """What the units of a layer see along each axis of the input; no axes, but `why`, where no run shows it.

    `region`: the first and the last position per axis, where all units see the same and no pattern repeats.
    `whole`: that is all of the input.
    """

    axes: tuple[AxisField, ...] = ()
    region: tuple[tuple[int, int], ...] = ()
    whole: bool = False
    why: str = ""


def measure_fields(
    program: Program, shapes: Sequence[tuple[int, ...]], of: int = INPUT, steps: StepRuns | None = None
) -> list[MeasuredField]:
    """Return what the units of each step see of an input; `shapes` are those of a sample of their outputs.

    `steps` holds what all inputs of a network share: how much may be run for the numbers of its vectors.
    """
    steps = steps or StepRuns()
    measured: dict[str, list[AxisField | str]] = {}
    axes: list[dict[int, AxisField | str]] = []
    shape = program.inputs[program.numbered_inputs[of]]
    extent = shape[1:] or shape
    for number in range(len(extent)):
        placed: dict[int, AxisField | str] = {}
        if len(shape) > 1:
            network = on_axis(program, Axis(number, len(extent)), of)
            key = repr(network.program)  # a square network is the same along each axis
            if key not in measured:
                measured[key] = _along(network)
            placed = dict(zip(network.numbers, measured[key], strict=True))
        clipped = {i: field if isinstance(field, str) else field.clipped for i, field in placed.items()}
        numbered = fields_by_number(program, shapes, clipped, number, of, steps)
        axes.append({i: each if isinstance(each, str) else AxisField(each) for i, each in numbered.items()})
        axes[-1].update(placed)
    return [_together([axis[number] for axis in axes], extent) for number in range(len(program.steps))]


def _together(axes: list[AxisField | str], extent: tuple[int, ...]) -> MeasuredField:
    """Join the axes of a layer."""
    fields = tuple(axis for axis in axes if not isinstance(axis, str))
    whys = [axis for axis in axes if isinstance(axis, str)]
    if whys:
        return MeasuredField(why=whys[0])
    if any(axis.clipped is None and axis.pattern is None for axis in fields):
        return MeasuredField(fields, why=TOO_LONG)
    if all(axis.pattern is None and axis.blind for axis in fields):
        return MeasuredField(fields, why=BLIND)
    regions = [_shared(field) for field in fields]
    region = tuple(each for each in regions if each is not None)
    if len(region) < len(fields) or all(field.pattern is not None for field in fields):
        return MeasuredField(fields)
    return MeasuredField(fields, region, region == tuple((0, size - 1) for size in extent))


def _shared(field: AxisField) -> tuple[int, int] | None:
    """Return what all units see that see anything, if that is one region."""
    if field.clipped is None:
        return None
    seen = field.clipped[field.clipped[:, 0] <= field.clipped[:, 1]]
    if not len(seen) or (seen != seen[0]).any():
        return None
    first, last = seen[0]
    return int(first), int(last)


def _along(network: AxisNetwork) -> list[AxisField | str]:
    """Poison the input everywhere, then longer ones in the middle, until each step of an axis is known."""
    if not network.program.steps:
        return []
    runs = PoisonedRuns.of(network)
    near = runs.everywhere()
    whole = runs.whole()
    fields = [
        AxisField(None if near is None else near[number], whole=number in whole)
        for number in range(len(network.program.steps))
    ]
    left = set(range(len(fields))) - whole - network.anchored
    for length in runs.lengths():
        if not left:
            break
        places, far = runs.middle(length)
        left &= places.keys()
        holes = runs.holes(length, places, far)
        for number in sorted(left):
            seen, ends = np.split(far[places[number]], [2 * network.grain])
            if not _cut_short(seen, holes[number]):
                clipped = fields[number].clipped
                pattern = repeated(seen, ends, runs.start(length), clipped, network.length)
                fields[number] = replace(fields[number], pattern=pattern)
                left.remove(number)
    return [BROKEN if number in runs.broken else field for number, field in enumerate(fields)]


def _cut_short(poisoned: Array, holes: int) -> bool:
    """Say whether units beyond a border would see the middle, so that the input must be longer still.

    If they do, so does one of the first units or of the last ones: the first or the last itself, or one
    behind as many `holes` as there are between units that see it.
    """
    ends = poisoned[:, : holes + 1], poisoned[:, -holes - 1 :]
    return poisoned.shape[1] <= 2 * holes or any(bool(end.any()) for end in ends)


def beyond_field(network: Executor, fields: Sequence[MeasuredField], of: int = INPUT) -> list[int]:
    """Poison one pixel of a real input; return the steps where a unit is NaN that does not see it.

    It is the pixel in the middle, in all channels. Fields found axis by axis prove something only if there
    are none.
    """
    arrays = network.accepted(network.sample(1))
    x = arrays[of]
    middle = tuple(n // 2 for n in x.shape[2:] or x.shape[1:])
    x[(..., *middle)] = np.nan
    poisoned = network.batch(
        {name: arrays[number] for number, name in network.program.numbered_inputs.items()}
    )
    with quiet():
        return [
            v.number for v in network.visits(poisoned) if _is_beyond(v.output[0], fields[v.number], middle)
        ]


def _is_beyond(y: Array, field: MeasuredField, pixel: tuple[int, ...]) -> bool:
    clipped = [axis.clipped for axis in field.axes if axis.clipped is not None]
    if not clipped or len(clipped) < len(field.axes):
        return False
    if len(clipped) != len(y.shape[1:] or y.shape):
        return False  # its units lie along other axes than the pixels: they read another input
    along = [(c[:, 0] <= place) & (place <= c[:, 1]) for c, place in zip(clipped, pixel, strict=True)]
    if y.ndim == 1:
        return bool((np.isnan(y) & ~np.logical_and.reduce(along)).any())
    sees = reduce(np.logical_and.outer, along)
    return bool((np.isnan(y).any(0) & ~sees).any())
