"""The fields of a network's nodes, one after the other, and what units of any of them see of the input.

A receptive field is a pattern that goes on beyond every border. What units really see of an input, cut off
where a map between ends, is found the other way: back from them, layer by layer, to the input.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from msgspec import structs

from cnnstat.analysis.bounds import NO_REGION, joined
from cnnstat.analysis.layer_field import field_of
from cnnstat.analysis.long_patterns import LongPatterns
from cnnstat.analysis.receptive_field import EVERY, UNSEEN, Field, along, lost, one_region, starts
from cnnstat.analysis.sliding import slid, slides
from cnnstat.base.limits import MAX_PLACES
from cnnstat.layers.base import WHOLE, Footprint, Shape, places
from cnnstat.layers.footprint import POINT, Bounds, all_of, is_row, united

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis.model import Analysis
    from cnnstat.analysis.receptive_field import Region
    from cnnstat.layers.footprint import Positions, Reading


_STEP = 4
"""A step back to one layer takes as long as to look at so many outputs of a pattern."""


class UntraceableError(Exception):
    """What units see cannot be known, or would take too long to find; `because` of a layer."""

    def __init__(self, because: str) -> None:
        self.because = because
        super().__init__(because)


class Fields:
    """The fields of nodes by their number: those of the inputs first, then one for each layer added.

    Fields are on one of the inputs, the ``of``-th. What depends on others alone sees nothing of it.
    """

    def __init__(self, inputs: Sequence[Shape], patterns: LongPatterns, of: int = 0) -> None:
        self._patterns = patterns
        self.inputs = len(inputs)
        self.extent = places(inputs[of])
        self.shapes = [*inputs]
        self.fields = [*starts(inputs, of)]
        self._names = [""] * len(inputs)
        self._seen: dict[tuple[int | Positions, ...], Region] = {}
        self._read: list[tuple[tuple[int, Footprint], ...]] = [()] * len(inputs)

    def add(
        self, name: str, sources: Sequence[int], footprints: tuple[Footprint, ...], shape: Shape
    ) -> Field:
        """Add the next layer, which reads the values of ``sources``, and return its field."""
        field = self.through(name, sources, footprints, shape)
        self.put(name, sources, footprints, shape, field)
        return field

    def through(
        self, name: str, sources: Sequence[int], footprints: tuple[Footprint, ...], shape: Shape
    ) -> Field:
        """Return the field of a layer's units through ``sources``: all that it reads, or one branch alone.

        ``name`` is blamed where it is unknown.
        """
        if len(shape) > 1:
            above = [self.fields[source] for source in sources]
            field = slid(footprints, above) if all(map(slides, above)) else None
            if field is not None:
                return field
        read = self._seeing(sources, footprints)
        sources, footprints = tuple(source for source, _ in read), tuple(footprint for _, footprint in read)
        if not read:
            return UNSEEN
        if WHOLE in footprints or self._is_one_place(sources, shape):
            return self._whole(name, sources)
        shapes = tuple([self.shapes[source] for source in sources])
        fields = tuple([self._above(name, *each) for each in read])
        return field_of(name, footprints, shapes, shape, fields, self.extent, self._patterns)

    def put(
        self,
        name: str,
        sources: Sequence[int],
        footprints: tuple[Footprint, ...],
        shape: Shape,
        field: Field,
    ) -> None:
        """Add the next layer, whose field is known."""
        self._names.append(name)
        self._read.append(self._seeing(sources, footprints))
        self.shapes.append(shape)
        self.fields.append(field)

    def _seeing(
        self, sources: Sequence[int], footprints: tuple[Footprint, ...]
    ) -> tuple[tuple[int, Footprint], ...]:
        """Return what is read of nodes that see anything of the input."""
        pairs = zip(sources, footprints, strict=True)
        return tuple([pair for pair in pairs if not self.fields[pair[0]].unseen])

    def _is_one_place(self, sources: Sequence[int], shape: Shape) -> bool:
        """Say whether a vector is made of a map of a single place, so that all its numbers see the same."""
        if len(shape) > 1 or not sources:
            return False
        above = self.shapes[sources[0]]
        return len(above) > 1 and set(places(above)) == {1}

    def _whole(self, name: str, sources: Sequence[int]) -> Field:
        """Return the field of units that read all of their inputs; ``name`` is theirs."""
        above = [self.fields[source] for source in sources]
        if all(field.shared and field.axes == above[0].axes for field in above):
            return above[0]
        try:
            region = self.seen(name, [(source, self._all(source)) for source in sources])
        except UntraceableError as untraceable:
            return Field(because=untraceable.because)
        return one_region(region, self.extent)

    def _above(self, name: str, source: int, footprint: Footprint) -> Field:
        """Return the field of what a layer reads: one region along an axis of which every unit reads all.

        ``name`` is the layer's.
        """
        field, shape = self.fields[source], self.shapes[source]
        if field.because is not None or lost(footprint, len(self.extent)) or isinstance(footprint, str):
            return field
        sizes = along(places(shape), len(footprint))
        gathered = [
            not reading.advance and size > 1 and reading == all_of(size)
            for reading, size in zip(footprint, sizes, strict=True)
        ]
        if not any(gathered) or field.shared:
            return field
        try:
            region = self.seen(name, [(source, self._all(source))])
        except UntraceableError as untraceable:
            return Field(because=untraceable.because)
        together = gathered * (len(field.axes) // len(gathered))
        each = zip(field.axes, region, together, strict=True)
        axes = tuple((Bounds(0, (ends[0],), (ends[1],)),) if one else axis for axis, ends, one in each)
        alike = tuple(EVERY if one else each for each, one in zip(field.alike, together, strict=True))
        return structs.replace(field, axes=axes, alike=alike)

    def seen(self, name: str, starts: Iterable[tuple[int, Sequence[Positions]]]) -> Region:
        """Return what units of some nodes see of the input together, given by their positions per axis.

        ``name`` is the layer that they are looked at for, to be blamed where the way back takes too long.

        Raises:
            UntraceableError: that cannot be known.
        """
        needed: dict[int, list[Positions]] = {}
        queue: list[int] = []
        ends: Region = (NO_REGION,) * len(self.extent)
        passed = []
        everything = tuple((0, size - 1) for size in self.extent)
        for number, units in starts:
            need(needed, queue, number, units)
        while queue and ends != everything:
            number = -heappop(queue)
            units = needed.pop(number)
            if not needed and set(ends) == {NO_REGION}:  # all that is seen is seen from here
                passed.append((number, *units))
                if passed[-1] in self._seen:
                    ends = self._seen[passed[-1]]
                    break
            if number < self.inputs:
                found = [(axis[0], axis[-1]) for axis in units]
            elif self.fields[number].shared:
                found = [*self.fields[number].region((0,) * len(self.extent))]
            else:
                if not self._back(number, units, needed, queue):
                    raise UntraceableError(name)
                continue
            ends = tuple(joined(a, b) for a, b in zip(ends, found, strict=True))
        self._seen.update(dict.fromkeys(passed, ends))
        return ends

    def _back(
        self, number: int, units: list[Positions], needed: dict[int, list[Positions]], queue: list[int]
    ) -> bool:
        """Go one layer back, to what some of its units read; say whether that does not take too long."""
        for source, footprint in self._read[number]:
            if lost(footprint, len(self.extent)):
                raise UntraceableError(self._names[number])
            sizes = along(places(self.shapes[source]), len(self.extent))
            if isinstance(footprint, str):
                read = self._all(source)
            else:
                readings = footprint * (len(self.extent) // len(footprint))
                if not self._patterns.spend(_STEP + _looks(readings, units)):
                    return False
                read = _together(readings, units, sizes)
            if not self._patterns.spend(sum(len(axis) for axis in read if not is_row(axis))):
                return False
            if any(isinstance(axis, tuple) and len(axis) > MAX_PLACES for axis in read):
                raise UntraceableError(self._names[number])
            need(needed, queue, source, read)
        return True

    def _all(self, number: int) -> list[Positions]:
        return [range(size) for size in along(places(self.shapes[number]), len(self.extent))]


def known_fields(analysis: Analysis, layers: int) -> Fields:
    """Return the fields of the inputs of a network and of so many of its layers, to ask what else is seen."""
    fields = Fields(analysis.graph.input_shapes, LongPatterns(len(analysis.rows)), analysis.of)
    for row in analysis.rows[:layers]:
        fields.put(row.name, row.node.values, row.calculated.footprints, row.output_shape, row.field)
    return fields


def _looks(readings: tuple[Reading, ...], units: Sequence[Positions]) -> int:
    """Return how many positions are looked at to find what units read."""
    return sum(
        reading.looks(axis) for reading, axis in zip(readings, units, strict=True) if reading is not POINT
    )


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


def need(
    needed: dict[int, list[Positions]], queue: list[int], number: int, units: Sequence[Positions]
) -> None:
    """Note that units of a node are to be gone back from: none where there are none along one axis."""
    if not all(units):
        return
    if number in needed:
        needed[number] = [united(pair) for pair in zip(needed[number], units, strict=True)]
    else:
        needed[number] = [*units]
        heappush(queue, -number)
