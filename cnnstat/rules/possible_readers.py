"""Which layers may read an entry, whatever the parameters of the network are.

A network has the readers that its parameters leave; `--set` may bring others. So this looks at the spec as it
is written, and takes for possible what it cannot rule out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.spec.model import Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.spec.model import Entry, Family, Reference

_NUMBER = re.compile(r"\d+$")


class _Place(Struct, frozen=True):
    """An entry in its list: that of a block, or of the network."""

    block: Block | None
    index: int
    entry: Entry


_Who: TypeAlias = "_Place | Block | None"
"""Who reads something: an entry; all that read what a block puts out; anybody."""


class _Read(Struct, frozen=True):
    """A part of a path that is read, the first or a further one, in the list of a block, and by whom."""

    by: _Who
    block: Block | None
    first: bool


class PossibleReaders:
    """Who may read the entries of a spec, looked up by names."""

    def __init__(self, spec: Family) -> None:
        self._blocks = spec.blocks
        self._layers = spec.layers
        self._places: dict[int, _Place] = {}
        self._calls: dict[str | None, list[_Place]] = {}
        self._reads: dict[str, list[_Read]] = {}
        for block in (None, *spec.blocks.values()):
            for index, entry in enumerate(self._list(block)):
                place = self._places[id(entry)] = _Place(block, index, entry)
                kind = entry.type.value
                self._calls.setdefault(kind if isinstance(kind, str) else None, []).append(place)
                self._note(entry.inputs or (), block, place)
            self._note(block.outputs.values() if block else spec.outputs, block, block)

    def of(self, entry: Entry) -> list[Entry] | None:
        """Return the layers that may read an entry.

        None where somebody may who is no layer, has a type that is an expression, or is not always there.
        """
        found, known = [], set[int]()
        waiting = [*self._behind(self._places[id(entry)])]
        while waiting:
            who = waiting.pop()
            if who is None:
                return None
            key = id(who if isinstance(who, Block) else who.entry)
            if key in known:
                continue
            known.add(key)
            if isinstance(who, Block):
                waiting += self._outside(who)
                continue
            kind = who.entry.type.value
            if not isinstance(kind, str) or who.entry.when is not None:
                return None
            if kind in self._blocks:
                waiting += self._inside(self._blocks[kind])
            else:
                found.append(who.entry)
        return found

    def _list(self, block: Block | None) -> tuple[Entry, ...]:
        return block.layers if block else self._layers

    def _note(self, references: Iterable[Reference], block: Block | None, by: _Who) -> None:
        for reference in references:
            for number, part in enumerate(reference.name.split(".")):
                # A layer without a name has that of its type and a number.
                for key in {part, _NUMBER.sub("#", part)}:
                    self._reads.setdefault(key, []).append(_Read(by, block, number == 0))

    def _behind(self, place: _Place) -> Iterator[_Who]:
        """Yield who may read what comes out of an entry."""
        entry, block, kind = place.entry, place.block, place.entry.type.value
        if entry.repeat is not None:
            yield place
        if entry.name is None and not isinstance(kind, str):
            yield None  # who reads it by its name, nobody knows
        yield from self._named(entry.name or f"{kind}#", block)
        yield from self._below(block, place.index + 1)

    def _inside(self, block: Block) -> Iterator[_Who]:
        """Yield who may read what goes into a block."""
        for name in block.inputs:
            yield from self._named(name, block)
        yield from self._below(block, 0)

    def _outside(self, block: Block) -> Iterator[_Who]:
        """Yield who may read what a block puts out."""
        for call in (*self._calls.get(block.name, ()), *self._calls.get(None, ())):
            yield from self._behind(call)
        for name in block.outputs:
            yield from self._named(name, block)

    def _below(self, block: Block | None, start: int) -> Iterator[_Who]:
        """Yield who may read what is above it, on to what is always there."""
        listed = self._list(block)
        for index in range(start, len(listed)):
            if listed[index].inputs is None:
                yield _Place(block, index, listed[index])
            if listed[index].when is None:
                return
        yield block  # the last one is put out

    def _named(self, name: str, block: Block | None) -> Iterator[_Who]:
        """Yield who names it in its own list, or has it in a path from another."""
        for read in self._reads.get(name, ()):
            if read.first is (read.block is block):
                yield read.by
