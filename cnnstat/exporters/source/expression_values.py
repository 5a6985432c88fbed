"""What expressions come to under some values, so that what is written gives the network's numbers.

Nothing here is run by Python: `value_of` walks the tree as Python would compute it.
"""

from __future__ import annotations

import ast
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cnnstat.spec.functions import divisible
from cnnstat.spec.operators import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnnstat.exporters.source.expressions import Tree


class NoValueError(Exception):
    """An expression has no value, or none that Python would compute."""


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "round": round,
    "floor": math.floor,
    "ceil": math.ceil,
    "sqrt": math.sqrt,
    "log2": math.log2,
    "divisible": divisible,
}


def value_of(tree: Tree, values: Mapping[str, Any]) -> Any:
    """Return what Python would compute, integers as such and fractions as floats.

    Raises:
        NoValueError: there is none.
    """
    try:
        return _value(tree, values)
    except (ArithmeticError, TypeError, ValueError, KeyError) as error:
        raise NoValueError(str(error)) from None


def _value(tree: Tree, values: Mapping[str, Any]) -> Any:
    match tree:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=text):
            return values[text]
        case ast.Tuple(elts=items):
            return tuple(_value(item, values) for item in items)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _value(left, values), _value(right, values)
            if isinstance(op, ast.Div):
                return a / b
            return OPERATORS[type(op)](a, b)
        case ast.UnaryOp(op=op, operand=operand):
            inner = _value(operand, values)
            return not inner if isinstance(op, ast.Not) else OPERATORS[type(op)](inner)
        case ast.BoolOp(op=op, values=parts):
            found = [_value(part, values) for part in parts]
            return all(found) if isinstance(op, ast.And) else any(found)
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [_value(side, values) for side in (left, *others)]
            pairs = zip(ops, sides, sides[1:], strict=False)
            return all(OPERATORS[type(op)](a, b) for op, a, b in pairs)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _value(test, values) else orelse, values)
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return _FUNCTIONS[function](*[_value(argument, values) for argument in arguments])
    raise NoValueError(type(tree).__name__)


def with_whole_quotients(tree: Tree, rows: list[Mapping[str, Any]]) -> Tree:
    """Return an expression with ``//`` for each ``/`` that leaves no remainder under any of these values."""
    if isinstance(tree, ast.BinOp):
        left, right = with_whole_quotients(tree.left, rows), with_whole_quotients(tree.right, rows)
        op = tree.op
        if isinstance(op, ast.Div) and all(_divides(left, right, row) for row in rows):
            op = ast.FloorDiv()
        return ast.BinOp(left, op, right)
    if isinstance(tree, ast.Call):
        arguments = [with_whole_quotients(argument, rows) for argument in tree.args]
        return ast.Call(tree.func, arguments, [])
    if isinstance(tree, ast.IfExp):
        parts = (with_whole_quotients(part, rows) for part in (tree.body, tree.orelse))
        return ast.IfExp(tree.test, *parts)
    if isinstance(tree, ast.Tuple):
        return ast.Tuple([with_whole_quotients(item, rows) for item in tree.elts])
    return tree


def _divides(left: Tree, right: Tree, values: Mapping[str, Any]) -> bool:
    try:
        a, b = value_of(left, values), value_of(right, values)
    except NoValueError:
        return False
    return all(isinstance(each, int) and not isinstance(each, bool) for each in (a, b)) and a % b == 0


def python_value(value: Any) -> Any:
    """Return a value of a spec as Python has it."""
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, tuple):
        return tuple(python_value(item) for item in value)
    return value


def same(value: Any, wanted: Any) -> bool:
    """Say whether a value can stand for another one: a float never for a whole number, nor a bool."""
    if isinstance(wanted, tuple):
        return (
            isinstance(value, tuple)
            and len(value) == len(wanted)
            and all(same(a, b) for a, b in zip(value, wanted, strict=True))
        )
    if isinstance(value, bool) is not isinstance(wanted, bool):
        return False
    if isinstance(wanted, int) and isinstance(value, float):
        return False
    return bool(value == wanted)
