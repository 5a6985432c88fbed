"""The values of expressions, and how messages show them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from cnnstat.base.errors import Fault
from cnnstat.base.text import exact
from cnnstat.spec.channels import Channels

if TYPE_CHECKING:
    from cnnstat.spec.functions import Number

Value: TypeAlias = "int | Fraction | bool | str | Channels | tuple[Value, ...] | None"


def operand_of(value: Value) -> Number | Channels:
    """Return a value to reckon with: a number, or one that is known when the network is walked.

    Raises:
        Fault: it is something else.
    """
    return value if isinstance(value, Channels) else number_of(value)


def number_of(value: Value) -> Number:
    """Return a number that is known.

    Raises:
        Fault: it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise Fault(f"expected a number, got {show_value(value)}", code="expression/type")
    return value


def truth(value: Value) -> bool:
    """Return a condition's value; only true and false are conditions.

    Raises:
        Fault: it is something else.
    """
    if isinstance(value, Channels):
        known = "is known only when the network is walked"
        message = f"{value.text} {known}; filters, units and groups can depend on it"
        raise Fault(message, code="expression/type")
    if not isinstance(value, bool):
        raise Fault(f"expected true or false, got {show_value(value)}", code="expression/type")
    return value


def show_value(value: Value) -> str:
    """Return a value as an author writes it: numbers as they are, a long list cut."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if isinstance(value, tuple):
        return "[" + ", ".join(map(show_value, value[:8])) + (", ...]" if len(value) > 8 else "]")
    if isinstance(value, Channels):
        return value.text
    if isinstance(value, str):
        return f"'{value[:60]}'"
    return exact(value)
