"""Which slip gives a figure that was printed wrong: the arithmetic with one part of it forgotten."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.arithmetic import Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST_PARTS = 200
"""A longer arithmetic is not searched: among so many parts, one fits by accident."""


class Slip(Struct, frozen=True):
    """The part that was forgotten, in words and in numbers, and what is left without it."""

    forgotten: str
    numbers: str
    arithmetic: Term


def slips(figure: Term, printed: int) -> tuple[Slip, ...]:
    """Return every slip that gives ``printed``: one part of ``figure``, or all of one name, left out."""
    if figure.value == printed or sum(1 for _ in _parts(figure)) > _MOST_PARTS:
        return ()
    found: dict[str, Slip] = {}
    for part, gone in _candidates(figure):
        rest = _without(figure, gone)
        if rest is not None and rest.value == printed:
            found.setdefault(rest.numbers, Slip(part.formula, part.numbers, rest))
    return tuple(found.values())


def _candidates(figure: Term) -> Iterator[tuple[Term, Callable[[Term], bool]]]:
    """Yield parts that may be forgotten: each one alone, and all leaves that share a name."""
    parts = tuple(_parts(figure))
    for part in parts:
        yield part, lambda other, part=part: other is part  # type: ignore[misc]
    for name, part in {part.name: part for part in parts if part.name}.items():
        yield part, lambda other, name=name: other.name == name  # type: ignore[misc]


def _parts(node: Term) -> Iterator[Term]:
    for operand in node.operands:
        yield operand
        yield from _parts(operand)


def _without(node: Term, gone: Callable[[Term], bool]) -> Term | None:
    """Return a term without the parts that are gone; None where nothing sensible is left."""
    if not node.symbol:
        return node
    rests = [_without(operand, gone) for operand in node.operands if not gone(operand)]
    kept = [rest for rest in rests if rest is not None]
    if not kept or len(kept) < len(rests) or (node.symbol not in "+·" and gone(node.operands[0])):
        return None
    if len(kept) == 1:
        return kept[0]
    return _again(node.symbol, tuple(kept))


def _again(symbol: str, operands: tuple[Term, ...]) -> Term | None:
    """Return the same operation on other operands; None for a division by zero."""
    values = [operand.value for operand in operands]
    if symbol in "+·":
        return Term(sum(values) if symbol == "+" else prod(values), "", symbol, operands)
    if symbol == "-":
        return operands[0] - operands[1]
    rounding = "ceil" if symbol == "⌈/⌉" else "floor"
    return operands[0].over(operands[1], rounding) if values[1] else None
