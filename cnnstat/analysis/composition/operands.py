"""Operands of a spec made ready to be asked again and again, under ever other parameters."""

from __future__ import annotations

import ast
from fractions import Fraction
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Expressions, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterator, Mapping

    from cnnstat.spec.model import Operand
    from cnnstat.spec.values import Value

Ready: TypeAlias = "Callable[[Mapping[str, Value]], Value]"
"""An operand as a function of the parameters in scope; it raises `Fault` or `Beyond` if it has none."""

Picked: TypeAlias = "Callable[[Mapping[str, Hashable]], Hashable]"
"""What takes some of the parameters in scope, as one key."""

_REMEMBERED = 100_000


def key_of(value: Value) -> Hashable:
    """Return what stands for a value: to Python 1, 1.0 and True are equal, to the language they are not."""
    kind = value.__class__
    if kind is int or kind is str:
        return value
    return (kind, tuple(map(key_of, value))) if isinstance(value, tuple) else (kind, value)


def keys_of(params: Mapping[str, Value]) -> dict[str, Hashable]:
    """Return what stands for each parameter."""
    return {
        name: value if (kind := value.__class__) is int or kind is str else key_of(value)
        for name, value in params.items()
    }


def picked(names: Collection[str]) -> Picked:
    """Return what takes the parameters of these names, all of which are there."""
    return itemgetter(*sorted(names)) if names else _nothing


def _nothing(keyed: Mapping[str, Hashable]) -> Hashable:
    return None


def names_in(operand: Operand) -> Iterator[str]:
    """Yield the parameters that an operand reads."""
    if isinstance(operand, Expression):
        yield from operand.names
    elif isinstance(operand, Expressions):
        for item in operand.items:
            yield from names_in(item)


def ready(operand: Operand) -> Ready:
    """Return an operand as a function, which works each distinct case out once; see `Ready`."""
    if isinstance(operand, Expressions):
        return lambda params: resolve(operand, params)
    if not isinstance(operand, Expression):
        return lambda params: operand
    if isinstance(operand.tree, ast.Name):
        return _parameter(operand.tree.id.removeprefix("__"))
    return _remembered(operand, tuple(sorted(operand.names)))


def _parameter(name: str) -> Ready:
    def value(params: Mapping[str, Value]) -> Value:
        if name not in params:
            raise Beyond("an unknown parameter")
        found = params[name]
        return found.numerator if found.__class__ is Fraction and found.denominator == 1 else found

    return value


def _remembered(expression: Expression, names: tuple[str, ...]) -> Ready:
    known: dict[Hashable, Value] = {}

    def value(params: Mapping[str, Value]) -> Value:
        key = tuple([key_of(params[name]) if name in params else None for name in names])
        if key not in known:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[key] = expression.evaluate(params)
        return known[key]

    return value
