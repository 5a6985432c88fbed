"""The names of a list of entries, and the slots that they stand for: what an entry reads of which others."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.graph.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnnstat.spec.model import Block, Entry, Reference

LAST = -1
"""The last of all repetitions, which stands for the whole repeat."""


Carried: TypeAlias = "tuple[int | None, ...]"
"""Which output of a repetition the next one reads at each input; None where it reads what that one reads."""


class Slot(Struct, frozen=True):
    """What a later entry reads of a step: which of its outputs, in a repetition."""

    number: int
    repetition: int
    output: int


class Placed(Struct, frozen=True):
    """An entry that stands there: its number, the kind and the name of what it asks for, and what it reads.

    ``lender`` is the name of the step whose weights it uses, None for its own.
    """

    number: int
    entry: Entry
    kind: str
    name: str
    sources: tuple[int, ...]
    lender: str | None


class Slots:
    """The names of a list as far as it is read, and the slots that they stand for."""

    def __init__(
        self,
        entries: tuple[Entry, ...],
        inputs: tuple[str, ...],
        blocks: Mapping[str, Block],
        times: tuple[int, ...],
    ) -> None:
        self.names = Names(entries, inputs)
        self.slots: dict[tuple[str, int, int], Slot] = {}
        self.placed: list[Placed] = []
        self._blocks, self._times, self._arity = blocks, times, len(inputs)
        self._kinds: dict[str, tuple[str, int]] = {}
        self._may_lend: dict[str, str] = {}

    def add(self, i: int, entry: Entry, kind: str, *, present: bool) -> None:
        """Add an entry, or, if it is left out, let its name stand for what it reads."""
        name = entry.name or self.names.numbered(kind)
        sources = self._sources(entry)
        if not present:
            self.names.add(name, sources[0], entry, present=False)
            return
        if self.names.present(name):
            raise Beyond("a name that is taken")
        lender = self._lender(entry, kind)
        repeats = 0 if entry.repeat is None else self._times[i] if self._times else -1
        self.placed.append(Placed(i, entry, kind, name, sources, lender))
        self._kinds[name] = kind, repeats
        if entry.repeat is None and entry.frozen is None:
            self._may_lend[name] = kind
        self.names.add(name, self._slot(name, LAST, 0), entry, present=True)

    def outputs(self, wanted: Mapping[str, Reference] | tuple[Reference, ...]) -> tuple[int, ...]:
        """Return the slots that the list puts out: those of these names, or else the last."""
        found: list[int] = []
        if isinstance(wanted, tuple):
            for reference in wanted:
                known = self.names.get(reference.name) is not None
                if not known or self.names.present(reference.name):
                    found += self._found(reference)
        else:
            for name, reference in wanted.items():
                found += self._found(reference)
                own = self.names.get(name)
                if own is not None and own >= self._arity and own != found[-1]:
                    raise Beyond("an output with the name of another layer")
        return tuple(found) or (self.names.above,)

    def _lender(self, entry: Entry, kind: str) -> str | None:
        """Return the name of the call above whose weights an entry uses, none for its own."""
        if entry.weights is None:
            return None
        name = entry.weights.name
        if entry.repeat is not None or entry.frozen is not None or self._may_lend.get(name) != kind:
            raise Beyond("weights shared by other than two calls of one kind in one list")
        return name

    def _sources(self, entry: Entry) -> tuple[int, ...]:
        if entry.inputs is None:
            return (self.names.above,)
        return tuple(chain.from_iterable(map(self._found, entry.inputs)))

    def _found(self, reference: Reference) -> list[int]:
        number = self.names.get(reference.name)
        if number is not None:
            return [number]
        name, *path = reference.name.split(".")
        if name not in self._kinds or not path:
            raise Beyond("an unknown name")
        kind, times = self._kinds[name]
        repetitions: Iterable[int] = (LAST,)
        if times:
            if path[0] == "*":
                repetitions = range(times)
                path = path[1:]
            elif path[0].isdecimal() and path[0] == str(int(path[0])) and int(path[0]) < times:
                repetitions = (int(path[0]),)
                path = path[1:]
        named = tuple(self._blocks[kind].outputs) if kind in self._blocks else ()
        if len(path) > 1 or (path and path[0] not in named):
            raise Beyond("a path to a layer inside of a block")
        output = named.index(path[0]) if path else 0
        return [self._slot(name, repetition, output) for repetition in repetitions]

    def _slot(self, name: str, repetition: int, output: int) -> int:
        key = name, repetition, output
        if key not in self.slots:
            self.slots[key] = Slot(self._arity + len(self.slots), repetition, output)
        return self.slots[key].number


def carried(block: Block | None, arity: int) -> Carried:
    """Return what the repetitions of a layer, or of a block, hand on."""
    if block is None:
        return (0, *[None] * (arity - 1))
    named = {name: i for i, name in enumerate(block.outputs)}
    first, *others = block.inputs
    return (named.get(first, 0), *map(named.get, others))
