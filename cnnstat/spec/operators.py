"""The operators of an expression, on exact numbers, and how long a result may be."""

from __future__ import annotations

import ast
import operator
from fractions import Fraction
from typing import TYPE_CHECKING

from cnnstat.base.errors import Fault
from cnnstat.base.limits import MAX_DIGITS
from cnnstat.base.text import exact

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.spec.functions import Number

_TOO_LONG = 10**MAX_DIGITS
_BITS = 4 * MAX_DIGITS  # a digit is less than four of them


def bounded(number: Number) -> Number:
    """Return a result.

    Raises:
        Fault: it has more digits than anybody needs.
    """
    if abs(number.numerator) >= _TOO_LONG or number.denominator >= _TOO_LONG:
        raise too_long()
    return number


def power(base: Number, exponent: Number) -> Number:
    """Return a power, once it is known that it is no number of millions of digits.

    Raises:
        Fault: it is, or the exponent is no whole number.
        ZeroDivisionError: a negative power of zero.
    """
    if exponent.denominator != 1:
        message = f"the exponent {exact(exponent)} is no whole number; a square root is written sqrt(x)"
        raise Fault(message, code="expression/value")
    bits = max(abs(base.numerator), base.denominator).bit_length() - 1
    if bits * abs(exponent.numerator) > _BITS:
        raise too_long()
    return whole(Fraction(base) ** exponent.numerator)


def whole(number: Number) -> Number:
    """Return a number as the language has it: a fraction only where it is no whole number."""
    return number.numerator if number.denominator == 1 else number


def too_long() -> Fault:
    """Return what is wrong with a result of too many digits."""
    return Fault(f"the result has more than {MAX_DIGITS:,} digits", code="expression/syntax")


OPERATORS: dict[type[ast.AST], Callable[..., object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: Fraction(a) / b,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: power,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}

NOT_OURS = {
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
"""Operators that can be read but are not part of the language, as their author wrote them."""
