"""What is read of the calls of blocks beside their main output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.source.scopes import Scope
from cnnstat.exporters.source.uses import SplitError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.exporters.source.scopes import Item, Made
    from cnnstat.spec.model import Family


class Taps:
    """Paths into blocks, and what the next repetition takes: of each scope, the outputs that are read.

    ``scopes`` are all of a network, its own first.
    """

    def __init__(self, scopes: Sequence[Scope], family: Family) -> None:
        self.root, self.all = scopes[0], scopes
        self.blocks, self.outputs = family.blocks, family.outputs
        self._taps: dict[int, list[str]] = {id(scope): [] for scope in scopes}
        self._find()

    def of(self, scope: Scope) -> list[str]:
        """Return the outputs of a call that are read beside the main one."""
        return self._taps[id(scope)]

    def _find(self) -> None:
        for scope in self.all:
            for entry in scope.entries:  # one that is left out stands for what it would read
                for reference in entry.inputs or ():
                    self._tap(scope, reference.name)
            for member in scope.members:
                self._carry(scope, member.items)
        for reference in self.outputs:
            self._tap(self.root, reference.name)
        for scope in self.all:
            if scope.block:
                for reference in self.blocks[scope.block].outputs.values():
                    self._tap(scope, reference.name)

    def _carry(self, scope: Scope, items: list[Item]) -> None:
        if len(items) < 2 or not isinstance(items[0].made, Scope):
            return
        for tap in self.carried_outputs(items[0].made).values():
            for item in items:
                assert isinstance(item.made, Scope)
                self._add_tap(item.made, tap)

    def carried_outputs(self, scope: Scope) -> dict[str, str]:
        """Return which output the next repetition takes for each input of its name; empty for the main."""
        outputs = self.blocks[scope.block or ""].outputs
        return {name: self.canonical(scope, name) for name in scope.input_names if name in outputs}

    def canonical(self, scope: Scope, tap: str) -> str:
        """Return the name of an output; empty for the main one."""
        outputs = self.blocks[scope.block or ""].outputs
        return "" if outputs and tap == next(iter(outputs)) else tap

    def _add_tap(self, scope: Scope, tap: str) -> None:
        tap = self.canonical(scope, tap)
        if tap and tap not in self._taps[id(scope)]:
            self._taps[id(scope)].append(tap)
            outputs = self.blocks[scope.block or ""].outputs
            self._tap(scope, outputs[tap].name if tap in outputs else tap)

    def _tap(self, scope: Scope, reference: str) -> None:
        first, _, rest = reference.partition(".")
        member = next((m for m in scope.members if m.name == first), None)
        if member is None or not rest:
            return
        if member.entry.repeat is not None:
            index, _, inner = rest.partition(".")
            if index == "*" or index.isdigit():
                rest = inner
        for item in member.items:
            if rest and isinstance(item.made, Scope):
                self._add_tap(item.made, rest)

    def tapped(self, made: Made, tap: str) -> int:
        """Return the node of what is read of a block."""
        assert isinstance(made, Scope)
        if tap in made.outputs:
            return made.outputs[tap]
        first, _, rest = tap.partition(".")
        member = next((m for m in made.members if m.name == first), None)
        if member is None:
            raise SplitError(tap)
        item = member.items[-1]
        if member.entry.repeat is not None and rest.partition(".")[0].isdigit():
            index, _, rest = rest.partition(".")
            item = member.items[int(index)]
        return self.tapped(item.made, rest) if rest else item.output

    def items_read(self, scopes: list[Scope], title: str) -> set[str]:
        """Return what is read of single repetitions: empty for the main output."""
        scope = scopes[0]
        references = [r.name for e in scope.entries for r in e.inputs or ()]
        if scope.block is None:
            references += [r.name for r in self.outputs]
        elif self.blocks[scope.block].outputs:
            references += [r.name for r in self.blocks[scope.block].outputs.values()]
        for each in scopes:
            references += self._taps[id(each)]
        found = set()
        member = next((m for each in scopes for m in each.members if m.name == title), None)
        for reference in references:
            first, _, rest = reference.partition(".")
            if first != title or not rest or member is None:
                continue
            index, _, tap = rest.partition(".")
            made = member.items[0].made
            if index == "*" or index.isdigit():
                found.add(self.canonical(made, tap) if isinstance(made, Scope) and tap else "")
            elif isinstance(made, Scope) and rest not in self.carried_outputs(made).values():
                inner = self.canonical(made, rest)
                if inner and inner not in self.carried_outputs(made):
                    found.add(inner)
        return found
