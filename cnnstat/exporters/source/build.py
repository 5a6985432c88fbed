"""One class or function of the source: its entries in order, and what it puts out."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.expressions import binary, constant
from cnnstat.exporters.source.layout import Generator, flat
from cnnstat.exporters.source.uses import SplitError
from cnnstat.exporters.source.wording import Wording, parameter_of

if TYPE_CHECKING:
    from cnnstat.exporters.source.expressions import Tree
    from cnnstat.exporters.source.layout import Doc
    from cnnstat.exporters.source.scopes import Member
    from cnnstat.spec.model import Entry


class Build(Wording):
    """All calls of a block that one text can say; or the network itself."""

    def build(self) -> None:
        """Go through the entries.

        Raises:
            SplitError: no one class says all these calls.
            UnsaidError: PyTorch has no such layer.
        """
        entries = self.scopes[0].entries
        members = [{m.position: m for m in scope.members} for scope in self.scopes]
        skip: set[int] = set()
        for position, entry in enumerate(entries):
            if position in skip:
                continue
            found = {i: each[position] for i, each in enumerate(members) if position in each}
            if len(found) == len(self.scopes):
                title = found[0].name
                if any(m.name != title for m in found.values()):
                    title = parameter_of(entry) or title
                self.always(entry, title, found)
                continue
            title = self.scopes[0].names[position]
            if not found:
                if title not in self.env:
                    self.env[title] = self.above = self.sources(entry)[0]
                continue
            others = {}
            for later in range(position + 1, len(entries)):
                if entries[later].name is None or entries[later].name != entry.name:
                    break
                skip.add(later)
                more = {i: each[later] for i, each in enumerate(members) if later in each}
                if more:
                    others[later] = more
            if title in self.env or any(
                later not in skip and entries[later].name == entry.name and entry.name
                for later in range(position + 1, len(entries))
            ):
                raise SplitError(title)
            self.sometimes(title, [(entry, found), *((entries[p], more) for p, more in others.items())])
        self.finish()

    def always(self, entry: Entry, title: str, found: dict[int, Member]) -> None:
        """Add an entry that is present in every call."""
        raise NotImplementedError

    def sometimes(self, title: str, choices: list[tuple[Entry, dict[int, Member]]]) -> None:
        """Add an entry, or alternatives of one name, that some calls have and others not."""
        raise NotImplementedError

    def generated(self, doc: Doc, count: Tree, start: int) -> Doc:
        """Return a text repeated."""
        if re.search(r"\bi\b", flat(doc)):
            begin = f"{start}, " if start else ""
            return Generator(doc, f"for i in range({begin}{text_of(count)})")
        left = binary(count, ast.Sub(), constant(start))
        return Generator(doc, f"for _ in range({text_of(left)})")

    def canonical(self, klass: Build, tap: str) -> str:
        """Return the name of what a class puts out beside its main output; empty for that one."""
        return self.network.taps.canonical(klass.scopes[0], tap)

    def finish(self) -> None:
        """Settle what is put out."""
        if self.block is None:
            self.outputs = self.network.outputs(self)
            return
        declared = self.network.blocks[self.block].outputs
        main = self.above
        if declared:
            main = self.found(next(iter(declared.values())).name)[0]
        self.outputs = [main]
        for tap in self.taps:
            reference = declared[tap].name if tap in declared else tap
            self.outputs += self.found(reference)
