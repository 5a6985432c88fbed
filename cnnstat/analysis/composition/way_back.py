"""What units see of the network's input, on the way back through pieces: `Fields.seen`, in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cnnstat.analysis.bounds import NO_REGION, joined
from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.fields import Fields, UntraceableError, need
from cnnstat.analysis.long_patterns import Looks
from cnnstat.analysis.receptive_field import UNLIKE, Field
from cnnstat.layers.footprint import POINT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis.composition.behaviour import Behaviour
    from cnnstat.analysis.composition.form import Place
    from cnnstat.analysis.receptive_field import Region
    from cnnstat.layers.base import Shape
    from cnnstat.layers.footprint import Positions

Needed: TypeAlias = "dict[int, list[Positions]]"
"""Units of nodes, by the node, per axis."""

REMEMBERED = 10_000
"""Fields, or units, for each behaviour."""


class WayBack(Fields):
    """The fields of the nodes of a piece, as far as they are there, and the way back from its units.

    ``parent`` is the piece around it, and ``sources`` are the nodes of that which this one reads; the network
    itself stands in none. ``looked_outside`` says that units have been followed into the parent.
    """

    behaviour: Behaviour
    parent: WayBack | None
    sources: tuple[int, ...]
    extent: Shape
    looked_outside: bool
    _asked: bool
    _looks: Looks
    _owners: list[int]
    _sliding: set[int]
    _everything: Region

    def _child(self, c: int) -> WayBack:
        """Return the fields within a child."""
        raise NotImplementedError

    def _by_itself(self, each: Behaviour, start: Field, looks: Looks) -> WayBack:
        """Return the fields within a child of one input that stands nowhere."""
        raise NotImplementedError

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
            if len(each.back) >= REMEMBERED:
                each.back.clear()
            known = each.back[key] = self._back_through(each, place, more, wanted)
        units, spent = known
        self._looks.spent += spent
        return () if units is None else ([*units],)

    def _back_through(
        self, each: Behaviour, place: Place, more: int, wanted: Needed
    ) -> tuple[tuple[Positions, ...] | None, int]:
        """Return what units of sliding windows read of the input, and how long that takes to find."""
        axes = len(each.shapes[0]) - 1
        looks = Looks()
        start = Field(((POINT,),) * axes, alike=(UNLIKE,) * axes)
        within = self._by_itself(each, start, looks)
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
