"""What the outputs of a layer read along one axis, and which outputs read an input: both ways, tap by tap.

Where windows stand comes from the calculator's layers. So a trace stands on figures that `run`
proves, and its numbers are held against the executor's arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cnnstat.layers.footprint import Reading
    from cnnstat.layers.window import Axis


class Tap(NamedTuple):
    """One place that is read, or one output that reads: its place (None beyond the ends), by which tap.

    `at` is where the place is, beyond the ends, too; `factor` is what the reading weighs by itself.
    """

    place: int | None
    number: int
    at: int
    factor: float = 1.0


def tap(at: int, number: int, size: int, factor: float = 1.0) -> Tap:
    """Return a tap at a place of an axis of `size`, or beyond its ends."""
    return Tap(at if 0 <= at < size else None, number, at, factor)


class Along(Protocol):
    """One axis of an input and of the output."""

    @property
    def outputs(self) -> int:
        """How many outputs there are."""

    def reads(self, output: int) -> list[Tap]:
        """Return the places that an output reads."""

    def readers(self, place: int) -> list[Tap]:
        """Return the outputs that read a place, in order."""


@dataclass(frozen=True)
class Slide:
    """A window of `kernel` taps, `dilation` apart, that moves by `stride` from `before` places in front."""

    inputs: int
    outputs: int
    kernel: int = 1
    stride: int = 1
    before: int = 0
    dilation: int = 1

    def reads(self, output: int) -> list[Tap]:
        """Return one tap after the other, those on padding without a place."""
        first = output * self.stride - self.before
        places = (first + number * self.dilation for number in range(self.kernel))
        return [tap(place, number, self.inputs) for number, place in enumerate(places)]

    def readers(self, place: int) -> list[Tap]:
        """Return the outputs in order, so that taps are in reverse; those that are none without a place."""
        found = []
        for number in reversed(range(self.kernel)):
            output, rest = divmod(place + self.before - number * self.dilation, self.stride)
            if not rest:
                found.append(tap(output, number, self.outputs))
        return found


@dataclass(frozen=True)
class Turned:
    """A transposed window: what an output reads is what would read it, the other way round."""

    slide: Slide

    @property
    def outputs(self) -> int:
        """How many outputs there are: the places that the window would slide over."""
        return self.slide.inputs

    def reads(self, output: int) -> list[Tap]:
        """Return the inputs whose kernels touch an output."""
        return [each for each in self.slide.readers(output) if each.place is not None]

    def readers(self, place: int) -> list[Tap]:
        """Return the outputs that an input is spread over."""
        return self.slide.reads(place)


@dataclass(frozen=True)
class Dense:
    """Outputs each of which reads all places of its group: tap i is place i, of the group or of all."""

    inputs: int
    outputs: int
    groups: int = 1
    of_group: bool = True

    def reads(self, output: int) -> list[Tap]:
        """Return all places of the output's group."""
        size = self.inputs // self.groups
        start = output // (self.outputs // self.groups) * size
        return [Tap(start + i, i if self.of_group else start + i, start + i) for i in range(size)]

    def readers(self, place: int) -> list[Tap]:
        """Return all outputs of the place's group."""
        size, count = self.inputs // self.groups, self.outputs // self.groups
        group, number = divmod(place, size)
        firsts = range(group * count, (group + 1) * count)
        return [Tap(output, number if self.of_group else place, output) for output in firsts]


@dataclass(frozen=True)
class Repeated:
    """An axis of one place that all outputs read."""

    outputs: int

    def reads(self, output: int) -> list[Tap]:
        """Return the only place."""
        return [Tap(0, 0, 0)]

    def readers(self, place: int) -> list[Tap]:
        """Return all outputs."""
        return [Tap(output, 0, output) for output in range(self.outputs)]


@dataclass(frozen=True)
class Listed:
    """Any reading: what a function returns for each output. All outputs are asked who reads a place."""

    inputs: int
    outputs: int
    listed: Callable[[int], Iterable[Tap]]

    def reads(self, output: int) -> list[Tap]:
        """Return what is listed."""
        return list(self.listed(output))

    def readers(self, place: int) -> list[Tap]:
        """Return the outputs whose list has the place."""
        return [
            Tap(output, each.number, output, each.factor)
            for output in range(self.outputs)
            for each in self.listed(output)
            if each.place == place
        ]


def same(size: int) -> Slide:
    """Return an axis on which each output reads its own place."""
    return Slide(size, size)


def windows(axes: Iterable[Axis], outputs: Iterable[int]) -> list[Along]:
    """Return the sliding windows of a layer."""
    pairs = zip(axes, outputs, strict=True)
    return [Slide(a.size, n, a.kernel, a.stride, a.before, a.dilation) for a, n in pairs]


def by_reading(reading: Reading, inputs: int, outputs: int) -> Along:
    """Return an axis of which the layer's footprint says all, as it does where nothing is weighed."""

    def listed(output: int) -> list[Tap]:
        return [tap(place, i, inputs) for i, place in enumerate(reading.read(output))]

    return Listed(inputs, outputs, listed)


def whole(size: int) -> Along:
    """Return an axis that one output reads as a whole."""
    return Dense(size, 1)
