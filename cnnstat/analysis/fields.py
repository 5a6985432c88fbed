"""The fields of a network's nodes, one after the other, and what units of any of them see of the input.

A receptive field is a pattern that goes on beyond every border. What units really see of an input, cut off
where a map between ends, is found the other way: back from them, layer by layer, to the input.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from msgspec import structs

from cnnstat.analysis.bounds import NOTHING, joined
from cnnstat.analysis.receptive_field import Field, along, field_of, lost, one_region, start
from cnnstat.base.limits import MAX_PLACES
from cnnstat.layers.base import WHOLE, Footprint, Shape, places
from cnnstat.layers.footprint import POINT, Bounds, all_of, united

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis.receptive_field import Region
    from cnnstat.layers.footprint import Positions, Reading


class UntraceableError(Exception):
    """What units see cannot be known, or would take too long to find; `because` of a layer."""

    def __init__(self, because: str) -> None:
        self.because = because
        super().__init__(because)


class Fields:
    """The fields of nodes by their number: those of the inputs first, then one for each layer added."""

    def __init__(self, inputs: Sequence[Shape]) -> None:
        self.inputs = len(inputs)
        self.extent = places(inputs[0])
        self.shapes = [*inputs]
        self.fields = [*map(start, inputs)]
        self._names = [""] * len(inputs)
        self._read: list[tuple[tuple[int, Footprint], ...]] = [()] * len(inputs)

    def add(
        self, name: str, sources: Sequence[int], footprints: tuple[Footprint, ...], shape: Shape
    ) -> Field:
        """Add the next layer, which reads the values of ``sources``, and return its field."""
        self._names.append(name)
        self._read.append(tuple(zip(sources, footprints, strict=True)))
        self.shapes.append(shape)
        if WHOLE in footprints or self._is_one_place(sources, shape):
            field = self._whole(sources)
        else:
            shapes = tuple([self.shapes[source] for source in sources])
            above = tuple(map(self._above, sources, footprints))
            field = field_of(name, footprints, shapes, shape, above, self.extent)
        self.fields.append(field)
        return field

    def _is_one_place(self, sources: Sequence[int], shape: Shape) -> bool:
        """Say whether a vector is made of a map of a single place, so that all its numbers see the same."""
        above = self.shapes[sources[0]] if sources else ()
        return len(shape) == 1 < len(above) and set(places(above)) == {1}

    def _whole(self, sources: Sequence[int]) -> Field:
        """Return the field of units that read all of their inputs."""
        above = [self.fields[source] for source in sources]
        if all(field.shared and field.axes == above[0].axes for field in above):
            return above[0]
        try:
            return one_region(self.seen([(source, self._all(source)) for source in sources]), self.extent)
        except UntraceableError as untraceable:
            return Field(because=untraceable.because)

    def _above(self, source: int, footprint: Footprint) -> Field:
        """Return the field of what a layer reads: one region along an axis of which every unit reads all."""
        field, shape = self.fields[source], self.shapes[source]
        if field.because is not None or lost(footprint, len(self.extent)) or isinstance(footprint, str):
            return field
        sizes = along(places(shape), len(footprint))
        gathered = [
            size > 1 and reading == all_of(size) for reading, size in zip(footprint, sizes, strict=True)
        ]
        if not any(gathered) or field.shared:
            return field
        try:
            region = self.seen([(source, self._all(source))])
        except UntraceableError as untraceable:
            return Field(because=untraceable.because)
        each = zip(field.axes, region, gathered * (len(field.axes) // len(gathered)), strict=True)
        axes = tuple((Bounds(0, (ends[0],), (ends[1],)),) if one else axis for axis, ends, one in each)
        return structs.replace(field, axes=axes)

    def seen(self, starts: Iterable[tuple[int, Sequence[Positions]]]) -> Region:
        """Return what units of some nodes see of the input together, given by their positions per axis.

        Raises:
            UntraceableError: that cannot be known.
        """
        needed: dict[int, list[Positions]] = {}
        queue: list[int] = []
        ends = [NOTHING] * len(self.extent)
        everything = [(0, size - 1) for size in self.extent]
        for number, units in starts:
            _need(needed, queue, number, units)
        while queue and ends != everything:
            number = -heappop(queue)
            units = needed.pop(number)
            if number < self.inputs:
                found = [(axis[0], axis[-1]) if axis else NOTHING for axis in units]
            elif self.fields[number].shared:
                region = self.fields[number].region((0,) * len(self.extent))
                found = [end if axis else NOTHING for end, axis in zip(region, units, strict=True)]
            else:
                self._back(number, units, needed, queue)
                continue
            ends = [joined(a, b) for a, b in zip(ends, found, strict=True)]
        return tuple(ends)

    def _back(
        self, number: int, units: list[Positions], needed: dict[int, list[Positions]], queue: list[int]
    ) -> None:
        """Go one layer back, to what some of its units read."""
        for source, footprint in self._read[number]:
            if lost(footprint, len(self.extent)):
                raise UntraceableError(self._names[number])
            sizes = along(places(self.shapes[source]), len(self.extent))
            if isinstance(footprint, str):
                read = self._all(source)
            else:
                readings = footprint * (len(self.extent) // len(footprint))
                read = _together(readings, units, sizes)
            if any(isinstance(axis, tuple) and len(axis) > MAX_PLACES for axis in read):
                raise UntraceableError(self._names[number])
            _need(needed, queue, source, read)

    def _all(self, number: int) -> list[Positions]:
        return [range(size) for size in along(places(self.shapes[number]), len(self.extent))]


def _together(
    readings: tuple[Reading, ...], units: Sequence[Positions], sizes: Sequence[int]
) -> list[Positions]:
    """Return what units read along each axis."""
    read: list[Positions] = []
    before = None
    for each in zip(readings, units, sizes, strict=True):
        reading, axis, size = each
        if each == before:  # as of a square
            read.append(read[-1])
        elif reading is POINT and (not axis or axis[-1] < size):
            read.append(axis)
        else:
            read.append(reading.together(axis, size))
        before = each
    return read


def _need(
    needed: dict[int, list[Positions]], queue: list[int], number: int, units: Sequence[Positions]
) -> None:
    """Note that units of a node are to be gone back from."""
    if number in needed:
        needed[number] = [united(pair) for pair in zip(needed[number], units, strict=True)]
    else:
        needed[number] = [*units]
        heappush(queue, -number)
