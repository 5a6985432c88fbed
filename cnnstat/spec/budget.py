"""Budgets: a figure that a network, or a part of it, may not exceed or fall below, as its author demands.

Unlike what stands under ``expect:``, a budget is nobody's published figure, and leaves room.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.base.errors import Fault
from cnnstat.base.figures import BUDGETED, OF_NETWORK
from cnnstat.base.text import suggestion
from cnnstat.spec.expect import printed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.base.errors import Span

OF_PARTS = tuple(key for key in BUDGETED if BUDGETED[key] not in OF_NETWORK)
"""The figures that a layer or a block may have a budget for."""

_CODES = {
    "params": "budget/params",
    "trainable": "budget/trainable",
    "buffers": "budget/buffers",
    "macs": "budget/macs",
    "padding_macs": "budget/padding-macs",
    "flops": "budget/flops",
    "connections": "budget/connections",
    "activations": "budget/activations",
    "receptive_field": "budget/receptive-field",
    "inference_memory": "budget/inference-memory",
    "training_memory": "budget/training-memory",
}
_SIGNS = {"<=": True, "at most": True, ">=": False, "at least": False}
_BOUND = re.compile(rf"({'|'.join(_SIGNS)}) *(\S.*)")
_DEMAND = re.compile(r"([A-Za-z_]\w{0,63})\b *(\S.*)")
_NOT_QUITE = {"<": "<=", "=<": "<=", "≤": "<=", ">": ">=", "=>": ">=", "≥": ">="}
_SECONDS = {
    "ms": Fraction(1, 1000),
    **dict.fromkeys(("us", "µs"), Fraction(1, 10**6)),
    "ns": Fraction(1, 10**9),
    "s": Fraction(1),
}
_WAYS = '; write <= 5M or at most 5M, ">= 224" or at least 224'


class Bound(Struct, frozen=True):
    """A figure by its key in a budget, the most or the least it may be, and the bound as written.

    Figures are whole numbers, so ``limit`` is one, too: the last that is still within.
    """

    figure: str
    most: bool
    limit: int
    text: str

    @property
    def key(self) -> str:
        """Return the key that the figure has everywhere else."""
        return BUDGETED[self.figure]

    @property
    def code(self) -> str:
        """Return the code of what exceeds it."""
        return _CODES[self.figure]

    @property
    def demand(self) -> str:
        """Return what is demanded: ``<= 5M``."""
        return f"{'<=' if self.most else '>='} {self.text}"

    def room(self, value: int) -> int:
        """Return what is left up to the limit; less than 0 is what it is beyond it."""
        return self.limit - value if self.most else value - self.limit


Inputs: TypeAlias = tuple[tuple[str, tuple[int, ...]], ...]
"""Shapes of inputs by name, without one for the only input; none are the spec's own."""


class Budget(Struct, frozen=True):
    """A bound at its place in a spec, and the inputs that it is for."""

    bound: Bound
    span: Span
    inputs: Inputs = ()

    @property
    def what(self) -> tuple[str, bool, Inputs]:
        """Return what is bounded: of two budgets for it, a variant's own counts and not the family's."""
        return self.bound.figure, self.bound.most, self.inputs


def bound(figure: str, text: str, *, total: bool = True) -> Bound:
    """Read the bound of a figure: ``<= 5M``, ``at least 224``, ``<= 64MiB``.

    Raises:
        Fault: there is no such figure, or that is no bound.
    """
    _check_figure(figure, total=total)
    return Bound(figure, *limit(figure, text, memory=BUDGETED[figure] in OF_NETWORK))


def limit(figure: str, text: str, *, memory: bool) -> tuple[bool, int, str]:
    """Read a bound of any figure: whether it is the most, the last whole number within, and its text.

    Of one of ``memory``, the unit may have a B.

    Raises:
        Fault: that is no bound.
    """
    most, number = _split(figure, text)
    value = _value(number, figure, memory=memory)
    return most, floor(value) if most else ceil(value), number


def real_limit(figure: str, text: str, *, seconds: bool) -> tuple[bool, Fraction, str]:
    """Read a bound of a figure that is no whole number, as `limit` does: of ``seconds``, ``<= 5ms``.

    Raises:
        Fault: that is no bound.
    """
    most, number = _split(figure, text)
    together, size = "".join(number.split()), Fraction(1)
    for unit, part in _SECONDS.items() if seconds else ():
        if together.endswith(unit):
            together, size = together.removesuffix(unit), part
            break
    try:
        return most, printed(together).value * size, number
    except Fault:
        like = "5ms, 20us or 0.005" if seconds else "17.5"
        raise Fault(f"'{number}' is no number of {figure}; write {like}", code="budget/value") from None


def _split(figure: str, text: str) -> tuple[bool, str]:
    """Return whether a bound is the most, and its number."""
    match = _BOUND.fullmatch(text.strip())
    if match is None:
        raise Fault(f"'{text}' is no bound of {figure}{_meant(text.strip()) or _WAYS}", code="budget/value")
    return _SIGNS[match[1]], match[2].rstrip()


def demand(text: str) -> Bound:
    """Read a bound with its figure in front: ``params <= 5M``.

    Raises:
        Fault: it is none.
    """
    match = _DEMAND.fullmatch(text.strip())
    if match is None:
        raise Fault(f"'{text}' is no budget; write 'params <= 5M'", code="budget/value")
    return bound(match[1], match[2])


def bounds(demands: Mapping[str, str]) -> tuple[Bound, ...]:
    """Read the bounds of figures by their keys, as a project's configuration has them.

    Raises:
        Fault: there is no such figure, or one has no bound; its ``field`` is the figure.
    """
    found = []
    for figure, text in demands.items():
        try:
            found.append(bound(figure, text))
        except Fault as fault:
            fault.field = figure
            raise
    return tuple(found)


def _check_figure(name: str, *, total: bool) -> None:
    known = tuple(BUDGETED) if total else OF_PARTS
    if name in known:
        return
    if name in BUDGETED:
        raise Fault(f"only the network as a whole has {name}", code="budget/figure")
    from cnnstat.base.pages import figure_named  # noqa: PLC0415 - only an unknown word waits for the pages

    key = figure_named(name)
    meant = next((f"; did you mean '{word}'?" for word in known if BUDGETED[word] == key), "")
    hint = meant or suggestion(name, known) or f"; known: {', '.join(known)}"
    raise Fault(f"no budget for '{name}'{hint}", code="budget/figure")


def _meant(text: str) -> str:
    """Return the way out of a sign that is nearly one of these, or of none."""
    sign = next((sign for sign in sorted(_NOT_QUITE, key=len, reverse=True) if text.startswith(sign)), None)
    if sign is not None and any(letter.isdigit() for letter in text):
        return f"; did you mean '{_NOT_QUITE[sign]} {text.removeprefix(sign).strip()}'?"
    return f"; did you mean '<= {text}'?" if text[:1].isdigit() else ""


def _value(number: str, figure: str, *, memory: bool) -> Fraction:
    try:
        return printed(_without_bytes(number) if memory else number).value
    except Fault:
        together = "".join(number.split())
        if together[:-1].isdigit() and together[-1] in "kmgt":
            together = together.upper()
        read = _is_printed(_without_bytes(together) if memory else together)
        meant = f"; did you mean '{together}'?" if together != number and read else ""
        like = "64MiB or 64MB" if memory else "5000000, 5M or 1.2G"
        message = f"'{number}' is no number of {figure}{meant or f'; write {like}'}"
        raise Fault(message, code="budget/value") from None


def _is_printed(text: str) -> bool:
    try:
        printed(text)
    except Fault:
        return False
    return True


def _without_bytes(number: str) -> str:
    """Return a number without the B of bytes, which those of memory may have behind K, M, Gi or alone.

    Of counts, B is the billion that it is in published figures.
    """
    rest = number.removesuffix("B")
    return number if rest.endswith("B") else rest
