"""The fields of the nodes of a piece, and what its units see of the network's input: `Fields`, in pieces."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, TypeAlias

from cnnstat.analysis.bounds import NO_REGION, joined
from cnnstat.analysis.composition.affine import applied, plain
from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.fields import Fields, UntraceableError, need
from cnnstat.analysis.long_patterns import Looks
from cnnstat.analysis.receptive_field import UNLIKE, Field, starts
from cnnstat.layers.base import places
from cnnstat.layers.footprint import POINT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis.composition.behaviour import Behaviour
    from cnnstat.analysis.composition.form import Place
    from cnnstat.analysis.composition.slots import Carried
    from cnnstat.analysis.receptive_field import Region
    from cnnstat.layers.base import Footprint, Shape
    from cnnstat.layers.footprint import Positions

Needed: TypeAlias = "dict[int, list[Positions]]"
"""Units of nodes, by the node, per axis."""


_REMEMBERED = 10_000  # fields, or units, for each behaviour


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
        self.looked_outside = self._asked = False
        self._names = [""] * self.inputs
        self._read: list[tuple[tuple[int, Footprint], ...]] = [()] * self.inputs
        self._owners = [-1] * self.inputs
        self._within: dict[int, FieldsWithin] = {}
        self._sliding: set[int] = set()
        self._everything = tuple([(0, size - 1) for size in extent])
        for c in range(len(behaviour.children)):
            self._add(c)

    @classmethod
    def of_network(cls, behaviour: Behaviour, inputs: Sequence[Shape], of: int, looks: Looks) -> FieldsWithin:
        """Return the fields of a whole network on one of its inputs."""
        return cls(behaviour, starts(inputs, of), None, (), "", looks, places(inputs[of]))

    @property
    def spent(self) -> int:
        """Return how long it took to find them, in outputs of long patterns."""
        return self._looks.spent

    def followed(self, behaviour: Behaviour, looks: Looks) -> FieldsWithin:
        """Return the fields of a network whose first children are these; ``looks`` begin with theirs."""
        whole = copy(self)
        whole._patterns = whole._looks = looks
        whole.behaviour, whole.shapes, whole.fields = behaviour, [*behaviour.shapes], [*self.fields]
        whole._names, whole._read, whole._owners = [*self._names], [*self._read], [*self._owners]
        whole._within, whole._sliding = {**self._within}, {*self._sliding}
        for c in range(len(self.behaviour.children), len(behaviour.children)):
            whole._add(c)
        return whole

    # -- on the way down ---------------------------------------------------------------------------

    def _add(self, c: int) -> None:
        """Add the next child."""
        each, place, more = self.behaviour.children[c]
        self.fields += self._through(c, each, place, more)
        self._owners += [c] * len(each.exported)
        if each.is_leaf:
            self._names.append(self._path + self.behaviour.names[c])
            self._read.append(self._seeing(place.sources[: each.values], each.footprints))
        else:
            self._names += [""] * len(each.exported)  # none is ever blamed
            self._read += [()] * len(each.exported)

    def _through(self, c: int, each: Behaviour, place: Place, more: int) -> tuple[Field, ...]:
        """Return the fields of what a child puts out, worked out once for each that may arrive."""
        arriving = tuple([self.fields[source] for source in place.sources])
        key = self.extent, arriving, more, place.carried
        known = each.known.get(key)
        if known is None:
            before = self._looks.spent
            fields, slides, here = self._found(c, each, place, more, arriving)
            known = fields, self._looks.spent - before, slides
            if not here:
                if len(each.known) >= _REMEMBERED:
                    each.known.clear()
                each.known[key] = known
        else:
            fields, spent, slides = known
            self._looks.spent += spent
        if slides:
            self._sliding.add(c)
        return fields

    def _found(
        self, c: int, each: Behaviour, place: Place, more: int, arriving: tuple[Field, ...]
    ) -> tuple[tuple[Field, ...], bool, bool]:
        """Return the fields of what a child puts out, if units slide on, and if they are such here alone."""
        if each.functions is not None and plain(arriving[0]):
            further = _applied(each, place, more, arriving[0])
            if further is not None:
                return further, True, False
        if each.is_leaf:
            asked, self._asked = self._asked, False
            sources = place.sources[: each.values]
            name = self._path + self.behaviour.names[c]
            fields: tuple[Field, ...] = (self.through(name, sources, each.footprints, each.shapes[-1]),)
            here, self._asked = self._asked, asked or self._asked
        else:
            within = self._child(c)
            fields = tuple([within.fields[node] for node in each.exported])
            here = within.looked_outside
        if place.carried and _carried(place.carried, fields, arriving) != arriving:
            raise Beyond("repetitions of which each sees something else")
        blamed = {field.because for field in fields} - {field.because for field in arriving} - {None}
        return fields, False, here or bool(blamed)

    def _child(self, c: int) -> FieldsWithin:
        """Return the fields within a child."""
        if c not in self._within:
            each, place, _ = self.behaviour.children[c]
            arriving = [self.fields[source] for source in place.sources]
            path = f"{self._path}{self.behaviour.names[c]}."
            self._within[c] = FieldsWithin(
                each, arriving, self, place.sources, path, self._looks, self.extent
            )
        return self._within[c]

    # -- on the way back ---------------------------------------------------------------------------

    def seen(self, name: str, starts: Iterable[tuple[int, Sequence[Positions]]]) -> Region:
        """Return what units of some nodes see of the network's input together, as `Fields` does.

        Raises:
            UntraceableError: that cannot be known.
        """
        self._asked = True
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
        each, place, more = self.behaviour.children[c]
        nodes = range(place.start, place.start + len(each.exported))
        wanted = {i: needed.pop(node) for i, node in enumerate(nodes) if node in needed}
        if c in self._sliding and not each.is_leaf:
            for units in self._read_by_sliding(each, place, more, wanted):
                need(needed, [], place.sources[0], units)
            return ends
        carried = place.carried or ()
        for _ in range(more):
            before = ends
            read, ends = self._read_by(c, wanted, ends)
            further: Needed = {}
            for i, units in read.items():
                node = carried[i]
                if node is None:
                    need(needed, [], place.sources[i], units)
                else:
                    need(further, [], node, units)
            if ends == self._everything:
                return ends
            if further == wanted and ends == before:
                break
            wanted = further
        read, ends = self._read_by(c, wanted, ends)
        for i, units in read.items():
            need(needed, [], place.sources[i], units)
        return ends

    def _read_by(self, c: int, wanted: Needed, ends: Region) -> tuple[Needed, Region]:
        """Return what some units of a child's nodes need of its inputs, and all that is seen by then."""
        each, place, _ = self.behaviour.children[c]
        if not wanted:
            return {}, ends
        if each.is_leaf:
            return self._read_by_leaf(place, wanted[0]), ends
        needed = {each.exported[i]: units for i, units in wanted.items()}
        ends = self._child(c)._inside(needed, ends)
        return needed, ends

    def _read_by_leaf(self, place: Place, units: list[Positions]) -> Needed:
        """Return the same for a layer."""
        read: Needed = {}
        self._back(place.start, units, read, [])
        return {place.sources.index(source): found for source, found in read.items()}

    def _read_by_sliding(
        self, each: Behaviour, place: Place, more: int, wanted: Needed
    ) -> Iterable[list[Positions]]:
        """Return what is read of the only input where units slide on, wherever they stand."""
        key = (more, place.carried, *[(i, *wanted[i]) for i in sorted(wanted)])
        known = each.back.get(key)
        if known is None:
            if len(each.back) >= _REMEMBERED:
                each.back.clear()
            known = each.back[key] = _back_through(each, place, more, wanted, self.extent)
        units, spent = known
        self._looks.spent += spent
        return () if units is None else ([*units],)


def _back_through(
    each: Behaviour, place: Place, more: int, wanted: Needed, extent: Shape
) -> tuple[tuple[Positions, ...] | None, int]:
    """Return what units of a piece of sliding windows read of its input, and how long that takes to find."""
    axes = len(each.shapes[0]) - 1
    looks = Looks()
    start = Field(((POINT,),) * axes, alike=(UNLIKE,) * axes)
    within = FieldsWithin(each, (start,), None, (), "", looks, extent)
    looks.spent = 0
    for _ in range(1 + more):
        needed = {each.exported[i]: units for i, units in wanted.items()}
        try:
            within._inside(needed, (NO_REGION,) * axes)
        except UntraceableError:
            raise Beyond("units whose way back would be blamed on a layer") from None
        if not needed:
            return None, looks.spent
        again = {} if place.handed_on is None else {place.handed_on: needed[0]}
        if again == wanted:
            break  # all that are left read the same, and look at the same
        wanted = again
    return tuple(needed[0]), looks.spent * (1 + more)


def _joined(ends: Region, found: Iterable[tuple[int, int]]) -> Region:
    return tuple([joined(a, b) for a, b in zip(ends, found, strict=True)])


def _applied(each: Behaviour, place: Place, more: int, field: Field) -> tuple[Field, ...] | None:
    """Return the fields that a plain one slides to in a child; None where one is too large."""
    functions = each.functions or ()
    base: Field | None = field
    if place.handed_on is not None:
        base = applied(field, functions[place.handed_on], more)
    fields = [applied(base, function) if base else None for function in functions]
    return tuple([found for found in fields if found]) if all(fields) else None


def _carried(carried: Carried, found: tuple[Field, ...], arriving: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return the fields that the next repetition reads."""
    return tuple(
        [field if node is None else found[node] for node, field in zip(carried, arriving, strict=True)]
    )
