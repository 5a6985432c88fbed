"""How a piece is wired, apart from any numbers: most pieces of a spec have one of a few forms.

Within a list of entries, nodes are numbered as in a whole graph: first the inputs of the list, then what each
child puts out, as far as anybody outside of the child may read it. What stays within a child has no number.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

from cnnstat.analysis.composition.beyond import Beyond

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis.composition.plan import Plan
    from cnnstat.layers.base import Reads

Repetitions: TypeAlias = "tuple[tuple[Form, bool], ...]"
"""The form of each repetition that is placed, and whether it stands for more behind it."""


class LeafForm(Struct, frozen=True):
    """What of a layer matters to memory: whether it is a view, has trained numbers, and what backward reads.

    ``values`` is the number of inputs whose values it reads (None: all).
    """

    arity: int
    view: bool
    trained: bool
    values: int | None
    reads: Reads


class Place(Struct, frozen=True):
    """A child in its place: the nodes that it reads, and the first of the nodes that it puts out.

    Does it stand for more repetitions, ``carried`` says of each input of the next one which of the child's
    nodes it reads; -1 for none of them. ``repetition`` is its number among those that are placed.
    """

    form: Form
    name: str
    repetition: int | None
    sources: tuple[int, ...]
    start: int
    carried: tuple[int, ...] | None


class Form(Struct, frozen=True, eq=False, dict=True):
    """A form.

    ``outputs`` says of each output which node it is: an input (its position), or one of its own (~position).
    ``exported`` are the numbers that its own nodes have among its children. ``reads`` says which inputs a
    layer of it reads, ``read`` which of its nodes is read within it, or need not be. ``storage`` says of each
    node, inputs and those of children, whose memory it takes: an input's (its position), or one of the
    piece's own (the number of inputs further on), which come from a child each (``origins``: the child, and
    which of its exported memories). ``outside`` says so of the nodes that may be read outside, where own
    memories are ~positions among the ``exported_memories``. What is found out later is ``known``.
    """

    arity: int
    outputs: tuple[int, ...]
    exported: tuple[int, ...]
    reads: tuple[bool, ...]
    read: tuple[bool, ...]
    leaf: LeafForm | None
    places: tuple[Place, ...]
    storage: tuple[int, ...]
    origins: tuple[tuple[int, int], ...]
    outside: tuple[int, ...]
    exported_memories: tuple[int, ...]
    known: dict[Any, Any]

    @cached_property
    def exported_origins(self) -> tuple[tuple[int, int], ...]:
        """Return where the exported memories come from."""
        return tuple([self.origins[at] for at in self.exported_memories])


def leaf_form(leaf: LeafForm) -> Form:
    """Return the form of a layer."""
    arity = leaf.arity
    outside, exported = ((0,), ()) if leaf.view else ((~0,), (0,))
    return Form(arity, (~0,), (arity,), (True,) * arity, (False,), leaf, (), (), (), outside, exported, {})


class Wiring:
    """A list of entries while its children are put in their places, one after the other."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.slots = [*range(plan.arity), *[-1] * plan.slots]
        self.count = plan.arity
        self.places: list[Place] = []
        self.unused: list[int] = []

    def form(self, steps: Iterable[Repetitions]) -> Form:
        """Return the form of the list, by the forms of what each of its steps comes to.

        Raises:
            Beyond: there is a layer that nobody reads.
        """
        for step, repetitions in zip(self.plan.steps, steps, strict=True):
            sources = tuple([self.slots[number] for number in step.sources])
            for r, (form, more) in enumerate(repetitions):
                number = None if step.repeat is None else r
                outputs = self._place(form, step.name, number, sources, step.carried if more else None)
                if step.entry.unused:
                    self.unused += outputs
                last = r == len(repetitions) - 1
                for slot in step.slots:
                    if slot.repetition == r or (last and slot.repetition < 0):
                        self.slots[slot.number] = outputs[slot.output]
                sources = tuple([outputs[o] if o >= 0 else sources[i] for i, o in enumerate(step.carried)])
        return self._finished()

    def _place(
        self,
        form: Form,
        name: str,
        repetition: int | None,
        sources: tuple[int, ...],
        carried: tuple[int, ...] | None,
    ) -> tuple[int, ...]:
        """Put a child behind those before it; return the nodes that are its outputs."""
        start = self.count
        self.count += len(form.exported)
        if carried is not None:
            carried = tuple([~form.outputs[o] if o >= 0 > form.outputs[o] else -1 for o in carried])
        self.places.append(Place(form, name, repetition, sources, start, carried))
        return tuple([sources[o] if o >= 0 else start + ~o for o in form.outputs])

    def _finished(self) -> Form:
        arity, outputs = self.plan.arity, [self.slots[number] for number in self.plan.outputs]
        read = self._read()
        exported = tuple(dict.fromkeys([node for node in outputs if node >= arity]))
        missed = {node for node in range(arity, self.count) if not read[node]}
        if not missed.issubset(exported):
            raise Beyond("a layer that nobody reads")
        own = {node: ~i for i, node in enumerate(exported)}
        storage, origins = self._storage()
        outside = [storage[node] for node in exported]
        memories = [*dict.fromkeys(at - arity for at in outside if at >= arity)]
        seen = {at + arity: ~i for i, at in enumerate(memories)}
        return Form(
            arity,
            tuple([own.get(node, node) for node in outputs]),
            exported,
            tuple(read[:arity]),
            tuple([read[node] for node in exported]),
            None,
            tuple(self.places),
            tuple(storage),
            tuple(origins),
            tuple([seen.get(at, at) for at in outside]),
            tuple(memories),
            {},
        )

    def _read(self) -> Sequence[bool]:
        """Return which nodes are read within the list, or need not be."""
        read = [False] * self.count
        for place in self.places:
            for reads, source in zip(place.form.reads, place.sources, strict=True):
                read[source] = read[source] or reads
            for i, within in enumerate(place.form.read, place.start):
                read[i] = read[i] or within
        for node in self.unused:
            read[node] = True
        return read

    def _storage(self) -> tuple[list[int], list[tuple[int, int]]]:
        storage = [*range(self.plan.arity)]
        origins: list[tuple[int, int]] = []
        for c, place in enumerate(self.places):
            first = self.plan.arity + len(origins)
            origins += [(c, i) for i in range(len(place.form.exported_memories))]
            storage += [storage[place.sources[at]] if at >= 0 else first + ~at for at in place.form.outside]
        return storage, origins
