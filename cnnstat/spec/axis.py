"""What a parameter of a space may be: one of some values, or a number of a range, in steps or not.

``0.5:2:0.1`` is from 0.5 to 2 in steps of 0.1, ``log 8:256:8`` the same numbers, drawn log-uniformly, and
``power2 8:128`` the powers of two. A grid takes each value once; a sample draws, and no value depends on how
a machine rounds.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import cached_property
from math import floor
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.base.errors import Fault
from cnnstat.base.text import exact
from cnnstat.spec.nodes import plain_value
from cnnstat.spec.operators import whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.spec.functions import Number
    from cnnstat.spec.values import Value

BITS = 64
"""Of the numbers that a value is drawn by."""

KINDS = ("log", "power2")
"""What may stand before a range; without a word it is even."""

WAYS = "write 0.5:2:0.1, log 8:256:8 or power2 8:128"

_RANGE = re.compile(r"(?:([a-z]\w*) +)?([^\s:]+) *: *([^\s:]+)(?: *: *([^\s:]+))?")
_SURE = 1e-6  # what is so far from a whole number is rounded alike by every machine
_EXACT = Context(prec=30, rounding=ROUND_HALF_EVEN)  # of which logarithms are right to the last digit
_SURE_DIGITS = Context(prec=20, rounding=ROUND_HALF_EVEN)  # of powers of these: the last number is itself
_DIGITS = Context(prec=6, rounding=ROUND_HALF_EVEN)  # of a number between whose neighbours there are no steps


class Values(Struct, frozen=True):
    """Some values, each as likely as the others."""

    items: tuple[Value, ...]

    @property
    def count(self) -> int:
        """Return how many there are."""
        return len(self.items)

    def at(self, number: int) -> Value:
        """Return one of them."""
        return self.items[number]

    def drawn(self, bits: int) -> Value:
        """Return the one that is drawn by a number of 64 bits."""
        return self.items[bits * len(self.items) >> BITS]


def values_of(items: Iterable[Value]) -> Values:
    """Return values, each once: 4 and 4.0 are the same number, and 1 and true are not the same value."""
    found: dict[object, Value] = {}
    for item in items:
        found.setdefault(_same(item), item)
    return Values(tuple(found.values()))


def _same(value: Value) -> object:
    """Return what is equal for equal values; Python takes 1 for True."""
    return tuple(map(_same, value)) if isinstance(value, tuple) else (isinstance(value, bool), value)


class Range(Struct, frozen=True, dict=True):
    """Numbers from ``first`` up to ``last``; without ``step`` all of them, to six digits.

    ``kind`` is empty where all are as likely, or one of `KINDS`.
    """

    kind: str
    first: Fraction
    last: Fraction
    step: Fraction | None

    @cached_property
    def count(self) -> int | None:
        """Return how many numbers there are; None without steps."""
        if self.kind == "power2":
            return floor(self.last / self.first).bit_length()
        return None if self.step is None else floor((self.last - self.first) / self.step) + 1

    def at(self, number: int) -> Value:
        """Return one of the numbers."""
        if self.kind == "power2":
            return whole(self.first * 2**number)
        first, step, over = self._wholes
        value = first + number * step
        return value if over == 1 else whole(Fraction(value, over))

    @cached_property
    def _wholes(self) -> tuple[int, int, int]:
        """Return the first number and the step over a denominator that they share: whole numbers are fast."""
        assert self.step is not None
        over = math.lcm(self.first.denominator, self.step.denominator)
        return int(self.first * over), int(self.step * over), over

    def drawn(self, bits: int) -> Value:
        """Return the one that is drawn by a number of 64 bits.

        In a logarithmic range, a number stands for all between the one before it and itself, as in
        `pycls/sweep/random.py` (facebookresearch/pycls): on a logarithmic axis the distribution is a line.
        """
        if self.count is None:
            return six_digits(self.between(Fraction(bits, 1 << BITS)))
        if self.kind != "log" or self.step is None:
            return self.at(bits * self.count >> BITS)
        if (near := self._near(bits)) is not None:
            return self.at(near)
        # Rounding up: what lies behind the first number belongs to the next.
        behind = (self.between(Fraction(bits, 1 << BITS)) - self.first) / self.step
        return self.at(min(max(0, -floor(-behind)), self.count - 1))

    def between(self, part: Fraction) -> Fraction:
        """Return the number at a part of the way, from 0 to 1; on a logarithmic axis in a logarithmic range.

        It begins at ``first``; of logarithmic steps, where the drawing of the first of them does.
        """
        if self.kind != "log":
            return self.first + part * (self.last - self.first)
        start, extent = self._logarithms
        return Fraction(_SURE_DIGITS.plus(_EXACT.exp(_EXACT.fma(extent, _decimal(part), start))))

    def _near(self, bits: int) -> int | None:
        """Return the number of the value that is drawn, where floating point is sure of it."""
        start, extent, first, step = self._floats
        behind = (math.exp(start + extent * (bits / (1 << BITS))) - first) / step
        number = math.ceil(behind)
        return number if _SURE < number - behind < 1 - _SURE and number > 0 else None

    @cached_property
    def _floats(self) -> tuple[float, float, float, float]:
        assert self.step is not None
        return *map(float, self._logarithms), float(self.first), float(self.step)  # type: ignore[return-value]

    @cached_property
    def _logarithms(self) -> tuple[Decimal, Decimal]:
        """Return the logarithm of where drawing begins, and how far it goes."""
        less = Fraction(0) if self.step is None else min(self.step, self.first / 2)
        last = self.last if self.count is None else Fraction(_number(self.at(self.count - 1)))
        start = _EXACT.ln(_decimal(self.first - less))
        return start, _EXACT.subtract(_EXACT.ln(_decimal(last)), start)


Axis: TypeAlias = Values | Range


def is_range(text: str) -> bool:
    """Say whether a text is meant as a range: ``0.5:2:0.1``."""
    return ":" in text


def read_range(text: str) -> Range:
    """Read a range.

    Raises:
        Fault: it is none.
    """
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise _bad(f"'{text}' is no range; {WAYS}")
    kind = match[1] or ""
    if kind and kind not in KINDS:
        raise _bad(f"a range is even, or {' or '.join(KINDS)}, not '{kind}'; {WAYS}")
    first, last = _read(match[2], text), _read(match[3], text)
    step = _read(match[4], text) if match[4] is not None else None
    if last < first:
        raise _bad(f"the range '{text}' ends before it begins: {exact(whole(last))} < {exact(whole(first))}")
    if step is not None and step <= 0:
        raise _bad(f"the steps of '{text}' are more than 0, got {exact(whole(step))}")
    if kind and first <= 0:
        raise _bad(f"a range of '{kind}' begins above 0, got {exact(whole(first))}")
    if kind == "power2":
        if step is not None:
            raise _bad(f"the powers of two in '{text}' have no steps; write {text.rpartition(':')[0]}")
        if not _is_power(first):
            raise _bad(f"'{text}' begins at a power of two, got {exact(whole(first))}")
    return Range(kind, first, last, step)


def _read(text: str, whole: str) -> Fraction:
    value = plain_value(text)
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise _bad(f"'{text}' in '{whole}' is no number; {WAYS}")
    return Fraction(value)


def _is_power(value: Fraction) -> bool:
    above, below = value.numerator, value.denominator
    return above & (above - 1) == below & (below - 1) == 0


def _bad(message: str) -> Fault:
    return Fault(message, code="space/range")


def _decimal(value: Fraction) -> Decimal:
    return _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def six_digits(value: Fraction) -> Value:
    """Return the nearest number of six digits."""
    return whole(Fraction(_DIGITS.plus(_decimal(value))))


def _number(value: Value) -> Number:
    assert isinstance(value, int | Fraction)
    return value
