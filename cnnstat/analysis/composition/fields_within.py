"""The fields of the nodes of a piece, and what its units see of the network's input: `Fields`, in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cnnstat.analysis.bounds import NO_REGION, joined
from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.growth import Behaviour, grown, plain
from cnnstat.analysis.fields import Fields, UntraceableError, need
from cnnstat.analysis.long_patterns import Looks
from cnnstat.analysis.receptive_field import UNLIKE, Field, starts
from cnnstat.layers.base import places
from cnnstat.layers.footprint import POINT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis.composition.piece import Child
    from cnnstat.analysis.receptive_field import Region
    from cnnstat.layers.base import Footprint, Shape
    from cnnstat.layers.footprint import Positions

Needed: TypeAlias = "dict[int, list[Positions]]"
"""Units of nodes, by the node, per axis."""


class FieldsWithin(Fields):
    """The fields of the nodes of one piece, by their numbers in it, where it stands.

    ``parent`` are those of the piece around it, and ``sources`` what this one reads of that; the network
    itself stands in none.
    """

    def __init__(
        self,
        behaviour: Behaviour,
        fields: Sequence[Field],
        parent: FieldsWithin | None,
        sources: tuple[int, ...],
        path: str,
        looks: Looks,
        extent: Shape,
    ) -> None:
        self._patterns = self._looks = looks
        self.behaviour, self.parent, self.sources, self._path = behaviour, parent, sources, path
        self.inputs = behaviour.arity
        self.extent = extent
        self.shapes = [*behaviour.shapes]
        self.fields = [*fields]
        self.looked_outside = False
        self._names = [""] * self.inputs
        self._read: list[tuple[tuple[int, Footprint], ...]] = [()] * self.inputs
        self._owners = [-1] * self.inputs
        self._within: dict[int, FieldsWithin] = {}
        self._growing: set[int] = set()
        self._everything = tuple([(0, size - 1) for size in extent])
        for c, (each, child) in enumerate(behaviour.children):
            self.fields += self._through(c, each, child)
            self._owners += [c] * len(each.exported)
            if each.is_leaf:
                self._names.append(path + child.name)
                self._read.append(self._seeing(child.sources[: each.values], each.footprints))
            else:
                self._names += [path + child.name] * len(each.exported)
                self._read += [()] * len(each.exported)

    @classmethod
    def of_network(cls, behaviour: Behaviour, inputs: Sequence[Shape], of: int, looks: Looks) -> FieldsWithin:
        """Return the fields of a whole network on one of its inputs."""
        return cls(behaviour, starts(inputs, of), None, (), "", looks, places(inputs[of]))

    # -- on the way down ---------------------------------------------------------------------------

    def _through(self, c: int, each: Behaviour, child: Child) -> tuple[Field, ...]:
        """Return the fields of what a child puts out."""
        arriving = tuple([self.fields[source] for source in child.sources])
        if each.growths is not None and plain(arriving[0]):
            fields = self._grown(c, each, child, arriving[0])
            if fields is not None:
                self._growing.add(c)
                return fields
        found = self._once(c, each, child, arriving)
        if child.more and self._carried(c, found, arriving) != arriving:
            raise Beyond("repetitions of which each sees something else")
        return found

    def _grown(self, c: int, each: Behaviour, child: Child, field: Field) -> tuple[Field, ...] | None:
        """Return the fields that a plain one grows to; None where one is too large."""
        growths = each.growths or ()
        base: Field | None = field
        if child.more:
            base = grown(field, growths[self.behaviour.carried(c)[0]], child.more)
        fields = [grown(base, growth) if base else None for growth in growths]
        return tuple([found for found in fields if found]) if all(fields) else None

    def _carried(self, c: int, found: tuple[Field, ...], arriving: tuple[Field, ...]) -> tuple[Field, ...]:
        """Return the fields that the next repetition reads."""
        each = zip(self.behaviour.carried(c), arriving, strict=True)
        return tuple([field if node < 0 else found[node] for node, field in each])

    def _once(self, c: int, each: Behaviour, child: Child, arriving: tuple[Field, ...]) -> tuple[Field, ...]:
        """Return the fields behind a child that is gone through, once for each that may arrive."""
        if each.is_leaf:
            sources = child.sources[: each.values]
            return (self.through(self._path + child.name, sources, each.footprints, each.shapes[-1]),)
        key = self.extent, arriving
        if key in each.known:
            fields, spent = each.known[key]
            self._looks.spend(spent)
            return fields
        before = self._looks.spent
        within = self._child(c)
        fields = tuple([within.fields[node] for node in each.exported])
        blamed = {field.because for field in fields} - {field.because for field in arriving} - {None}
        if not within.looked_outside and not blamed:  # else it is of this place alone
            each.known[key] = fields, self._looks.spent - before
        return fields

    def _child(self, c: int) -> FieldsWithin:
        """Return the fields within a child."""
        if c not in self._within:
            each, child = self.behaviour.children[c]
            arriving = [self.fields[source] for source in child.sources]
            path = f"{self._path}{child.name}."
            self._within[c] = FieldsWithin(
                each, arriving, self, child.sources, path, self._looks, self.extent
            )
        return self._within[c]

    # -- on the way back ---------------------------------------------------------------------------

    def seen(self, name: str, starts: Iterable[tuple[int, Sequence[Positions]]]) -> Region:
        """Return what units of some nodes see of the network's input together, as `Fields` does.

        Raises:
            UntraceableError: that cannot be known.
        """
        needed: Needed = {}
        for number, units in starts:
            need(needed, [], number, units)
        return self._region(needed, (NO_REGION,) * len(self.extent))

    def _region(self, needed: Needed, ends: Region) -> Region:
        """Return what units of nodes see together, beside what is seen already."""
        ends = self._inside(needed, ends)
        if ends == self._everything or not needed:
            return ends
        if self.parent is not None:
            self.looked_outside = True
            above: Needed = {}
            for i in sorted(needed, reverse=True):
                need(above, [], self.sources[i], needed[i])
            return self.parent._region(above, ends)
        for number in sorted(needed, reverse=True):
            if ends != self._everything:
                ends = _joined(ends, [(axis[0], axis[-1]) for axis in needed[number]])
        return ends

    def _inside(self, needed: Needed, ends: Region) -> Region:
        """Go back through all children; what is left are units of the inputs.

        Nodes are gone back from in the order that `Fields` has: from the last to the first.
        """
        while needed and ends != self._everything:
            number = max(needed)
            if number < self.inputs:
                break
            if self.fields[number].shared and self.behaviour.children[self._owners[number]][0].is_leaf:
                del needed[number]
                ends = _joined(ends, self.fields[number].region((0,) * len(self.extent)))
            else:
                ends = self._past(self._owners[number], needed, ends)
        return ends

    def _past(self, c: int, needed: Needed, ends: Region) -> Region:
        """Go back through a child, from all of its nodes, and through the repetitions that it stands for."""
        each, child = self.behaviour.children[c]
        nodes = range(child.start, child.start + len(each.exported))
        wanted = {i: needed.pop(node) for i, node in enumerate(nodes) if node in needed}
        carried = self.behaviour.carried(c) if child.more else ()
        for _ in range(child.more):
            before = ends
            read, ends = self._read_by(c, wanted, ends)
            further: Needed = {}
            for i, units in read.items():
                if carried[i] >= 0:
                    need(further, [], carried[i], units)
                else:
                    need(needed, [], child.sources[i], units)
            if ends == self._everything:
                return ends
            if further == wanted and ends == before:
                break
            wanted = further
        read, ends = self._read_by(c, wanted, ends)
        for i, units in read.items():
            need(needed, [], child.sources[i], units)
        return ends

    def _read_by(self, c: int, wanted: Needed, ends: Region) -> tuple[Needed, Region]:
        """Return what some units of a child's nodes need of its inputs, and all that is seen by then."""
        each, child = self.behaviour.children[c]
        if not wanted:
            return {}, ends
        if each.is_leaf:
            return self._read_by_leaf(child, wanted[0]), ends
        if c in self._growing:
            return self._read_by_growing(each, wanted), ends
        needed = {each.exported[i]: units for i, units in wanted.items()}
        ends = self._child(c)._inside(needed, ends)
        return needed, ends

    def _read_by_leaf(self, child: Child, units: list[Positions]) -> Needed:
        """Return the same for a layer."""
        read: Needed = {}
        self._back(child.start, units, read, [])
        return {child.sources.index(source): found for source, found in read.items()}

    def _read_by_growing(self, each: Behaviour, wanted: Needed) -> Needed:
        """Return the same for a piece whose units slide on, which does not follow from where it stands."""
        key = tuple([(i, *wanted[i]) for i in sorted(wanted)])
        if key not in each.back:
            axes = len(each.shapes[0]) - 1
            looks = Looks()
            start = Field(((POINT,),) * axes, alike=(UNLIKE,) * axes)
            within = FieldsWithin(each, (start,), None, (), "", looks, self.extent)
            looks.spent = 0
            needed = {each.exported[i]: units for i, units in wanted.items()}
            try:
                within._inside(needed, (NO_REGION,) * axes)
            except UntraceableError:
                raise Beyond("units whose way back would be blamed on a layer") from None
            each.back[key] = (tuple(needed[0]) if needed else None), looks.spent
        units, spent = each.back[key]
        self._looks.spend(spent)
        return {} if units is None else {0: [*units]}


def _joined(ends: Region, found: Iterable[tuple[int, int]]) -> Region:
    return tuple([joined(a, b) for a, b in zip(ends, found, strict=True)])
