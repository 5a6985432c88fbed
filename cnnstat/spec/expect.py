"""Published figures beside a layer or for the totals, and when a figure agrees with one.

A figure may be printed exactly (``156``), rounded (``138M``, ``3.6G``, ``112Ki``), truncated to its
printed digits, or with a tolerance; an erratum is a printed figure that must *not* agree.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.base.errors import Fault
from cnnstat.base.figures import EXPECTED, OF_NETWORK
from cnnstat.base.text import suggestion

if TYPE_CHECKING:
    from cnnstat.base.errors import Span

OF_LAYERS = tuple(key for key in EXPECTED if key not in OF_NETWORK)
"""The figures that ``expect:`` knows beside a layer."""

UNITS = {
    "": 1,
    "K": 10**3,
    "M": 10**6,
    "G": 10**9,
    "B": 10**9,
    "T": 10**12,
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
}
_PRINTED = re.compile(r"(0|[1-9][0-9]{0,29})(?:\.([0-9]{1,12}))?(|K|M|G|B|T|Ki|Mi|Gi)")
_TOLERANCE = re.compile(r"((?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,12})?)(%?)")

OWN = "cnnstat"
"""The source of a figure that was calculated, and pinned."""

WHOLE = "all"
"""The size of a receptive field that is the whole input, as it is printed and written."""

Figure: TypeAlias = int | tuple[int, ...] | str
"""A count, sizes, or the whole input."""


class Printed(Struct, frozen=True):
    """A figure as a paper prints it; ``unit`` is the weight of its last printed digit."""

    text: str
    value: Fraction
    unit: Fraction
    exact: bool


class Expectation(Struct, frozen=True):
    """What a source prints for one figure, and how it is meant.

    ``correct`` is the right figure where ``erratum`` says why the printed one is not.
    """

    figure: str
    printed: Printed | tuple[int, ...] | str
    source: str
    span: Span
    truncated: bool = False
    tolerance: Fraction | None = None
    erratum: str | None = None
    correct: Figure | None = None

    @property
    def text(self) -> str:
        """Return the figure as printed."""
        if isinstance(self.printed, Printed):
            return self.printed.text
        return _shown(self.printed)

    def agrees(self, value: Figure) -> bool:
        """Say whether ``value`` is what the source prints."""
        if isinstance(self.printed, tuple | str) or isinstance(value, str):
            return value == self.printed
        return all(self._covers(self.printed, number) for number in _numbers(value))

    @staticmethod
    def _is_wrong(value: Figure, right: Figure) -> bool:
        """Say whether a figure is not the right one; one number is that of each axis of a field."""
        return (
            value != right
            if isinstance(right, tuple | str) or isinstance(value, str)
            else set(_numbers(value)) != {right}
        )

    def _covers(self, printed: Printed, value: int) -> bool:
        if self.tolerance is not None:
            return abs(value - printed.value) <= self.tolerance
        if self.truncated:
            return printed.value <= value < printed.value + printed.unit
        if printed.exact:
            return value == printed.value
        return abs(value - printed.value) <= printed.unit / 2

    def missed(self, value: Figure) -> str | None:
        """Return why ``value`` misses this expectation, or None where it is met."""
        shown = _shown(value)
        if self.erratum is None:
            if self.agrees(value):
                return None
            by = _difference(self.printed, value)
            hint = "; 'cnnstat check --write-expect' updates it" if self.source == OWN else ""
            text = f"{int(self.text):,}" if self.text.isdecimal() else self.text
            return f"{self.figure}: expected {text} ({self.source}), computed {shown}{by}{hint}"
        if self.agrees(value):
            return f"{self.figure}: {self.text} is marked as an erratum, but it is what is computed"
        if self.correct is not None and self._is_wrong(value, self.correct):
            return f"{self.figure}: the erratum's right figure is {_shown(self.correct)}, computed {shown}"
        return None


def _shown(value: Figure) -> str:
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return value if isinstance(value, str) else f"{value:,}"


def _difference(expected: Printed | tuple[int, ...] | str, value: Figure) -> str:
    """Return by how much a count is another than the printed one: `` (+9,680, +5.28 %)``."""
    if not (isinstance(expected, Printed) and isinstance(value, int)):
        return ""
    difference = value - expected.value
    parts = [f"{int(difference):+,}"] if expected.text.isdecimal() else []
    if expected.value:
        percent = float(difference * 100 / expected.value)
        parts.append(f"{percent:+.3g} %" if abs(percent) < 1000 else f"{percent:+,.0f} %")
    return f" ({', '.join(parts)})" if parts else ""


def _numbers(value: int | tuple[int, ...]) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,)


def printed(text: str) -> Printed:
    """Read a printed figure.

    Raises:
        Fault: it is not one.
    """
    match = _PRINTED.fullmatch(text)
    if match is None:
        raise Fault(f"'{text}' is not a figure; write 156, 138M, 3.6G or 112Ki", code="expect/value")
    whole, decimals, unit = match.groups()
    weight = Fraction(UNITS[unit])
    digits = decimals or ""
    value = Fraction(int(whole + digits), 10 ** len(digits)) * weight
    last = weight / 10 ** len(digits)
    return Printed(text, value, last, exact=not unit and not decimals)


def tolerance(text: str, value: Fraction) -> Fraction:
    """Read a tolerance: ``50`` (absolute) or ``5%`` (of the printed value).

    Raises:
        Fault: it is neither.
    """
    match = _TOLERANCE.fullmatch(text)
    if match is None:
        raise Fault(f"'{text}' is not a tolerance; write 50 or 5%", code="expect/value")
    number = Fraction(match[1])
    return number * value / 100 if match[2] else number


def check_figure(name: str, *, total: bool) -> None:
    """Refuse a figure that ``expect:`` does not know.

    Raises:
        Fault: with the nearest known figure.
    """
    known = EXPECTED if total else OF_LAYERS
    if name not in known:
        from cnnstat.base.pages import meant  # noqa: PLC0415 - only an unknown word waits for the pages

        hint = meant(name, known) or suggestion(name, known) or f"; known: {', '.join(known)}"
        raise Fault(f"unknown figure '{name}'{hint}", code="expect/figure")
