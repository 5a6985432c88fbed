"""How a piece is wired, apart from any numbers: most pieces of a spec have one of a few forms.

Within a list of entries, nodes are numbered as in a whole graph: first the inputs of the list, then what each
child puts out, as far as anybody outside of the child may read it. What stays within a child has no number.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field

from cnnstat.analysis.composition.beyond import Beyond

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis.composition.alive import Schedule
    from cnnstat.analysis.composition.kept import Flags, Graded, Key
    from cnnstat.analysis.composition.slots import Carried
    from cnnstat.analysis.composition.steps import StepList
    from cnnstat.layers.base import Reads

Repetitions: TypeAlias = "tuple[tuple[Form, bool], ...]"
"""The form of each repetition that is placed, and whether it stands for more behind it."""


ALIKE_BEFORE = ALIKE_BEHIND = 2
"""Of repetitions that are alike, so many are placed in front of one that stands for more, and behind those.

`alive` counts on it: what stands for more has a repetition like it on either side, and the last one, which
others read, never stands for more.
"""


class Link(Struct, frozen=True):
    """A node, or a memory, of a piece: that of an input, or one of the piece's ``own``, by its number."""

    own: bool
    number: int

    def among(self, inputs: Sequence[int], own: Sequence[int]) -> int:
        """Return which it is where these are the inputs and the piece's own."""
        return own[self.number] if self.own else inputs[self.number]


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
    nodes it reads; None where it reads what the child reads. ``repetition`` is its number among those that
    are placed.
    """

    form: Form
    name: str
    repetition: int | None
    sources: tuple[int, ...]
    start: int
    carried: Carried | None

    @property
    def handed_on(self) -> int | None:
        """Return the node that the next repetition reads at the first input; None where there is none."""
        return self.carried[0] if self.carried else None


class FormCache(Struct):
    """What `kept` and `alive` have found out of a form, by what they were asked."""

    graded: dict[Key, Graded] = field(default_factory=dict)
    depending: dict[Flags, Flags] = field(default_factory=dict)
    needing: dict[Flags, Flags] = field(default_factory=dict)
    schedules: dict[tuple[Flags, Key | None], Schedule] = field(default_factory=dict)


class Form(Struct, frozen=True, eq=False, dict=True):
    """A form.

    ``outputs`` says of each output which node it is: an input, or one of the ``exported``, which are the
    nodes that may be read outside, by the numbers they have in the list. ``reads`` says which inputs a layer
    of it reads, ``read`` which of its exported nodes is read within it, or need not be.

    Memories are numbered as nodes are: those of the inputs, then those of children (``origins``: the child,
    and which of its exported memories it is). ``storage`` says of each node whose memory it takes.
    ``outside`` says so of the exported nodes, where own memories are counted among the
    ``exported_memories``, which are numbers of ``origins``.
    """

    arity: int
    outputs: tuple[Link, ...]
    exported: tuple[int, ...]
    reads: tuple[bool, ...]
    read: tuple[bool, ...]
    leaf: LeafForm | None
    places: tuple[Place, ...]
    storage: tuple[int, ...]
    origins: tuple[tuple[int, int], ...]
    outside: tuple[Link, ...]
    exported_memories: tuple[int, ...]
    cache: FormCache

    @cached_property
    def exported_origins(self) -> tuple[tuple[int, int], ...]:
        """Return where the exported memories come from."""
        return tuple([self.origins[at] for at in self.exported_memories])


def leaf_form(leaf: LeafForm) -> Form:
    """Return the form of a layer."""
    arity = leaf.arity
    outside = Link(own=not leaf.view, number=0)
    memories = () if leaf.view else (0,)
    return Form(
        arity,
        (Link(own=True, number=0),),
        (arity,),
        (True,) * arity,
        (False,),
        leaf,
        (),
        (),
        (),
        (outside,),
        memories,
        FormCache(),
    )


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
