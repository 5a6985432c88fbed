"""Problems and where they stand: the ground floor that every other part may import."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import Counter
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.base.limits import MAX_PROBLEMS
from cnnstat.base.text import excerpt, plain, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

# What YAML counts as the end of a line.
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Source(Struct, frozen=True, dict=True):
    """A text and the name it is shown under (a path, or ``<stdin>``)."""

    name: str
    text: str

    @cached_property
    def _starts(self) -> array[int]:
        """Return where each line starts: found once, however many lines are shown."""
        return array("L", chain((0,), (found.end() for found in _BREAK.finditer(self.text))))

    @property
    def line_count(self) -> int:
        """Return how many lines the text has, an empty one behind its last end of a line among them."""
        return len(self._starts)

    def line(self, number: int) -> str:
        """Return line ``number`` (from 1), empty where the text has no such line."""
        start, stop = self._extent(number)
        return self.text[start:stop]

    def around(self, number: int, column: int, most: int) -> tuple[str, int]:
        """Return a line, of a longer one so many characters at a column, and how many stand before them."""
        start, stop = self._extent(number)
        before = max(0, column - 1 - most // 2) if stop - start > most else 0
        return self.text[start + before : min(stop, start + before + most)], before

    def _extent(self, number: int) -> tuple[int, int]:
        """Return where a line starts, and where its end of a line does; nowhere is behind the text."""
        if number >= len(self._starts):
            return self._starts[-1] if number == len(self._starts) else len(self.text), len(self.text)
        after = self._starts[number]
        return self._starts[number - 1], after - (2 if self.text.endswith("\r\n", 0, after) else 1)

    def offset(self, line: int, column: int) -> int:
        """Return where in the text a place is, by line and column from 1."""
        return self._starts[line - 1] + column - 1

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, from 1, of a character of the text."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


class Span(Struct, frozen=True):
    """A place in a source: line and column count from 1, ``length`` in characters."""

    source: Source
    line: int
    column: int
    length: int = 1


class Problem(Struct, frozen=True):
    """One thing that is wrong with a spec: a stable code, a message, and the place."""

    code: str
    message: str
    span: Span

    def __str__(self) -> str:
        """Return ``file:line:column: code: message``, the source line, and a caret."""
        place = f"{plain(self.span.source.name)}:{self.span.line}:{self.span.column}"
        if not self.span.source.text:  # a file that cannot be read has no line to show
            return f"{place}: {self.code}: {plain(self.message)}"
        line, carets = excerpt(self.span.source.line(self.span.line), self.span.column, self.span.length)
        gutter = f"{self.span.line:5} | "
        empty = " " * (len(gutter) - 2) + "| "
        return f"{place}: {self.code}: {plain(self.message)}\n{gutter}{line}\n{empty}{carets}"


Place: TypeAlias = tuple[str, str | None, int, int]
"""What is wrong, by its code and option, and where, by line and column."""


class SpecError(Exception):
    """A spec that cannot be read, with every problem found in the phase that failed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class Problems:
    """The problems of one phase, which goes on to find more as long as somebody would read them.

    What is wrong at one place of a block is wrong in each of its instances, and is one problem. Where the
    phase was ``given_up``, there may be more of these.
    """

    def __init__(self) -> None:
        self._first: list[tuple[Problem, Place | None]] = []
        self.instances: Counter[Place] = Counter()
        self.given_up = False

    @property
    def found(self) -> list[Problem]:
        """Return the problems so far, each with the number of its further instances."""
        return [
            _with_more(problem, self.instances[place] - 1, self.given_up) if place else problem
            for problem, place in self._first
        ]

    def add(self, problem: Problem) -> None:
        """Add a problem.

        Raises:
            SpecError: these are as many as anybody reads.
        """
        self._add(problem, None)

    def add_instance(self, problem: Problem, field: str | None = None, instances: int = 1) -> bool:
        """Add a problem with its instances of what is written at its place; of several, the first is kept.

        Return whether this is the first.

        Raises:
            SpecError: these are as many as anybody reads.
        """
        place = (problem.code, field, problem.span.line, problem.span.column)
        first = not self.instances[place]
        self.instances[place] += instances
        if first:
            self._add(problem, place)
        return first

    def stop_if_any(self) -> None:
        """Go no further if anything is wrong.

        Raises:
            SpecError: there is a problem.
        """
        if self._first:
            raise SpecError(self.found)

    def _add(self, problem: Problem, place: Place | None) -> None:
        self._first.append((problem, place))
        if len(self._first) >= MAX_PROBLEMS:
            raise SpecError(self.found)


def _with_more(problem: Problem, more: int, given_up: bool) -> Problem:
    if more < 1:
        return problem
    least = "at least " if given_up else ""
    message = f"{problem.message}; and in {least}{more:,} more {plural('instance', more)}"
    return Problem(problem.code, message, problem.span)


class Fault(Exception):  # noqa: N818 - not an error yet: the caller adds the place
    """What is wrong with a spec, said by code that does not know where: a value, a name, an expression.

    ``field`` names the option at fault.
    """

    def __init__(self, message: str, *, code: str, field: str | None = None) -> None:
        self.message, self.code, self.field = message, code, field
        super().__init__(message)

    def at(self, span: Span) -> Problem:
        """Return it with its place."""
        return Problem(self.code, self.message, span)


class Misfit(Fault):
    """A layer that does not fit its input, though each of its options is good by itself."""

    def __init__(self, message: str, *, code: str = "shape/misfit", field: str | None = None) -> None:
        super().__init__(message, code=code, field=field)


class ArgumentError(ValueError):
    """What a caller asks for is out of range or does not go with the network, from Python or a command line.

    The program ends with the usage of the command and this message; see `cnnstat.cli.group`.
    """


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the distinct problems, sorted by position."""
    distinct = {(p.span.source.name, p.span.line, p.span.column, p.code, p.message): p for p in problems}
    return tuple(distinct[key] for key in sorted(distinct))
