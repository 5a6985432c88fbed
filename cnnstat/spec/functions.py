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


def round_log(value: Number, base: Number) -> int:
    """Return the whole number nearest to the logarithm of ``value`` in ``base``, of two the even one.

    Logarithms are no rational numbers, but the nearest whole one is known: value² against base**(2·n + 1).

    Raises:
        ValueError: there is no logarithm, or the power is one of very many digits.
    """
    if value <= 0 or base <= 0 or base == 1:
        raise ValueError(value, base)
    near = _log(value) / _log(base)
    if abs(near) > _LARGEST_POWER:
        raise ValueError(value, base)
    below = math.floor(near)
    if abs(near - below - 0.5) > _SURE:
        return round(near)
    square, middle = Fraction(value) ** 2, Fraction(base) ** (2 * below + 1)
    if square == middle:
        return below + below % 2
    return below + ((square > middle) is (base > 1))


_LARGEST_POWER = 1_000
_SURE = 1e-9  # beside it, a logarithm worked out in floating point is on the side where it seems to be


def _log(value: Number) -> float:
    return math.log(value.numerator) - math.log(value.denominator)


FUNCTIONS: dict[str, Callable[..., Number]] = {
    "min": lambda first, *rest: min((first, *rest)),
    "max": lambda first, *rest: max((first, *rest)),
    "floor": math.floor,
    "ceil": math.ceil,
    "round": nearest,
    "abs": abs,
    "sqrt": sqrt,
    "log2": log2,
    "round_log": round_log,
    "divisible": divisible,
}

MAX_ITEMS = 10_000
"""Of a list that an expression makes."""


def whole_numbers(count: Number) -> tuple[int, ...]:
    """Return the numbers from 0 to one below ``count``.

    Raises:
        ValueError: it is no whole number of at most `MAX_ITEMS`.
    """
    if count.denominator != 1 or not 0 <= count <= MAX_ITEMS:
        raise ValueError(count)
    return tuple(range(int(count)))


LISTS: dict[str, Callable[..., object]] = {
    "range": whole_numbers,
    "count": lambda items, value: items.count(value),
}
"""The functions on lists, which an expression of a space may call, too."""
