"""Findings: what `check` says of a place in a file, each place once however many networks show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.base.errors import Problem
    from cnnstat.rules.rule import Edit, Severity


class Finding(Struct, frozen=True, kw_only=True):
    """One finding: its code, how much it matters, what is said, and where. It is plain data for any format.

    Line and column count from 1, ``length`` is in characters, ``text`` is the line itself. ``networks`` names
    the networks of the file that show it, and is empty where it is of the file as a whole. ``mended`` says
    that `--fix` can mend it.
    """

    code: str
    severity: Severity
    message: str
    file: str
    line: int
    column: int
    length: int = 1
    text: str = ""
    networks: tuple[str, ...] = ()
    fixable: bool = False


class _First(Struct):
    problem: Problem
    severity: Severity
    edits: tuple[Edit, ...]
    networks: list[str]


class Findings:
    """The findings of one file as they come. Of one code at one place the first is kept."""

    def __init__(self) -> None:
        self._first: dict[tuple[int, int, str], _First] = {}

    def add(
        self, problem: Problem, severity: Severity, network: str = "", edits: tuple[Edit, ...] = ()
    ) -> None:
        """Add what is wrong with a network, or without one with the file as a whole."""
        key = (problem.span.line, problem.span.column, problem.code)
        first = self._first.setdefault(key, _First(problem, severity, edits, []))
        if network and network not in first.networks:
            first.networks.append(network)

    def __iter__(self) -> Iterator[Finding]:
        """Yield them by position."""
        for _, first in sorted(self._first.items()):
            span = first.problem.span
            yield Finding(
                code=first.problem.code,
                severity=first.severity,
                message=first.problem.message,
                file=span.source.name,
                line=span.line,
                column=span.column,
                length=span.length,
                text=span.source.line(span.line),
                networks=tuple(first.networks),
                fixable=bool(first.edits),
            )
