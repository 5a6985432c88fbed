"""The parameters of a spec as a page changes them: the value of each, and those that a slider stops at."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec import Struct

from cnnstat.base.errors import Source
from cnnstat.base.limits import MAX_SIZE
from cnnstat.commands.serve.bounds import PARAMETERS, STOPS
from cnnstat.spec.axis import Values
from cnnstat.spec.document import parse
from cnnstat.spec.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.commands.serve.places import Places
    from cnnstat.spec.axis import Axis
    from cnnstat.spec.choice import Spec
    from cnnstat.spec.nodes import Node
    from cnnstat.spec.values import Value

Setting: TypeAlias = bool | int | float | str | list[Any] | None
"""A value as JSON has it."""

_EVEN = 50  # stops of a range without steps


class Parameter(Struct, frozen=True, kw_only=True):
    """One parameter: its value, that of the text, and which values a slider has.

    ``bounded``: they are those of the spec's `space:`; else they are around the value. A word or a list that
    the space does not list has none. ``place`` is where the text has the value, in units of UTF-16; null
    where it is no plain value there.
    """

    name: str
    value: Setting
    own: Setting
    kind: Literal["number", "whole", "switch", "word", "list"]
    stops: tuple[Setting, ...]
    bounded: bool
    place: tuple[int, int] | None


def parameters(spec: Spec, variant: str | None, text: str, places: Places) -> tuple[Parameter, ...]:
    """Return the parameters of a network that the page may change."""
    family = spec.family
    own = family.params | (spec.variant.params if spec.variant else {})
    axes = family.space.axes if family.space else {}
    written = dict(_written(text, variant, places)) if own else {}
    return tuple(
        Parameter(
            name=name,
            value=_setting(spec.params[name]),
            own=_setting(value),
            kind=_kind(value),
            stops=_stops(value, axes.get(name)),
            bounded=name in axes,
            place=written.get(name),
        )
        for name, value in [*own.items()][:PARAMETERS]
    )


def _written(text: str, variant: str | None, places: Places) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield where plain values of parameters stand; those of a variant come last, and count."""
    root = parse(Source("", text))
    if not isinstance(root, Mapping):
        return
    within: list[Node | None] = [root.get("params")]
    variants = root.get("variants")
    if variant is not None and isinstance(variants, Mapping):
        body = variants.get(variant)
        within.append(body.get("params") if isinstance(body, Mapping) else None)
    for node in within:
        for key, value in node.entries if isinstance(node, Mapping) else ():
            if isinstance(value, Scalar) and not value.quoted:
                yield key.text, places.of(value.span)


def _kind(value: Value) -> Literal["number", "whole", "switch", "word", "list"]:
    if isinstance(value, bool):
        return "switch"
    if isinstance(value, int):
        return "whole"
    if isinstance(value, Fraction):
        return "number"
    return "list" if isinstance(value, tuple) else "word"


def _stops(value: Value, axis: Axis | None) -> tuple[Setting, ...]:
    if isinstance(value, bool) and axis is None:
        return (False, True)
    if isinstance(axis, Values):
        return tuple(map(_setting, axis.items[:STOPS]))
    if axis is not None and axis.count is not None:
        # Of more numbers than there are stops, every second, every third: the first and the last are kept.
        stops, last = min(axis.count, STOPS), axis.count - 1
        return _settings(axis.at(last * at // max(1, stops - 1)) for at in range(stops))
    if axis is not None:
        extent = axis.last - axis.first
        return _settings(_plain(axis.first + extent * at / _EVEN) for at in range(_EVEN + 1))
    return _around(value)


def _around(value: Value) -> tuple[Setting, ...]:
    """Return stops up to twice a number, for there are no bounds; the number itself is one of them."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_SIZE:
        step = ceil(2 * value / STOPS)
        return tuple(sorted({1, value, *range(step, 2 * value + 1, step)}))
    if isinstance(value, Fraction) and 0 < value <= MAX_SIZE:
        return tuple(float(2 * value * at / _EVEN) for at in range(1, _EVEN + 1))
    return ()


def _settings(values: Iterable[Value]) -> tuple[Setting, ...]:
    return tuple(map(_setting, dict.fromkeys(values)))


def _plain(value: Fraction) -> Value:
    rounded = Fraction(repr(round(float(value), 6)))
    return rounded.numerator if rounded.denominator == 1 else rounded


def _setting(value: Value) -> Setting:
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, tuple):
        return [_setting(each) for each in value]
    return value  # type: ignore[return-value]
