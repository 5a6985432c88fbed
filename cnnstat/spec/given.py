"""Values of parameters that are given from outside: on a command line, or from Python."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from math import isfinite
from operator import index
from typing import TYPE_CHECKING, SupportsIndex

from cnnstat.base.arguments import shown
from cnnstat.base.errors import ArgumentError, Source, SpecError
from cnnstat.base.limits import MAX_DIGITS
from cnnstat.spec.document import parse
from cnnstat.spec.nodes import Mapping, Node, Scalar, Sequence, value_of

if TYPE_CHECKING:
    from cnnstat.spec.values import Value


MOST = 10**MAX_DIGITS
"""Numbers are below it."""


def read_value(text: str) -> object:
    """Return what a parameter's value means, by the rules of a spec: ``1.4``, ``true``, ``[1, 3]``.

    Raises:
        ArgumentError: it is no plain value.
    """
    wanted = ArgumentError(f"expected a plain value such as 1.4, true or a word, got '{text}'")
    try:
        node = parse(Source("", text))
    except (SpecError, UnicodeError):  # a command line may hold bytes that are no text
        raise wanted from None
    if "$" in text or not _plain(node):
        raise wanted
    return value_of(node)


def _plain(node: Node) -> bool:
    if isinstance(node, Sequence):
        return all(isinstance(item, Scalar) for item in node.items)
    return not isinstance(node, Mapping)


def _is_text(value: str) -> bool:
    """Say whether a string is text; in Python it may have halves of characters."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _whole(value: object) -> int | None:
    """Return a whole number as Python's own; NumPy's are others, and an array of one number is one, too."""
    if isinstance(value, SupportsIndex):
        with suppress(TypeError):
            return index(value)
    return None


def from_python(value: object) -> Value:
    """Return a value from Python as the language has it: exact, and lists as tuples.

    Raises:
        ArgumentError: the language has no such value.
    """
    if value.__class__ is int and -MOST < value < MOST:
        return value
    if isinstance(value, list | tuple):
        return tuple(from_python(item) for item in value)
    if isinstance(value, float) and isfinite(value):
        return Fraction(float.__repr__(value))  # of a subclass, such as NumPy's, the number alone
    if value is None or isinstance(value, bool) or (isinstance(value, str) and _is_text(value)):
        return value
    number = value if isinstance(value, Fraction) else _whole(value)
    if number is not None:
        if max(abs(number.numerator), number.denominator) >= 10**MAX_DIGITS:
            raise ArgumentError(f"a parameter has a number of more than {MAX_DIGITS:,} digits")
        return number
    raise ArgumentError(
        f"a parameter is a number, a word, true, false or a list of these, got {shown(value)}"
    )
