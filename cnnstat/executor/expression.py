"""Options with ``$in`` as their author wrote them, worked out from the channels that an array has.

The calculator works them out by code of its own: what both halves know is known twice, for their agreement is
the proof. All is exact.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import isqrt
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

_BITS = 20_000
"""Of the longest power that is worked out."""

_POWERS = 1_000
"""How far powers are counted."""

Value: TypeAlias = Fraction | bool


@dataclass(frozen=True, slots=True)
class Expression:
    """The text of an option, in which ``$in`` stands for the channels that reach the layer."""

    text: str

    def of(self, channels: int) -> Fraction:
        """Return what it comes to.

        Raises:
            ValueError: it comes to nothing, or to no number.
        """
        try:
            return _number(_value(_tree(self.text), Fraction(channels)))
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ValueError(f"{self.text} has no value for {channels} channels: {error}") from error


@lru_cache(maxsize=256)
def _tree(text: str) -> ast.expr:
    return ast.parse(text.replace("$in", "channels"), mode="eval").body


def _value(node: ast.expr, channels: Fraction) -> Value:
    match node:
        case ast.Name(id="channels"):
            return channels
        case ast.Constant(value=int(number)):
            return Fraction(number)
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return not _condition(_value(part, channels))
        case ast.UnaryOp(op=ast.USub(), operand=part):
            return -_number(_value(part, channels))
        case ast.UnaryOp(op=ast.UAdd(), operand=part):
            return _number(_value(part, channels))
        case ast.BinOp(left=left, op=op, right=right):
            return _ARITHMETIC[type(op)](_number(_value(left, channels)), _number(_value(right, channels)))
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_condition(_value(part, channels)) for part in parts)
        case ast.BoolOp(op=ast.Or(), values=parts):
            return any(_condition(_value(part, channels)) for part in parts)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARISONS[type(op)](_number(_value(left, channels)), _number(_value(right, channels)))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _condition(_value(test, channels)) else orelse, channels)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return Fraction(_FUNCTIONS[name](*(_number(_value(each, channels)) for each in arguments)))
    raise ValueError(f"it has a {type(node).__name__}")


def _number(value: Value) -> Fraction:
    if isinstance(value, bool):
        raise ValueError("a condition is no number")
    return value


def _condition(value: Value) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value} is no condition")
    return value


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        raise ValueError(f"{exponent} is no whole number")
    if max(base.numerator.bit_length(), base.denominator.bit_length()) * abs(exponent) > _BITS:
        raise ValueError("a power of too many digits")
    return Fraction(1) if exponent == 0 else Fraction(base ** int(exponent))


def _root(x: Fraction) -> Fraction:
    root = Fraction(isqrt(x.numerator), isqrt(x.denominator))
    if root * root != x:
        raise ValueError(f"{x} is no square")
    return root


def _doublings(x: Fraction) -> int:
    """Count how often 1 has to be doubled, or halved, to come to x."""
    count, reached = 0, Fraction(1)
    while 0 < x < reached:
        count, reached = count - 1, reached / 2
    while reached < x:
        count, reached = count + 1, reached * 2
    if reached != x:
        raise ValueError(f"{x} is no power of two")
    return count


def _nearest_power(x: Fraction, base: Fraction) -> int:
    """Return to which whole power a number has to be raised to come nearest to x, by a factor.

    It is counted up, or down, as long as x is farther than half a step, which is the root of ``base``, away.
    """
    if x <= 0 or base <= 0 or base == 1:
        raise ValueError(f"{x} is no power of {base}")
    if base < 1:
        return -_nearest_power(x, 1 / base)
    power, square = 0, x * x
    while abs(power) < _POWERS:
        half = base ** (2 * power + 1)
        if square > half or (square == half and power % 2 == 1):
            power += 1
        elif square < half / base**2 or (square == half / base**2 and power % 2 == 1):
            power -= 1
        else:
            return power
    raise ValueError(f"{x} is a high power of {base}")


def _rounded(x: Fraction) -> int:
    """Return the nearest whole number; of two, the even one."""
    below, rest = divmod(x, 1)
    return int(below) + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1))


def _divisible(x: Fraction, by: Fraction = Fraction(8)) -> Fraction:
    """Return the multiple of `by` nearest to x, of two the larger, and the next where that is below 0.9·x."""
    if x <= 0 or by <= 0 or by.denominator != 1:
        raise ValueError("divisible is about numbers above 0 and multiples of whole ones")
    times = max(1, _floor(x / by + Fraction(1, 2)))
    near = Fraction(_floor(times * by))
    return near if 10 * near >= 9 * x else Fraction(_floor(near + by))


def _floor(x: Fraction) -> int:
    return x.numerator // x.denominator


_ARITHMETIC: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: Fraction(a // b),
    ast.Mod: lambda a, b: a - b * (a // b),
    ast.Pow: _power,
}

_COMPARISONS: dict[type[ast.cmpop], Callable[[Fraction, Fraction], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}

_FUNCTIONS: dict[str, Callable[..., Fraction | int]] = {
    "min": lambda *all_: sorted(all_)[0],
    "max": lambda *all_: sorted(all_)[-1],
    "floor": lambda x: x // 1,
    "ceil": lambda x: -(-x // 1),
    "round": _rounded,
    "abs": lambda x: x if x > 0 else -x,
    "sqrt": _root,
    "log2": _doublings,
    "round_log": _nearest_power,
    "divisible": _divisible,
}
