"""``--where``, ``--pareto`` and ``--sort``: what is demanded of figures, in the words of budgets.

``macs between 360M and 440M and params <= 6M`` is three bounds. A condition with ``$`` is one on parameters,
and is decided before any figure is worked out.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.base.errors import ArgumentError, Fault
from cnnstat.base.figures import BUDGETED
from cnnstat.spec.budget import limit, real_limit
from cnnstat.sweeps.networks.columns import param_key
from cnnstat.sweeps.networks.figures import REAL, SWEPT, swept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.sweeps.networks.figures import Cell, Side, SweepFigure

Number: TypeAlias = int | float | Fraction

_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"([A-Za-z_][\w-]*)\s+between\s+(\S.*)", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:or|not)\b|,(?!\d)|[()]", re.IGNORECASE)  # the reader of numbers knows 5,000,000
_EXACT = re.compile(r"={1,2}\s*(\S+)")
_BOUND = re.compile(r"([A-Za-z_][\w-]*)(?![\w-])\s*(\S.*)")
_WAYS = "write 'macs between 360M and 440M and params <= 6M'"


class Condition(Struct, frozen=True):
    """The most or the least that a figure may be; ``text`` is the bound as written."""

    key: str
    most: bool
    limit: int | float
    text: str

    def holds(self, cell: Cell, side: Side = "") -> bool | None:
        """Say whether a figure is within; None where that is not decided, for it is unknown or only a bound.

        Of one for each axis, the axis counts that is farthest from it, as in a budget. What is at most 90 is
        at most 100, and surely not 120 or more; whether it is at most 80, or 5 or more, it does not say.
        """
        value = number(cell, least=not self.most)
        if value is None:
            return None
        kept = value <= self.limit if self.most else value >= self.limit
        return None if side and kept is not self.decided(side) else kept

    def decided(self, side: Side) -> bool:
        """Return all that a figure on one side of its number can prove: that it is within, or is not."""
        return self.most is (side == "at most")

    @property
    def demand(self) -> str:
        """Return what is demanded: ``params <= 6M``."""
        return f"{self.key} {'<=' if self.most else '>='} {self.text}"


class Order(Struct, frozen=True):
    """A figure, or a parameter that varies, and whether less of it is better; or comes first."""

    key: str
    less: bool

    def value(self, cell: object) -> Number | None:
        """Return what is compared: the smaller, the better; None where it is unknown."""
        found = number(cell, least=not self.less)
        return found if found is None or self.less else -found


def number(cell: object, *, least: bool) -> Number | None:
    """Return a figure as one number: of one for each axis the least or the most; None where there is none."""
    if isinstance(cell, tuple | list):
        return (min if least else max)(cell) if cell else None
    return cell if isinstance(cell, int | float | Fraction) else None


def check_together(conditions: Sequence[Condition]) -> None:
    """Refuse bounds of a figure that exclude each other.

    Raises:
        ArgumentError: there are some.
    """
    for least in conditions:
        for most in conditions:
            if least.key == most.key and most.most and not least.most and least.limit > most.limit:
                raise ArgumentError(
                    f"'{least.demand}' and '{most.demand}' exclude each other: nothing meets both"
                )


def read_where(text: str, params: Sequence[str] = ()) -> tuple[Condition, ...]:
    """Read conditions on figures; ``params`` are names that somebody may take for such.

    Raises:
        ArgumentError: there is no such figure, or no such bound.
    """
    if other := _OTHER.search(text):
        raise ArgumentError(f"'{text}': conditions on figures know 'and' alone, no '{other[0]}'; {_WAYS}")
    found: list[Condition] = []
    parts = _AND.split(text.strip())
    while parts:
        part = parts.pop(0)
        if between := _BETWEEN.fullmatch(part):
            if not parts:
                raise ArgumentError(f"'{part}' lacks its upper bound; {_WAYS}")
            found += (
                _condition(between[1], f">= {between[2]}", params),
                _condition(between[1], f"<= {parts.pop(0)}", params),
            )
        elif bound := _BOUND.fullmatch(part):
            found.append(_condition(bound[1], bound[2], params))
        else:
            raise ArgumentError(f"'{part}' is no condition; {_WAYS}")
    return tuple(found)


def _condition(name: str, text: str, params: Sequence[str]) -> Condition:
    if name in params and name not in SWEPT and name not in BUDGETED:
        raise ArgumentError(f"{name} is a parameter, and is written with a $: '${name} {text}'")
    figure = swept(name)
    if not figure.ordered:
        raise ArgumentError(f"{name} is no number, and has no bounds")
    if exact := _EXACT.fullmatch(text):
        same = f"{name} between {exact[1]} and {exact[1]}"
        raise ArgumentError(f"'{name} {text}' is no condition; write '{same}'")
    try:
        most, bound, written = bound_of(figure, name, text)
    except Fault as fault:
        raise ArgumentError(fault.message) from None
    return Condition(figure.key, most, bound, written)


def bound_of(figure: SweepFigure, name: str, text: str) -> tuple[bool, int | float, str]:
    """Read a bound of a figure: whether it is the most, the last number within, and its text.

    Raises:
        Fault: that is none.
    """
    if figure.kind in REAL:
        most, value, written = real_limit(name, text, seconds=figure.kind == "seconds")
        return most, float(value), written
    return limit(name, text, memory=figure.kind == "bytes")


def read_orders(text: str, params: Sequence[str] = ()) -> tuple[Order, ...]:
    """Read what is compared: ``params, macs, -receptive_field``, where - means that more comes first.

    ``params`` are names of parameters, with a ``$`` or without; of a name that a figure has, too, the figure
    is meant without one.

    Raises:
        ArgumentError: there is no such figure or parameter.
    """
    found = []
    for part in text.split(","):
        word = part.strip()
        name = word.removeprefix("-").strip()
        if name.removeprefix("$") in params and not (name in SWEPT or name in BUDGETED):
            found.append(Order(param_key(name.removeprefix("$")), less=not word.startswith("-")))
            continue
        key = swept(name, params).key
        if not SWEPT[key].ordered:
            raise ArgumentError(f"{name} is no number, and cannot be compared")
        found.append(Order(key, less=not word.startswith("-")))
    return tuple(found)


def read_columns(text: str) -> tuple[str, ...]:
    """Read the keys of figures with commas between them.

    Raises:
        ArgumentError: there is no such figure.
    """
    return tuple(dict.fromkeys(swept(part.strip()).key for part in text.split(",")))
