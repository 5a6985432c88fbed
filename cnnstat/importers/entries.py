"""A spec before it is text: its blocks and their entries, and how each is written."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Pairs: TypeAlias = list[tuple[str, str]]

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_WORDS = {"true", "false", "null"}


class Formula(Struct, frozen=True):
    """A value with parameters in it: ``4 * $filters``."""

    text: str


class Entry(Struct, frozen=True, kw_only=True):
    """A line under ``layers:``. ``when`` is a condition, ``options`` are what goes behind it."""

    name: str
    type: str | Formula
    reads: tuple[str, ...]
    when: str = ""
    weights: str = ""
    repeat: int | Formula | None = None
    options: dict[str, Any] = {}
    first: dict[str, Any] = {}


class Needed(Struct, frozen=True):
    """In place of a default: each call gives the parameter."""


class Block(Struct, frozen=True, kw_only=True):
    """A block by its name, with the defaults of its parameters."""

    name: str
    entries: tuple[Entry, ...]
    inputs: tuple[str, ...] = ("input",)
    params: dict[str, Any] = {}


def written_block(block: Block) -> Iterator[str]:
    """Yield the lines of a block."""
    yield f"  {block.name}:"
    if block.inputs != ("input",):
        yield f"    inputs: {value(block.inputs)}"
    if block.params:
        params = (
            name if default == Needed() else f"{name}: {value(default)}"
            for name, default in block.params.items()
        )
        yield f"    params: {{{', '.join(params)}}}"
    yield "    layers:"
    yield from written(block.entries, block.inputs, "      ")


def written(entries: Sequence[Entry], inputs: Sequence[str], indent: str) -> Iterator[str]:
    """Yield the lines of a list of entries, which reads inputs of these names."""
    above = [inputs[0] if inputs else "", *(entry.name for entry in entries)]
    lines = [_pairs(entry, last) for entry, last in zip(entries, above, strict=False)]
    for _, run in groupby(lines, key=lambda pairs: pairs[1]):
        for pairs in _aligned([*run]):
            yield from wrapped([f"{key}: {text}" for key, text in pairs], f"{indent}- {{")


def _pairs(entry: Entry, above: str) -> Pairs:
    """Return the keys of an entry with their values as text."""
    pairs = [("name", named(entry.name)), ("type", value(entry.type))]
    if entry.reads != (above,):
        pairs.append(("from", names(entry.reads)))
    if entry.when:
        pairs.append(("when", entry.when))
    if entry.repeat is not None:
        pairs.append(("repeat", value(entry.repeat)))
    pairs += ((key, value(each)) for key, each in entry.options.items())
    if entry.first:
        pairs.append(("first", value(entry.first)))
    if entry.weights:
        pairs.append(("weights", named(entry.weights)))
    return pairs


def _aligned(lines: list[Pairs]) -> list[Pairs]:
    """Return lines with their numbers below each other, as far as all of them have the same keys."""
    shared = 0
    while len({pairs[shared][0] if shared < len(pairs) else "" for pairs in lines}) == 1:
        if shared == len(lines[0]):
            break
        shared += 1
    for column in range(2, shared):
        texts = [pairs[column][1] for pairs in lines]
        if all(map(str.isdigit, texts)):
            width = max(map(len, texts))
            for pairs in lines:
                pairs[column] = (pairs[column][0], pairs[column][1].rjust(width))
    return lines


def wrapped(parts: list[str], start: str, close: str = "}") -> Iterator[str]:
    """Yield the parts of a mapping or a list behind its opening, on as many lines as they need."""
    line, indent = start, " " * len(start)
    parts = [piece for part in parts for piece in _pieces(part, WIDTH - len(start) - 1)]
    for number, part in enumerate(parts):
        end = close if number == len(parts) - 1 else ","
        space = "" if line.endswith(("{", "[", " ")) else " "
        if len(line) + len(space) + len(part) + len(end) > WIDTH and line not in (start, indent):
            yield line
            line, space = indent, ""
        line += f"{space}{part}{end}"
    yield line


def _pieces(part: str, width: int) -> list[str]:
    """Return a list that is longer than a line as its values."""
    return part.split(", ") if len(part) > width and part.endswith("]") else [part]


def value(given: Any) -> str:
    """Return a value as YAML that the reader takes for the same."""
    if isinstance(given, Formula):
        return given.text if "," not in given.text else f'"{given.text}"'
    if isinstance(given, dict):
        return f"{{{', '.join(f'{word(key)}: {value(each)}' for key, each in given.items())}}}"
    if isinstance(given, list | tuple):
        return f"[{', '.join(map(value, given))}]"
    if isinstance(given, bool) or given is None:
        return {True: "true", False: "false", None: "null"}[given]
    if isinstance(given, float):
        return _number(given)
    return word(given) if isinstance(given, str) else str(given)


def _number(given: float) -> str:
    """Return a number with all its digits; an exponent has a point before it."""
    mantissa, _, exponent = f"{given!r}".partition("e")
    if not exponent:
        return mantissa
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{int(exponent)}"


def named(name: str) -> str:
    """Return the name of a layer, or its path; one that is all digits is a name, too."""
    return name if _NAME.fullmatch(name) and name not in _WORDS else quoted(name)


def names(given: Sequence[str]) -> str:
    """Return what is read: a name, or a list of names."""
    return named(given[0]) if len(given) == 1 else f"[{', '.join(map(named, given))}]"


def word(text: str) -> str:
    """Return a word, in quotes where it would be taken for something else."""
    return text if _PLAIN.fullmatch(text) and text not in _WORDS else quoted(text)


def quoted(text: str) -> str:
    """Return text in quotes."""
    return "'" + one_line(text).replace("'", "''") + "'"


def one_line(text: str) -> str:
    """Return text on one line, of characters that YAML takes."""
    return "".join(each if each.isprintable() else "?" for each in text)[:1000]
