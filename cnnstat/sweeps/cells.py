"""Values of parameters in columns of a kind, and back: exactly what went in.

A column of a database has the nearest of its kind, for who asks the database itself. What a cell does not say
exactly (a third, a word among numbers) is recorded beside the columns, as JSON.
"""

from __future__ import annotations

import json
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cnnstat.spec.values import show_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnnstat.spec.values import Value

Kind: TypeAlias = Literal["integer", "number", "flag", "word", "mixed"]
"""What a column holds: whole numbers, numbers, true or false, words; or several of these, as JSON."""

Plain: TypeAlias = int | float | str | bool | None
"""A value as tables and files for readers have it."""

LARGEST = 2**127
"""Whole numbers of a database are below it, and above its negative."""

_RATIO = "/"  # no name of a parameter


def kind_of(values: Iterable[Value]) -> Kind:
    """Return the narrowest kind that has all of some values; what is not there is of every kind."""
    types = {type(value) for value in values if value is not None}
    if types and types <= {int, Fraction}:
        return "number" if Fraction in types else "integer"
    return "flag" if types == {bool} else "word" if types == {str} else "mixed"


def plain(value: Value) -> Plain:
    """Return a value as readers have it; a fraction as the nearest decimal."""
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, Fraction):
        near = nearest(value)
        return str(value) if near is None else near
    return show_value(value)


def nearest(value: float | Fraction) -> float | None:
    """Return the nearest double; None of what is too large for any."""
    try:
        near = float(value)
    except OverflowError:
        return None
    return near if isfinite(near) else None


@lru_cache(1 << 14, typed=True)
def cell_of(value: Value, kind: Kind) -> Any:
    """Return what a column of a kind has of a value: the nearest; None where there is nothing like it."""
    if kind == "mixed":
        return None if value is None else json.dumps(_encoded(value))
    if kind in ("flag", "word"):
        return value if isinstance(value, bool if kind == "flag" else str) else None
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        return None
    if kind == "number":
        return nearest(value)
    return value if isinstance(value, int) and abs(value) < LARGEST else None


@lru_cache(1 << 14, typed=True)
def value_of(cell: Any, kind: Kind) -> Value:
    """Return the value that a cell of a column of a kind stands for."""
    if cell is None or kind not in ("number", "mixed"):
        return cell  # type: ignore[no-any-return]
    if kind == "mixed":
        return _decoded(json.loads(cell))
    return int(cell) if cell.is_integer() else Fraction(repr(cell))


def recorded(values: Mapping[str, Value], kinds: Mapping[str, Kind], cells: Mapping[str, Any]) -> str | None:
    """Return as JSON the values that cells do not say exactly, by name; None where all do."""
    kept = {
        name: _encoded(value)
        for name, value in values.items()
        if not _is(value, value_of(cells[name], kinds[name]))
    }
    return json.dumps(kept) if kept else None


def values_recorded(text: str) -> dict[str, Value]:
    """Return what `recorded` has kept."""
    return {name: _decoded(each) for name, each in json.loads(text).items()}


def _is(one: Value, other: Value) -> bool:
    """Say whether two values are the same; to Python, 1 and true are equal."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_is, one, other))
    return type(one) is type(other) and one == other


def _encoded(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_encoded(each) for each in value]
    if isinstance(value, Fraction):
        near = nearest(value)
        exact = near is not None and not near.is_integer() and Fraction(repr(near)) == value
        return near if exact else {_RATIO: f"{value.numerator}/{value.denominator}"}
    return value if value is None or isinstance(value, int | str) else show_value(value)


def _decoded(found: Any) -> Value:
    if isinstance(found, list):
        return tuple(_decoded(each) for each in found)
    if isinstance(found, dict):
        above, below = found[_RATIO].split("/")
        return Fraction(int(above), int(below))
    return Fraction(repr(found)) if isinstance(found, float) else found
