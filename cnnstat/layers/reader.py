"""The one place where an entry of a spec becomes a layer: values against the layer's own declaration."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from cnnstat.base.errors import Fault
from cnnstat.base.text import listed, suggestion
from cnnstat.layers.option_synonyms import other_option
from cnnstat.spec.values import show_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.layers.base import Layer
    from cnnstat.spec.values import Value


_SIZES = re.compile(r"[1-9][0-9]*(?:[xX][1-9][0-9]*){1,2}")
_TRUTHS = {**dict.fromkeys(("true", "yes", "on"), "true"), **dict.fromkeys(("false", "no", "off"), "false")}
"""How YAML 1.1 and Python write the two; here the words are 'true' and 'false' alone."""


def option_names(kind: type[Layer]) -> tuple[str, ...]:
    """Return the options of a layer type, in the order of its declaration."""
    return kind.__struct_fields__


@cache
def _fields(kind: type[Layer]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(kind)}


def unknown_option(name: str, known: Sequence[str], what: str, near: Iterable[str]) -> Fault:
    """Return the fault for an option that does not exist; ``near`` are the words it may be meant for."""
    those = f"known: {listed(known)}" if known else "it has none"
    hint = _space(name, known) or other_option(name, known) or suggestion(name, near) or f"; {those}"
    return Fault(f"{what} has no option '{name}'{hint}", code="option/unknown", field=name)


def _space(name: str, known: Sequence[str]) -> str:
    option, colon, value = name.partition(":")
    meant = colon and option in known
    return f"; a space belongs behind the colon: {option}: {value}" if meant else ""


def read_layer(
    type_name: str, kind: type[Layer], options: dict[str, Value]
) -> tuple[Layer | None, list[Fault]]:
    """Return the layer with these options, or None and everything that is wrong with them."""
    fields = _fields(kind)
    with suppress(msgspec.ValidationError):  # all at once is ten times as fast as option by option
        return msgspec.convert({name: _plain(value) for name, value in options.items()}, kind), []
    found = (value_fault(name, kind, value) for name, value in options.items() if name in fields)
    faults = [fault for fault in found if fault]
    missing = [name for name, field in fields.items() if field.required and name not in options]
    if missing:
        needed = " and ".join(f"'{name}:'" for name in missing)
        faults.append(Fault(f"{type_name} needs {needed}", code="option/missing"))
    assert faults  # what can be read option by option can be read as a whole
    return None, faults


def value_fault(name: str, kind: type[Layer], value: Value) -> Fault | None:
    """Return what is wrong with the value of one option of a layer type, if anything is."""
    declared = _fields(kind)[name].type
    try:
        msgspec.convert(_plain(value), declared)
    except msgspec.ValidationError:
        return _wrong_value(name, value, declared)
    return None


def _plain(value: Value) -> object:
    if isinstance(value, Fraction):
        return float(value) if abs(value) <= sys.float_info.max else value  # too large for any option
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return value


def _wrong_value(name: str, value: Value, kind: Any) -> Fault:
    expected = described(msgspec.inspect.type_info(kind))
    message = f"{name}: expected {expected}, got {show_value(value)}{_value_hint(value, expected)}"
    return Fault(message, code="option/value", field=name)


def _value_hint(value: Value, expected: str) -> str:
    """Return how what is meant by a value is written, as the end of a message, where that is known."""
    if isinstance(value, str):
        if _SIZES.fullmatch(value):
            return f"; write [{', '.join(value.lower().split('x'))}]"
        truth = _TRUTHS.get(value.lower()) if expected == "true or false" else None
        return f"; write {truth}" if truth else ""
    fraction = isinstance(value, Fraction) and value.denominator != 1 and expected.startswith("a whole")
    return "; round(...) makes it whole" if fraction else ""


def described(info: Any) -> str:
    """Return what a type accepts, in words."""
    rule = _DESCRIPTIONS.get(type(info).__name__)
    return rule(info) if rule else type(info).__name__


def _union(info: Any) -> str:
    parts = [described(part) for part in info.types]
    return ", ".join(parts[:-1]) + f" or {parts[-1]}"


def _range(info: Any, noun: str) -> str:
    least, most = info.ge, info.le
    if least is not None and most is not None:
        return f"{noun} from {least:,} to {most:,}"
    if least is not None and info.lt is not None:
        return f"{noun} of {least:g} or more and below {info.lt:g}"
    if info.gt is not None:
        return f"{noun} above {info.gt:g}"
    return noun if least is None else f"{noun} of {least:g} or more"


def _list(info: Any) -> str:
    least, most = info.min_length or 0, info.max_length
    count = "" if most is None else f"{least} to {most} " if least != most else f"{most} "
    item = info.item_type
    if most is not None and type(item).__name__ == "IntType":
        return f"a list of {count}of these"
    return f"a list, each {described(item)}"


_DESCRIPTIONS: dict[str, Any] = {
    "IntType": lambda info: _range(info, "a whole number"),
    "FloatType": lambda info: _range(info, "a number"),
    "BoolType": lambda info: "true or false",
    "StrType": lambda info: "a word",
    "NoneType": lambda info: "null",
    "StructType": lambda info: "an expression with $in",
    "LiteralType": lambda info: " or ".join(f"'{value}'" for value in info.values),
    "VarTupleType": _list,
    "UnionType": _union,
    "Metadata": lambda info: described(info.type),
}
