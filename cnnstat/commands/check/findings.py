"""Findings: what `check` says of a place in a file, each place once however many networks show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.commands.check.edits import Edit, edit_of
from cnnstat.rules.rule import Severity  # noqa: TC001 - msgspec reads it

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnstat.graph.model import Graph
    from cnnstat.rules.rule import Found
    from cnnstat.spec.model import Entry

_LONG = 1000
"""Characters of a line that a finding has: a hundred findings may stand on a line of a whole file's size."""

Place: TypeAlias = tuple[int, int]
Key: TypeAlias = tuple[int, int, str]


class Finding(Struct, frozen=True, kw_only=True):
    """One finding: its code, how much it matters, what is said, and where. It is plain data for any format.

    Line and column count from 1, ``length`` is in characters. ``text`` is the line itself; of a long one the
    part around the place, which has ``before`` characters in front of it. ``networks`` names the networks of
    the file that show it, and is empty where it is of the file as a whole; ``in_family`` says that the file
    has variants. ``fixable`` says that `--fix` can
    mend it.
    """

    code: str
    severity: Severity
    message: str
    file: str
    line: int
    column: int
    length: int = 1
    text: str = ""
    before: int = 0
    networks: tuple[str, ...] = ()
    in_family: bool = False
    fixable: bool = False


class Mend(Struct, frozen=True):
    """A finding that was mended; its place is that in the text in which it was found."""

    line: int
    column: int
    code: str
    message: str


class Fixable(Struct, frozen=True):
    """What is mended, and the edits that do so."""

    mend: Mend
    edits: tuple[Edit, ...]


class _First(Struct):
    code: str
    found: Found
    severity: Severity
    networks: list[str]
    fixable_in: set[int]


class Findings:
    """The findings of one file as they come. Of one code at one place the first is kept."""

    def __init__(self) -> None:
        self._first: dict[Key, _First] = {}
        self._network = 0
        self._having: dict[Place, set[int]] = {}
        self.in_family = False
        """Whether the file has variants."""
        self.complete = False
        """Whether all networks of the file were looked at: else, nobody knows what others need."""

    def begin(self, graph: Graph) -> None:
        """Say that a network's findings follow: what is wrong with an entry may be so in this one alone."""
        self._network += 1
        for node in graph.layers:
            self._having.setdefault(_place(node.entry), set()).add(self._network)

    def add(self, code: str, found: Found, severity: Severity, network: str = "") -> None:
        """Add what is found in a network, or without one in the file as a whole."""
        key = (found.span.line, found.span.column, code)
        first = self._first.setdefault(key, _First(code, found, severity, [], set()))
        if network and network not in first.networks:
            first.networks.append(network)
        if found.edits:
            first.fixable_in.add(self._network)

    def drop(self, finding: Finding) -> None:
        """Leave a finding out."""
        del self._first[finding.line, finding.column, finding.code]

    def fixes(self, wanted: Callable[[Severity], bool]) -> Iterator[Fixable]:
        """Yield what can be mended, and matters as much as is wanted, by position."""
        for _, first in sorted(self._first.items()):
            if wanted(first.severity) and self._is_fixable(first):
                span = first.found.span
                mend = Mend(span.line, span.column, first.code, first.found.message)
                yield Fixable(mend, tuple(edit_of(each) for each in first.found.edits))

    def _is_fixable(self, first: _First) -> bool:
        entry = first.found.entry
        everywhere = entry is None or self._having[_place(entry)] <= first.fixable_in
        return self.complete and bool(first.found.edits) and everywhere

    def __iter__(self) -> Iterator[Finding]:
        """Yield them by position."""
        for _, first in sorted(self._first.items()):
            span = first.found.span
            text, before = span.source.around(span.line, span.column, _LONG)
            yield Finding(
                code=first.code,
                severity=first.severity,
                message=first.found.message,
                file=span.source.name,
                line=span.line,
                column=span.column,
                length=span.length,
                text=text,
                before=before,
                networks=tuple(first.networks),
                in_family=self.in_family,
                fixable=self._is_fixable(first),
            )


def _place(entry: Entry) -> Place:
    return entry.span.line, entry.span.column
