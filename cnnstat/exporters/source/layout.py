"""Code as lines that a formatter leaves as they are: calls broken where they would be too long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

WIDTH = 110


@dataclass
class Call:
    """A call, or a list in brackets: what stands before the parenthesis, its arguments, and what ends it."""

    head: str
    arguments: list[Doc]
    opening: str = "("
    closing: str = ")"


@dataclass
class Joined:
    """Something with a text before it and one behind it: ``stride=...``, ``*(... for _ in range(3))``."""

    before: str
    inner: Doc
    after: str = ""


@dataclass
class Choice:
    """``body if test else orelse``."""

    body: Doc
    test: str
    orelse: Doc


@dataclass
class Operation:
    """Operands with one operator between them."""

    symbol: str
    operands: list[str]


@dataclass
class Generator:
    """``*(item for variable in range)``; the only argument of a call may do without the star."""

    item: Doc
    loop: str
    star: bool = True


@dataclass
class Applied:
    """The call of what a call returns: ``Dense(10)(x)``."""

    made: Call
    given: str


Doc: TypeAlias = "str | Call | Joined | Choice | Operation | Generator | Applied"


def flat(doc: Doc) -> str:
    """Return code in one line."""
    match doc:
        case Call(head, arguments, opening, closing):
            return f"{head}{opening}{', '.join(map(flat, arguments))}{closing}"
        case Joined(before, inner, after):
            return before + flat(inner) + after
        case Choice(body, test, orelse):
            return f"{flat(body)} if {test} else {flat(orelse)}"
        case Operation(symbol, operands):
            return f" {symbol} ".join(operands)
        case Generator(item, loop):
            return f"*({flat(item)} {loop})" if doc.star else f"{flat(item)} {loop}"
        case Applied(made, given):
            return f"{flat(made)}({given})"
    return doc


def lines(before: str, doc: Doc, after: str, indent: int) -> list[str]:
    """Return a statement that begins with ``before`` and ends with ``after``, broken where it is too long."""
    pad = " " * indent
    one = f"{pad}{before}{flat(doc)}{after}"
    if len(one) <= WIDTH:
        return [one]
    match doc:
        case Applied(made, given):
            head = f"{before}{flat(made)}"
            if indent + len(head) + 1 <= WIDTH:
                return [f"{pad}{head}(", f"{pad}    {given}", f"{pad}){after}"]
            return lines(before, made, f"({given}){after}", indent)
        case Joined(left, inner, right):
            return lines(before + left, inner, right + after, indent)
        case Call(head, arguments, opening, closing):
            if not arguments:
                return [one]
            inside = ", ".join(map(flat, arguments))
            only = arguments[0] if len(arguments) == 1 else None
            starred = isinstance(only, Generator) and only.star
            if indent + 4 + len(inside) <= WIDTH and not starred:
                body = [f"{pad}    {inside}"]
            elif isinstance(only, Generator) and not only.star:
                body = lines("", only, "", indent + 4)
            else:
                body = [line for each in arguments for line in lines("", each, ",", indent + 4)]
            return [f"{pad}{before}{head}{opening}", *body, f"{pad}{closing}{after}"]
        case Generator(item, loop) if not doc.star:
            return [*lines("", item, "", indent), f"{pad}{loop}"]
        case Generator(item, loop):
            return [
                f"{pad}{before}*(",
                *lines("", item, "", indent + 4),
                f"{pad}    {loop}",
                f"{pad}){after}",
            ]
        case Choice(body_, test, orelse):
            inner = flat(doc)
            if indent + 4 + len(inner) <= WIDTH:
                parts = [f"{pad}    {inner}"]
            else:
                parts = [*lines("", body_, "", indent + 4), f"{pad}    if {test}"]
                parts += lines("else ", orelse, "", indent + 4)
            return [f"{pad}{before}(", *parts, f"{pad}){after}"]
        case Operation(symbol, operands):
            inner = flat(doc)
            if indent + 4 + len(inner) <= WIDTH:
                parts = [f"{pad}    {inner}"]
            else:
                parts = [f"{pad}    {operands[0]}", *(f"{pad}    {symbol} {each}" for each in operands[1:])]
            return [f"{pad}{before}(", *parts, f"{pad}){after}"]
    return [one]
