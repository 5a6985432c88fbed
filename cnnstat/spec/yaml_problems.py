"""What is not YAML, in words."""

from __future__ import annotations

import re
from typing import Any

from cnnstat.base.errors import Problem, Source, Span

_LOWER = re.compile(r">=? *([0-9][0-9.A-Za-z]*)")
_OPEN = {"while parsing a flow mapping": "{", "while parsing a flow sequence": "["}


def syntax_problem(source: Source, error: Any) -> Problem:
    """Return what keeps a text from being read, from yaml's error with a mark."""
    line, column = place_of(source, error.problem_mark or error.context_mark)
    written = source.line(line)
    if found := _bare_bound(written, column - 1):
        start, bound = found
        message = f"not valid YAML: a bare '>' begins a folded text; {_quoted(bound)}"
        return Problem("yaml/syntax", message, Span(source, line, start + 1, len(bound)))
    context = f"{error.context}: " if error.context else ""
    message = f"not valid YAML: {context}{error.problem or 'cannot be read'}"
    if written[column - 1 : column] == "\t":
        message = "not valid YAML: lines are indented with spaces, and this is a tab"
    elif error.context_mark and error.context in _OPEN:
        opened = place_of(source, error.context_mark)
        where = f"line {opened[0]}" if opened[0] < line else f"column {opened[1]}"
        message += f"; the '{_OPEN[error.context]}' that was opened in {where} is not closed"
    return Problem("yaml/syntax", message, Span(source, line, column))


def place_of(source: Source, mark: Any) -> tuple[int, int]:
    """Return line and column of a mark, which may stand in a line behind the last: then the text's end."""
    if mark is None:
        return 1, 1
    line, column = mark.line + 1, mark.column + 1
    if line == source.line_count and not source.line(line) and line > 1:
        line -= 1  # nothing to see there
    elif line <= source.line_count:
        return line, column
    line = min(line, source.line_count)
    return line, len(source.line(line)) + 1


def _bare_bound(line: str, index: int) -> tuple[int, str] | None:
    """Return where in a line a lower bound stands without quotes, and the bound.

    Reading fails at its sign, or on the way to its number.
    """
    start = line.rfind(">", 0, index + 1)
    found = _LOWER.match(line, start) if start >= 0 else None
    return (start, found[0]) if found and index <= found.start(1) else None


def _quoted(bound: str) -> str:
    """Return how a lower bound is written so that YAML takes it as a text."""
    number = bound.lstrip(">= ")
    return f'quote it: ">= {number}", or write at least {number}'
