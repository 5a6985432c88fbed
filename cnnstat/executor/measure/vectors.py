"""What the numbers of vectors see, which stand in no row and no column of the input.

Each number of a map sees positions from a first to a last along an axis. A layer that puts out a vector is
run by its own kernel on NaN wherever the first of these is at most v: a number that it turns to NaN sees
something up to v, and the least such v is its own first. So it is with the last. Layers behind are run the
same way.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cnnstat.executor.axes import Axis
from cnnstat.executor.kernel import Context, quiet
from cnnstat.executor.mac_counter import MacCounter
from cnnstat.executor.measure.poison import EFFORT, PIECE
from cnnstat.executor.plugged import kernel_of
from cnnstat.executor.projection import one_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnstat.executor.kernel import Array
    from cnnstat.executor.measure.pattern import Fields
    from cnnstat.executor.program import Program, Step

NumberFields: TypeAlias = "Array"
"""(2, ...sample): the first and the last position that each number sees; (1, 0) where it sees none."""

TOO_LONG = "it would take too long to poison each position of the input"
STEPS = 4
"""All steps of a network together may take as much as so many of the longest."""
BROKEN = "its numbers are NaN without any poison"
MOVED = "its places are not those of the input any more"


def fields_by_number(
    program: Program,
    shapes: Sequence[tuple[int, ...]],
    placed: Mapping[int, Fields | str | None],
    axis: int,
    of: int,
    steps: StepRuns,
) -> dict[int, Fields | str]:
    """Return what units see along an axis of an input, for steps that are not among those `placed` on it.

    Units of a vector go by their number, those of a map by their place. Of some it is only known why that is
    not: it would take too long, or numbers at one place of a map see different positions.
    """
    found: dict[int, NumberFields | str] = {}
    fields: dict[int, Fields | str] = {}
    for number, step in enumerate(program.steps):
        if number in placed:
            continue
        read = [_of_each_number(i, program, shapes, placed, found, axis, of) for i in step.inputs]
        unknown = [each for each in read if isinstance(each, str)]
        known = [each for each in read if not isinstance(each, str)]
        own = unknown[0] if unknown else steps.fields(step, known, shapes[number])
        found[number] = own
        fields[number] = own if isinstance(own, str) else _of_each_place(own, axis)
    return fields


def _of_each_number(
    number: int,
    program: Program,
    shapes: Sequence[tuple[int, ...]],
    placed: Mapping[int, Fields | str | None],
    found: Mapping[int, NumberFields | str],
    axis: int,
    of: int,
) -> NumberFields | str:
    """Return what each number of an input of a step sees, or why that is not known."""
    shape = shapes[number] if number >= 0 else program.inputs[program.numbered_inputs[number]]
    if number < 0 and number != of:
        return _nothing(shape)
    if number == of:
        places = np.arange(shape[axis + 1] if len(shape) > 1 else shape[0])
        fields: Fields | str | None = np.stack([places, places], 1)
    elif number in placed:
        fields = placed[number]
    else:
        return found[number]
    if fields is None or isinstance(fields, str):
        return fields or TOO_LONG
    own = axis + 1 if len(shape) > 1 else 0
    spread = [1] * len(shape)
    spread[own] = shape[own]
    return np.broadcast_to(fields.T.reshape(2, *spread), (2, *shape))


def _of_each_place(fields: NumberFields, axis: int) -> Fields:
    """Return what places of a map on an axis see, all of their numbers together; of a vector each number."""
    if fields.ndim == 2:
        return fields.T
    own = min(axis + 1, fields.ndim - 2)
    others = tuple(i for i in range(fields.ndim - 1) if i != own)
    none = fields[0] > fields[1]
    first = np.where(none, np.iinfo(np.int64).max, fields[0]).min(others)
    last = np.where(none, -1, fields[1]).max(others)
    return np.stack([np.where(last < 0, 1, first), np.where(last < 0, 0, last)], 1)


def _nothing(shape: tuple[int, ...]) -> NumberFields:
    """Return what numbers see that see nothing."""
    return np.stack([np.ones(shape, np.int64), np.zeros(shape, np.int64)])


class StepRuns:
    """Steps of a network, each run on its own as long as all runs together do not take too long.

    Of steps that differ in nothing one is run: what it found is remembered.
    """

    def __init__(self) -> None:
        self._left = STEPS * EFFORT
        self._found: dict[bytes, NumberFields | str] = {}

    def fields(self, step: Step, read: list[NumberFields], shape: tuple[int, ...]) -> NumberFields | str:
        """Return what the numbers that a step puts out see, or why that is not known.

        `read` is what those of its inputs see, `shape` that of its output.
        """
        key = blake2b(repr((step.type, sorted(step.options.items()), shape)).encode())
        for each in read:
            key.update(repr(each.shape).encode())
            key.update(each.tobytes())
        digest = key.digest()
        if digest not in self._found:
            self._found[digest] = self._run(step, read, shape)
        return self._found[digest]

    def _run(self, step: Step, read: list[NumberFields], shape: tuple[int, ...]) -> NumberFields | str:
        some = [each[:, each[0] <= each[1]] for each in read]
        firsts, lasts = (np.unique(np.concatenate([each[end] for each in some])) for end in (0, 1))
        if not len(firsts):
            return _nothing(shape)
        one = len(firsts) == len(lasts) == 1
        if len(shape) > 1 and not one:
            return MOVED
        work = sum(each[0].size for each in read) + int(np.prod(shape))
        if not self._spend(work * (len(firsts) + len(lasts))):
            return TOO_LONG
        poisoned = _PoisonedStep(step, read, work)
        if poisoned.broken:
            return BROKEN
        none, first = poisoned.least_read([each[0] for each in read], firsts)
        if one:
            last = np.full(first.shape, lasts[0])
        else:
            last = -poisoned.least_read([-each[1] for each in read], -lasts[::-1])[1]
        fields = np.stack([np.where(none, 1, first), np.where(none, 0, last)])
        return np.broadcast_to(fields, (2, *shape)) if fields.shape[1:] == (1,) else fields

    def _spend(self, effort: int) -> bool:
        """Say whether a step may compute so many numbers; what is refused takes nothing from later ones."""
        if effort > min(EFFORT, self._left):
            return False
        self._left -= effort
        return True


class _PoisonedStep:
    """One step on its own, with parameters drawn anew, whose inputs are poisoned."""

    def __init__(self, step: Step, read: list[NumberFields], work: int) -> None:
        self.kernel = kernel_of(step.type)
        self.options = step.options
        if "units" in step.options and len(read[0].shape) == 2:
            self.options = one_unit(step.options, Axis(0, 1)).options
        rng = np.random.default_rng(0)
        self.clean = [rng.standard_normal((1, *each.shape[1:]), np.float32) for each in read]
        self.params = self.kernel.parameters(tuple(self.clean), self.options, rng).all
        self.none = [each[0] > each[1] for each in read]
        self.at_once = max(PIECE // work, 1)

    @property
    def broken(self) -> bool:
        """Say whether NaN come out where none go in."""
        return bool(np.isnan(self.output(tuple(self.clean))).any())

    def least_read(self, values: list[Array], levels: Array) -> tuple[Array, Array]:
        """Return which outputs see nothing, and for all others the least value among those that they read.

        `levels` are the values that there are, in order.
        """
        found: Array | None = None
        for start in range(0, len(levels), self.at_once):
            nans = self.nans(values, levels[start : start + self.at_once])
            own = np.where(nans.any(0), nans.argmax(0) + start, len(levels))
            found = own if found is None else np.minimum(found, own)
        assert found is not None
        return found == len(levels), levels[np.minimum(found, len(levels) - 1)]

    def nans(self, values: list[Array], levels: Array) -> Array:
        """Return which outputs are NaN (level, ...) when inputs are whose value is at most that level."""
        inputs = []
        for clean, none, value in zip(self.clean, self.none, values, strict=True):
            x = clean.repeat(len(levels), 0)
            for sample, most in zip(x, levels, strict=True):
                sample[(value <= most) & ~none] = np.nan
            inputs.append(x)
        return np.asarray(np.isnan(self.output(tuple(inputs))))

    def output(self, inputs: tuple[Array, ...]) -> Array:
        """Return what the step makes of its inputs."""
        context = Context(MacCounter(), backward=False)
        with quiet():
            y, _ = self.kernel.forward(inputs, self.params, self.options, context)
        return y
