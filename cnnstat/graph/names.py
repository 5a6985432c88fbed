"""The names of one scope: what each stands for, the layer above, and why a name is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.errors import Fault
from cnnstat.base.text import listed, suggestion

if TYPE_CHECKING:
    from cnnstat.spec.model import Entry


class Names:
    """The names of a list of entries, as far as it has been read from top to bottom.

    A name stands for the number of a node: of an input of the scope, which come first, or of a layer. Of
    several layers of one name it is the one that is present; are all left out, the input of the first.
    """

    def __init__(self, entries: tuple[Entry, ...], inputs: tuple[str, ...]) -> None:
        self.entries = entries
        self.above = 0
        self._numbers = {name: number for number, name in enumerate(inputs)}
        self._present: dict[str, Entry | None] = dict.fromkeys(inputs)
        self._chosen = {entry.name for entry in entries if entry.name}
        self._counters: dict[str, int] = {}
        self._given: set[str] = set()

    def present(self, name: str) -> bool:
        """Say whether a layer that is not left out has this name."""
        return name in self._present

    def taker(self, name: str) -> str:
        """Return what has a name that is present: a layer of a line, or an input."""
        entry = self._present[name]
        return "by an input" if entry is None else f"in line {entry.span.line}"

    def add(self, name: str, number: int, entry: Entry | None, *, present: bool) -> None:
        """Let a name stand for a number, which is now the layer above; a twin left out changes nothing.

        An input has no ``entry``.
        """
        if present or name not in self._numbers:
            self._numbers[name] = self.above = number
        if present:
            self._present[name] = entry

    def numbered(self, kind: str) -> str:
        """Return the next free name for a layer without one: ``relu1``."""
        while True:
            self._counters[kind] = self._counters.get(kind, 0) + 1
            name = f"{kind}{self._counters[kind]}"
            # The first relu6 and the 61st relu would both be relu61.
            if name not in self._chosen and name not in self._given:
                self._given.add(name)
                return name

    def get(self, name: str) -> int | None:
        """Return what a name stands for, None for an unknown one."""
        return self._numbers.get(name)

    def unknown(self, name: str, reader: Entry | None) -> Fault:
        """Return why ``reader`` cannot read ``name``: it stands below, in a cycle, or nowhere."""
        if name in self._chosen and reader is not None:
            if reader.name and (loop := self._loop(name, reader.name)):
                message = f"'{reader.name}' reads its own output: {listed(loop, ' <- ')}"
                return Fault(message, code="graph/cycle")
            message = f"'{name}' stands below; a layer reads only layers above it"
            return Fault(message, code="graph/order")
        hint = suggestion(name, [*self._numbers, *self._chosen]) or "; a layer's name or 'input' is expected"
        return Fault(f"unknown layer '{name}'{hint}", code="graph/unknown-name")

    def _loop(self, start: str, goal: str) -> list[str]:
        """Return the names from ``goal`` back to itself through what ``start`` reads, if there is a way."""
        reads = self._reads()
        came_from = {start: goal}
        waiting = [start]
        while waiting and goal not in came_from:
            name = waiting.pop()
            for source in reads.get(name, []):
                if source not in came_from:
                    came_from[source] = name
                    waiting.append(source)
        if start == goal:
            return [goal, goal]
        if goal not in came_from:
            return []
        way = [goal]
        while len(way) == 1 or way[-1] != goal:
            way.append(came_from[way[-1]])
        return way[::-1]

    def _reads(self) -> dict[str, list[str]]:
        reads: dict[str, list[str]] = {}
        above = "input"
        for entry in self.entries:
            name = entry.name or above
            sources = [reference.name for reference in entry.inputs] if entry.inputs else [above]
            reads.setdefault(name, []).extend(sources)
            above = name
        return reads
