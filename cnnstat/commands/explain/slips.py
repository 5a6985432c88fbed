"""Which slip gives a figure that was printed wrong: the arithmetic with one part of it forgotten."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.arithmetic import Term

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_PARTS = 200
"""A longer arithmetic is not searched: among so many parts, one fits by accident."""


class Slip(Struct, frozen=True):
    """The parts that were forgotten, which are equal in name or one and the same, and what is left.

    ``every`` says that no part of this name is left.
    """

    forgotten: tuple[Term, ...]
    every: bool
    arithmetic: Term


def slips(figure: Term, printed: int) -> tuple[Slip, ...]:
    """Return every slip that gives ``printed``: a part of ``figure``, or all parts of a name, left out."""
    if figure.value == printed or sum(1 for _ in _parts(figure)) > _MOST_PARTS:
        return ()
    found: dict[tuple[str, str], Slip] = {}
    for forgotten, every in _candidates(figure):
        rest = _without(figure, forgotten)
        if rest is not None and rest.value == printed and not rest.name.isdigit():  # a constant is no figure
            found.setdefault((forgotten[0].formula, rest.numbers), Slip(forgotten, every, rest))
    return tuple(found.values())


def _candidates(figure: Term) -> Iterator[tuple[tuple[Term, ...], bool]]:
    """Yield what may be forgotten: all numbers of one name, one of them alone, or a whole summand.

    A factor that is itself a sum is none: nobody forgets it and keeps the rest.
    """
    parts = tuple(_parts(figure))
    for name in dict.fromkeys(part.name for part in parts if part.name):
        named = tuple(part for part in parts if part.name == name)
        yield named, True
        if len(named) > 1:
            yield from (((part,), False) for part in named)
    yield from (((part,), True) for part in _summands(figure) if part.symbol)


def _parts(node: Term) -> Iterator[Term]:
    for operand in node.operands:
        yield operand
        yield from _parts(operand)


def _summands(node: Term) -> Iterator[Term]:
    if node.symbol == "+":
        yield from node.operands
    for operand in node.operands:
        yield from _summands(operand)


def _without(node: Term, gone: tuple[Term, ...]) -> Term | None:
    """Return a term without the parts that are gone (these very ones); None if nothing sensible is left."""
    if not node.symbol:
        return node
    left = [operand for operand in node.operands if not any(operand is part for part in gone)]
    rests = [_without(operand, gone) for operand in left]
    kept = [rest for rest in rests if rest is not None]
    if not kept or len(kept) < len(rests) or (node.symbol not in "+·" and left[0] is not node.operands[0]):
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
