"""The fields of the nodes of a piece, on the way down from the network's inputs: `Fields`, in pieces."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from cnnstat.analysis.composition.affine import applied, plain
from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.way_back import REMEMBERED, WayBack
from cnnstat.analysis.receptive_field import starts
from cnnstat.layers.base import places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.composition.behaviour import Behaviour
    from cnnstat.analysis.composition.form import Place
    from cnnstat.analysis.composition.slots import Carried
    from cnnstat.analysis.long_patterns import Looks
    from cnnstat.analysis.receptive_field import Field
    from cnnstat.layers.base import Footprint, Shape


class FieldsWithin(WayBack):
    """The fields of the nodes of one piece, by their numbers in it, where it stands."""

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
                if len(each.known) >= REMEMBERED:
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

    def _by_itself(self, each: Behaviour, start: Field, looks: Looks) -> FieldsWithin:
        return FieldsWithin(each, (start,), None, (), "", looks, self.extent)


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
