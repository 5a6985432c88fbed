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
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.mac_counter import MacCounter
from cnnstat.executor.measure.poison import EFFORT, PIECE
from cnnstat.executor.projection import one_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnstat.executor.kernel import Array
    from cnnstat.executor.measure.pattern import Fields
    from cnnstat.executor.program import Program, Step

Seen: TypeAlias = "Array"
"""(2, ...sample): the first and the last position that each number sees; (1, 0) where it sees none."""


TOO_LONG = "it would take too long to poison each position of the input"
STEPS = 4
"""All steps of a network together may take as much as so many of the longest."""
BROKEN = "its numbers are NaN without any poison"
MOVED = "its places are not those of the input any more"


def by_number(
    program: Program,
    shapes: Sequence[tuple[int, ...]],
    placed: Mapping[int, Fields | str | None],
    axis: int,
    of: int,
    alone: Alone,
) -> dict[int, Fields | str]:
    """Return what units see along an axis of an input, for steps that are not among those `placed` on it.

    Units of a vector go by their number, those of a map by their place. Of some it is only known why that is
    not: it would take too long, or numbers at one place of a map see different positions.
    """
    found: dict[int, Seen | str] = {}
    fields: dict[int, Fields | str] = {}
    for number, step in enumerate(program.steps):
        if number in placed:
            continue
        read = [_numbers(i, program, shapes, placed, found, axis, of) for i in step.inputs]
        unknown = [each for each in read if isinstance(each, str)]
        known = [each for each in read if not isinstance(each, str)]
        seen = unknown[0] if unknown else alone.through(step, known, shapes[number])
        found[number] = seen
        fields[number] = seen if isinstance(seen, str) else _along(seen, axis)
    return fields


def _numbers(
    number: int,
    program: Program,
    shapes: Sequence[tuple[int, ...]],
    placed: Mapping[int, Fields | str | None],
    found: Mapping[int, Seen | str],
    axis: int,
    of: int,
) -> Seen | str:
    """Return what each number of an input of a step sees, or why that is not known."""
    shape = shapes[number] if number >= 0 else program.inputs[program.numbered_inputs[number]]
    if number < 0 and number != of:
        return np.stack([np.ones(shape, np.int64), np.zeros(shape, np.int64)])
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


def _along(seen: Seen, axis: int) -> Fields:
    """Return what places of a map on an axis see, all of their numbers together; of a vector each number."""
    if seen.ndim == 2:
        return seen.T
    own = min(axis + 1, seen.ndim - 2)
    others = tuple(i for i in range(seen.ndim - 1) if i != own)
    none = seen[0] > seen[1]
    first = np.where(none, np.iinfo(np.int64).max, seen[0]).min(others)
    last = np.where(none, -1, seen[1]).max(others)
    return np.stack([np.where(last < 0, 1, first), np.where(last < 0, 0, last)], 1)


class Alone:
    """Steps of a network, each run on its own as long as all runs together do not take too long.

    Of steps that differ in nothing one is run: what it found is remembered.
    """

    def __init__(self) -> None:
        self._left = STEPS * EFFORT
        self._found: dict[bytes, Seen | str] = {}

    def through(self, step: Step, read: list[Seen], shape: tuple[int, ...]) -> Seen | str:
        """Return what the numbers that a step puts out see, or why that is not known."""
        key = blake2b(repr((step.type, sorted(step.options.items()), shape)).encode())
        for seen in read:
            key.update(repr(seen.shape).encode())
            key.update(seen.tobytes())
        digest = key.digest()
        if digest not in self._found:
            self._found[digest] = self._run(step, read, shape)
        return self._found[digest]

    def _run(self, step: Step, read: list[Seen], shape: tuple[int, ...]) -> Seen | str:
        some = [seen[:, seen[0] <= seen[1]] for seen in read]
        firsts, lasts = (np.unique(np.concatenate([seen[end] for seen in some])) for end in (0, 1))
        if not len(firsts):
            return np.stack([np.ones(shape, np.int64), np.zeros(shape, np.int64)])
        one = len(firsts) == len(lasts) == 1
        if len(shape) > 1 and not one:
            return MOVED
        work = sum(seen[0].size for seen in read) + int(np.prod(shape))
        if not self._spend(work * (len(firsts) + len(lasts))):
            return TOO_LONG
        runs = _Runs(step, read, work)
        if runs.broken:
            return BROKEN
        none, first = runs.least([seen[0] for seen in read], firsts)
        if one:
            last = np.full(first.shape, lasts[0])
        else:
            last = -runs.least([-seen[1] for seen in read], -lasts[::-1])[1]
        seen = np.stack([np.where(none, 1, first), np.where(none, 0, last)])
        return np.broadcast_to(seen, (2, *shape)) if seen.shape[1:] == (1,) else seen

    def _spend(self, effort: int) -> bool:
        """Say whether a step may compute so many numbers; what is refused takes nothing from later ones."""
        if effort > min(EFFORT, self._left):
            return False
        self._left -= effort
        return True


class _Runs:
    """One step on its own, with parameters drawn anew."""

    def __init__(self, step: Step, read: list[Seen], work: int) -> None:
        self.kernel = KERNELS[step.type]
        self.options = step.options
        if "units" in step.options and len(read[0].shape) == 2:
            self.options = one_unit(step.options, Axis(0, 1)).options
        rng = np.random.default_rng(0)
        self.clean = [rng.standard_normal((1, *seen.shape[1:]), np.float32) for seen in read]
        self.params = self.kernel.parameters(tuple(self.clean), self.options, rng).all
        self.none = [seen[0] > seen[1] for seen in read]
        self.at_once = max(PIECE // work, 1)

    @property
    def broken(self) -> bool:
        """Say whether NaN come out where none go in."""
        return bool(np.isnan(self.output(tuple(self.clean))).any())

    def least(self, values: list[Array], steps: Array) -> tuple[Array, Array]:
        """Return which outputs see nothing, and for all others the least value among those that they read."""
        found: Array | None = None
        for start in range(0, len(steps), self.at_once):
            some = steps[start : start + self.at_once]
            nans = self.nans(values, some)
            own = np.where(nans.any(0), nans.argmax(0) + start, len(steps))
            found = own if found is None else np.minimum(found, own)
        assert found is not None
        return found == len(steps), steps[np.minimum(found, len(steps) - 1)]

    def nans(self, values: list[Array], steps: Array) -> Array:
        """Return which outputs are NaN (step, ...) when inputs are whose value is at most that of a step."""
        inputs = []
        for clean, none, value in zip(self.clean, self.none, values, strict=True):
            x = clean.repeat(len(steps), 0)
            for sample, most in zip(x, steps, strict=True):
                sample[(value <= most) & ~none] = np.nan
            inputs.append(x)
        return np.asarray(np.isnan(self.output(tuple(inputs))))

    def output(self, inputs: tuple[Array, ...]) -> Array:
        """Return what the step makes of its inputs."""
        context = Context(MacCounter(), backward=False)
        with quiet():
            y, _ = self.kernel.forward(inputs, self.params, self.options, context)
        return y
