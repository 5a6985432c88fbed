"""Edits of an entry's text, in braces or in lines, that leave all else of it as its author wrote it."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from cnnstat.base.errors import Span
from cnnstat.rules.rule import Edit
from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Expressions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.spec.model import Entry, Option

_LONGEST = 1_000  # characters of a line


def with_option(entry: Entry, name: str, text: str) -> tuple[Edit, ...]:
    """Return the edit that gives an option the value ``text``, whether it is written already or not.

    There is none where the type or the option is an expression, which has other values elsewhere, where
    `first:` gives the option to one of a repeat, where a value goes over several lines, and behind a `?`.
    """
    if not isinstance(entry.type.value, str) or any(option.name == name for option in entry.first):
        return ()
    for option in entry.options:
        if option.name == name:
            fits = not isinstance(option.value, Expression | Expressions) and _in_a_line(option)
            return (Edit(option.span, text),) if fits else ()
    last = next(filter(_in_a_line, (*reversed(entry.options), entry.type)), None)
    return _behind(last, f"{name}: {text}", flow=entry.flow) if last else ()


def _behind(option: Option, text: str, *, flow: bool) -> tuple[Edit, ...]:
    place, key = option.span, option.key_span
    if flow:
        return (Edit(Span(place.source, place.line, place.column + place.length, 0), f", {text}"),)
    if set(key.source.line(key.line)[: key.column - 1]) - {" ", "-"}:  # a key behind a question mark
        return ()
    # In lines, a comment may stand behind the value.
    end = len(place.source.line(place.line)) + 1
    return (Edit(Span(place.source, place.line, end, 0), f"\n{' ' * (key.column - 1)}{text}"),)


def _in_a_line(option: Option) -> bool:
    """Say whether a value is a word, a number or an expression that ends where its place does."""
    value, place = option.value, option.span
    if isinstance(value, tuple | Expressions):
        return False
    text = value.text if isinstance(value, Expression) else str(value)
    # The place of what goes over several lines is one character long, and so is that of nothing.
    return place.length > 1 or place.source.line(place.line)[place.column - 1 :][:1] == text


def without(key: Span, *, alone: bool) -> tuple[Edit, ...]:
    """Return the edit that takes a key and what it has out of a mapping, where that is simple.

    In braces, its value has to be plain and on the same line. There is none for a key that is ``alone``.
    """
    if alone or not _is_short(key):
        return ()
    line = key.source.line(key.line)
    return _without_lines(key) if not line[: key.column - 1].strip() else _without_part(key, line)


def _is_short(key: Span) -> bool:
    """Say whether a line is one that somebody has written; one without end costs as much for each key."""
    source, after = key.source, key.line + 1
    end = source.offset(after, 1) if after <= source.line_count else len(source.text)
    return end - source.offset(key.line, 1) <= _LONGEST


def _without_lines(key: Span) -> tuple[Edit, ...]:
    """Return what takes away the line of a key and those behind it that are further in."""
    source, stop = key.source, key.line + 1
    for number in range(key.line + 1, source.line_count + 1):
        line = source.line(number)
        if line.strip() and len(line) - len(line.lstrip()) < key.column:
            break
        if line.strip():  # an empty line belongs to what is behind it
            stop = number + 1
    if not _is_whole(source.line(number).partition(" #")[0] for number in range(key.line, stop)):
        return ()
    end = source.offset(stop, 1) if stop <= source.line_count else len(source.text)
    return (Edit(Span(source, key.line, 1, end - source.offset(key.line, 1)), ""),)


def _is_whole(lines: Iterable[str]) -> bool:
    """Say whether lines have no comma of braces around them, and close all that they open, and no more."""
    depth = 0
    for character in chain.from_iterable(lines):
        depth += (character in "{[") - (character in "}]")
        if depth < 0 or (depth == 0 and character == ","):
            return False
    return depth == 0


def _without_part(key: Span, line: str) -> tuple[Edit, ...]:
    start = key.column - 1
    stop = next((i for i in range(start, len(line)) if line[i] in ",}[]{\"'#"), None)
    before = line[:start].rstrip()
    if stop is None or line[stop] not in ",}" or not before.endswith(("{", ",")):
        return ()
    if line[stop] == ",":
        rest = line[stop + 1 :].lstrip()
        stop = len(line) - len(rest)
        if not rest:
            return ()
    elif before.endswith(","):
        start = len(before) - 1
    else:
        return ()
    return (Edit(Span(key.source, key.line, start + 1, stop - start), ""),)
