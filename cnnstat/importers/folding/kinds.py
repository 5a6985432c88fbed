"""Which modules are one block: those of equal lines, and those that lack a line or two of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.importers.folding.options import signs
from cnnstat.importers.folding.slots import Slot, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.importers.folding.slots import Key, Slots
    from cnnstat.importers.tree import Line, Module

_MOST_KINDS = 200
"""Kinds that are compared each with each; a model of more has no structure to find."""


class Kind(Struct, eq=False):
    """Modules that are one block, and the lines of all of them together."""

    modules: list[Module]
    slots: Slots

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the names of what it reads."""
        return self.modules[0].inputs


class Kinds:
    """The kinds of a network's modules."""

    def __init__(self, root: Module) -> None:
        self.modules = [*_inside_out(root)]
        self._number = {id(module): number for number, module in enumerate(self.modules)}
        self._first = [*range(len(self.modules))]
        self._contents: dict[object, int] = {}
        self._content: list[int] = []
        for module in self.modules:
            self._content.append(self._content_of(module))
        self._group()
        while self._merge():
            self._group()
        self.every = [*self._kinds()]
        self._of = {id(module): kind for kind in self.every for module in kind.modules}

    def of(self, module: Module) -> Kind:
        """Return the kind of a module that is no repeat."""
        return self._of[id(module)]

    def key(self, line: Line) -> Key:
        """Return what has to be equal for a line to be one with another."""
        return line.name, self._called(line)

    def repetitions(self, line: Line) -> tuple[Line, ...]:
        """Return the lines of a module that is a repeat; none of what is no repeat."""
        repeated = line.module is not None and self._number[id(line.module)] in self._repeats
        return line.module.lines if line.module is not None and repeated else ()

    def in_repeats(self, kind: Kind) -> bool:
        """Say whether modules of a kind are repetitions."""
        repeats = (self.modules[number] for number in self._repeats)
        return any(self._of.get(id(line.module)) is kind for module in repeats for line in module.lines)

    # -- equal modules ---------------------------------------------------------------------------------

    def _find(self, module: Module) -> int:
        number = self._number[id(module)]
        while self._first[number] != number:
            number = self._first[number]
        return number

    def _unite(self, one: Module, other: Module) -> bool:
        first, second = sorted((self._find(one), self._find(other)))
        self._first[second] = first
        return first != second

    def _called(self, line: Line) -> tuple[object, ...]:
        lines = self.repetitions(line)
        if lines:
            return ("repeat", line.weights, *self._called(lines[0]))
        if line.module is not None:
            return ("block", line.weights, self._find(line.module))
        return ("layer", *signs(line.type, line.options), line.weights)

    def _content_of(self, module: Module) -> int:
        """Return a number that modules share which are equal to the last value, whatever their place."""
        lines = tuple(
            (line.name, line.reads, line.type, repr(line.options), line.weights, self._inside(line))
            for line in module.lines
        )
        return self._contents.setdefault((module.inputs, lines), len(self._contents))

    def _inside(self, line: Line) -> int | None:
        return None if line.module is None else self._content[self._number[id(line.module)]]

    def _slots(self, module: Module) -> Slots:
        return tuple(Slot(self.key(line), line.reads) for line in module.lines)

    def _group(self) -> None:
        """Make modules of equal lines one kind, until none is left out."""
        again = True
        while again:
            again = False
            self._repeats: set[int] = set()
            groups: dict[object, Module] = {}
            for number, module in enumerate(self.modules):
                if module.path and self._is_repeat(module):
                    self._repeats.add(number)
                else:
                    same = groups.setdefault((module.inputs, self._slots(module)), module)
                    again |= self._unite(same, module)

    def _is_repeat(self, module: Module) -> bool:
        """Say whether a module is nothing but repetitions of one kind, of which the first may differ.

        They are called 0, 1, ..., each reads the one before and, beside it, what the module reads.
        """
        first, *others = module.lines
        names = [line.name for line in module.lines]
        if names != [*map(str, range(len(names)))] or any(line.weights for line in module.lines):
            return False
        if (first.module is None and not others) or self.repetitions(first):
            return False
        if {*first.reads} != {*module.inputs} or len(first.reads) != len(module.inputs):
            return False
        if any(self._called(line) != self._called(first) for line in others):
            return False
        if any(line.reads != (above, *first.reads[1:]) for above, line in zip(names, others, strict=False)):
            return False
        return len({(line.type, repr(line.options), self._inside(line)) for line in others}) <= 1

    # -- modules that lack a line ------------------------------------------------------------------------

    def _kinds(self) -> Iterator[Kind]:
        """Yield the kinds, those that others call first."""
        groups: dict[int, list[Module]] = {}
        for number, module in enumerate(self.modules):
            if number not in self._repeats:
                groups.setdefault(self._find(module), []).append(module)
        placed: set[int] = set()

        def place(first: int) -> Iterator[Kind]:
            placed.add(first)
            for called in {each: None for module in groups[first] for each in self._calls(module)}:
                if called not in placed:
                    yield from place(called)
            yield self._kind(groups[first])

        for first in groups:
            if first not in placed:
                yield from place(first)

    def _kind(self, modules: list[Module]) -> Kind:
        distinct = [*dict.fromkeys(map(self._slots, modules))]
        slots = together(modules[0].inputs, distinct)
        assert slots is not None
        return Kind(modules, slots)

    def _calls(self, module: Module) -> Iterator[int]:
        for line in module.lines:
            lines = self.repetitions(line) or (line,)
            yield from (self._find(each.module) for each in lines if each.module is not None)

    def _merge(self) -> bool:
        """Make kinds one that are most alike, each with one other at most; say whether there are such."""
        kinds = [kind for kind in self._kinds() if kind.modules[0].path]
        if len(kinds) > _MOST_KINDS:
            return False
        within: dict[int, set[int]] = {}
        for kind in kinds:
            own = within[self._find(kind.modules[0])] = {self._find(kind.modules[0])}
            own.update(*(within[each] for module in kind.modules for each in self._calls(module)))
        pairs = []
        for number, one in enumerate(kinds):
            for other in kinds[:number]:
                cost = _cost(one, other)
                if cost is not None:
                    pairs.append((cost, number, one.modules, other.modules))
        settled: set[int] = set()
        for _, _, ones, others in sorted(pairs, key=lambda pair: pair[:2]):
            a, b = self._find(ones[0]), self._find(others[0])
            if a in settled or b in settled or a in within[b] or b in within[a]:
                continue
            if together(ones[0].inputs, [*dict.fromkeys(map(self._slots, [*ones, *others]))]) is not None:
                settled |= {a, b}
                self._unite(ones[0], others[0])
        return bool(settled)


def _cost(one: Kind, other: Kind) -> int | None:
    """Return how many lines two kinds do not share; None where that is more than a line or two of many."""
    ours, theirs = ({slot.key for slot in kind.slots} for kind in (one, other))
    common = sum(1 if key[1][0] == "layer" else 2 for key in ours & theirs)
    cost = len(ours ^ theirs)
    return cost if one.inputs == other.inputs and common > 1 and cost <= max(1, common // 3) else None


def _inside_out(module: Module) -> Iterator[Module]:
    """Yield a module behind all that are in it."""
    for line in module.lines:
        if line.module is not None:
            yield from _inside_out(line.module)
    yield module
