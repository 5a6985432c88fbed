"""Numbers that remember how they came about.

A `Term` is an exact integer together with the sum or product it came from, so a figure and its
explanation are one value and cannot disagree::

    >>> filters, taps, maps = term("filters", 6), term("kernel", 25), term("maps", 1)
    >>> params = filters * (taps * maps + term("bias", 1))
    >>> params.value, params.formula, params.numbers
    (156, 'filters·(kernel·maps + bias)', '6·(25·1 + 1)')
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Term(Struct, frozen=True, gc=False):  # there are millions, and none is part of a cycle
    """An exact integer and its origin: a named leaf, or an operation on other terms."""

    value: int
    name: str = ""
    symbol: str = ""
    operands: tuple[Term, ...] = ()

    @property
    def formula(self) -> str:
        """Return the arithmetic in words: ``filters·(kernel·maps + bias)``."""
        return _text(self, lambda leaf: leaf.name or f"{leaf.value}")

    @property
    def numbers(self) -> str:
        """Return the arithmetic in numbers: ``6·(25·1 + 1)``."""
        return _text(self, lambda leaf: f"{leaf.value}")

    def __add__(self, other: Term | int) -> Term:
        right = _lifted(other)
        return Term(self.value + right.value, "", "+", (*_same("+", self), right))

    def __sub__(self, other: Term | int) -> Term:
        right = _lifted(other)
        return Term(self.value - right.value, "", "-", (self, right))

    def __mul__(self, other: Term | int) -> Term:
        right = _lifted(other)
        first = self.operands if self.symbol == "·" else (self,)
        last = right.operands if right.symbol == "·" else (right,)
        return Term(self.value * right.value, "", "·", first + last)

    def __radd__(self, other: int) -> Term:
        return _lifted(other) + self

    def __rmul__(self, other: int) -> Term:
        return _lifted(other) * self

    def over(self, divisor: Term | int, rounding: str = "floor") -> Term:
        """Return the quotient; ``rounding`` (floor or ceil) shows only where it does something."""
        right = _lifted(divisor)
        if self.value % right.value == 0:
            return Term(self.value // right.value, "", "/", (self, right))
        if rounding == "ceil":
            return Term(-(-self.value // right.value), "", "⌈/⌉", (self, right))
        return Term(self.value // right.value, "", "⌊/⌋", (self, right))


def term(name: str, value: int) -> Term:
    """Return a named number."""
    return Term(value, name)


def total(terms: Iterable[Term]) -> Term:
    """Return the sum of terms; `ZERO` for none."""
    kept = tuple(terms)
    if len(kept) <= 1:
        return kept[0] if kept else ZERO
    return Term(sum([t.value for t in kept]), "", "+", kept)


def product(terms: Iterable[Term]) -> Term:
    """Return the product of terms; 1 for none."""
    kept = tuple(terms)
    result = kept[0] if kept else Term(1)
    for factor in kept[1:]:
        result = result * factor
    return result


ZERO = Term(0)

_BINDING = {"+": 1, "-": 1, "·": 2, "/": 2}


def _lifted(value: Term | int) -> Term:
    return value if value.__class__ is Term else Term(value)  # type: ignore[arg-type]


def _same(symbol: str, part: Term) -> tuple[Term, ...]:
    return part.operands if part.symbol == symbol else (part,)


def _text(node: Term, leaf: Callable[[Term], str]) -> str:
    if not node.symbol:
        return leaf(node)
    parts = [_text(operand, leaf) for operand in node.operands]
    if len(node.symbol) > 1:  # a rounded quotient brings its own brackets
        left, right = node.symbol[0], node.symbol[-1]
        return f"{left}{_bracketed(node.operands[0], parts[0])}/{parts[1]}{right}"
    joint = node.symbol if node.symbol in "·/" else f" {node.symbol} "
    return joint.join(
        f"({part})" if _needs_brackets(node, operand, position) else part
        for position, (operand, part) in enumerate(zip(node.operands, parts, strict=True))
    )


def _needs_brackets(outer: Term, inner: Term, position: int) -> bool:
    inside, outside = _BINDING.get(inner.symbol, 3), _BINDING[outer.symbol]
    return inside < outside or (inside == outside and position > 0 and outer.symbol in "-/")


def _bracketed(operand: Term, text: str) -> str:
    return f"({text})" if operand.symbol else text
