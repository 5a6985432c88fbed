"""The functions that an expression may call, on exact numbers."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Number: TypeAlias = int | Fraction


def divisible(value: Number, by: Number = 8) -> int:
    """Return ``value`` rounded to a multiple of ``by``, at least ``by``, and never under 90 % of it.

    Source: the MobileNet reference code's ``make_divisible`` (Sandler et al., arXiv:1801.04381).

    Raises:
        ValueError: one of them is not positive, or ``by`` is no whole number.
    """
    if value <= 0 or by <= 0 or by.denominator != 1:
        raise ValueError(value, by)
    rounded = int(max(by, (value + Fraction(by) / 2) // by * by))
    return rounded if rounded >= Fraction(9, 10) * value else int(rounded + by)


class InexactError(ValueError):
    """The result is no rational number."""


def nearest(value: Number) -> int:
    """Return the nearest whole number, of two the even one, as Python's ``round`` without places."""
    return round(value)


def sqrt(value: Number) -> Number:
    """Return the square root.

    Raises:
        ValueError: of a negative number; `InexactError`: of one that is no square.
    """
    above, below = math.isqrt(value.numerator), math.isqrt(value.denominator)
    if above * above != value.numerator or below * below != value.denominator:
        raise InexactError(value)
    return Fraction(above, below)


def log2(value: Number) -> int:
    """Return to which power two is raised.

    Raises:
        ValueError: there is none; `InexactError`: it is no whole number, and so irrational.
    """
    if value <= 0:
        raise ValueError(value)
    power = value.numerator.bit_length() - value.denominator.bit_length()
    if Fraction(2) ** power != value:
        raise InexactError(value)
    return power


FUNCTIONS: dict[str, Callable[..., Number]] = {
    "min": lambda first, *rest: min((first, *rest)),
    "max": lambda first, *rest: max((first, *rest)),
    "floor": math.floor,
    "ceil": math.ceil,
    "round": nearest,
    "abs": abs,
    "sqrt": sqrt,
    "log2": log2,
    "divisible": divisible,
}
