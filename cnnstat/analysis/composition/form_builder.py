"""The form of a list of entries, from the forms of its children."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.form import Form, FormCache, Link, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis.composition.slots import Carried
    from cnnstat.analysis.composition.steps import StepList

Repetitions: TypeAlias = "tuple[tuple[Form, bool], ...]"
"""The form of each repetition that is placed, and whether it stands for more behind it."""


class FormBuilder:
    """A list of entries while its children are put in their places, one after the other."""

    def __init__(self, step_list: StepList) -> None:
        self.step_list = step_list
        self.slots = [*range(step_list.arity), *[-1] * step_list.slots]
        self.count = step_list.arity
        self.places: list[Place] = []
        self.unused: list[int] = []

    def form(self, steps: Iterable[Repetitions]) -> Form:
        """Return the form of the list, by the forms of what each of its steps comes to.

        Raises:
            Beyond: there is a layer that nobody reads.
        """
        for step, repetitions in zip(self.step_list.steps, steps, strict=True):
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
                sources = tuple([sources[i] if o is None else outputs[o] for i, o in enumerate(step.carried)])
        return self._finished()

    def _place(
        self,
        form: Form,
        name: str,
        repetition: int | None,
        sources: tuple[int, ...],
        carried: Carried | None,
    ) -> tuple[int, ...]:
        """Put a child behind those before it; return the nodes that are its outputs."""
        start = self.count
        self.count += len(form.exported)
        if carried is not None:
            links = [None if o is None else form.outputs[o] for o in carried]
            carried = tuple([link.number if link and link.own else None for link in links])
        self.places.append(Place(form, name, repetition, sources, start, carried))
        return tuple([link.among(sources, range(start, self.count)) for link in form.outputs])

    def _finished(self) -> Form:
        arity, outputs = self.step_list.arity, [self.slots[number] for number in self.step_list.outputs]
        read = self._read()
        exported = tuple(dict.fromkeys([node for node in outputs if node >= arity]))
        missed = {node for node in range(arity, self.count) if not read[node]}
        if not missed.issubset(exported):
            raise Beyond("a layer that nobody reads")
        own = {node: i for i, node in enumerate(exported)}
        storage, origins = self._storage()
        outside = [storage[node] for node in exported]
        memories = [*dict.fromkeys(at - arity for at in outside if at >= arity)]
        shared = {at + arity: i for i, at in enumerate(memories)}
        return Form(
            arity,
            tuple([_link(node, own) for node in outputs]),
            exported,
            tuple(read[:arity]),
            tuple([read[node] for node in exported]),
            None,
            tuple(self.places),
            tuple(storage),
            tuple(origins),
            tuple([_link(at, shared) for at in outside]),
            tuple(memories),
            FormCache(),
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
        storage = [*range(self.step_list.arity)]
        origins: list[tuple[int, int]] = []
        for c, place in enumerate(self.places):
            first = self.step_list.arity + len(origins)
            origins += [(c, i) for i in range(len(place.form.exported_memories))]
            inputs = [storage[source] for source in place.sources]
            own = range(first, self.step_list.arity + len(origins))
            storage += [link.among(inputs, own) for link in place.form.outside]
        return storage, origins


def _link(number: int, own: dict[int, int]) -> Link:
    """Return an input, or one of those that are a piece's own by their numbers."""
    return Link(number in own, own.get(number, number))
