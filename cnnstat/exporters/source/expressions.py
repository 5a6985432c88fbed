"""Expressions of a spec as Python, on the arguments of a class; and what they come to, to be checked.

An expression is a tree of Python's `ast`. Nothing here is run by Python: `value_of` walks the tree as Python
would compute it, so that what is written is known to give the number that the network has.
"""

from __future__ import annotations

import ast
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from cnnstat.exporters.source.names import quoted
from cnnstat.spec.functions import divisible
from cnnstat.spec.operators import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Tree: TypeAlias = ast.expr


class NoValueError(Exception):
    """An expression has no value, or none that Python would compute."""


def name(text: str) -> Tree:
    """Return a name."""
    return ast.Name(text)


def constant(value: Any) -> Tree:
    """Return a value as an expression; a fraction is a float."""
    if isinstance(value, tuple):
        return ast.Tuple([constant(item) for item in value])
    if isinstance(value, Fraction):
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def binary(left: Tree, op: ast.operator, right: Tree) -> Tree:
    """Return an operation, worked out where both sides are numbers, without what has no effect."""
    a, b = number(left), number(right)
    if a is not None and b is not None:
        try:
            found = _exact(op, a, b)
        except (ArithmeticError, ValueError):
            return ast.BinOp(left, op, right)
        return constant(found)
    if isinstance(op, ast.Mult) and 0 in (a, b):
        return constant(0)
    if isinstance(op, ast.Mult) and 1 in (a, b):
        return right if a == 1 else left
    if isinstance(op, ast.Add) and 0 in (a, b):
        return right if a == 0 else left
    if isinstance(op, ast.Sub | ast.Div | ast.FloorDiv | ast.Pow) and b == (
        0 if isinstance(op, ast.Sub) else 1
    ):
        return left
    return ast.BinOp(left, op, right)


def there_and_back(tree: Tree) -> Tree | None:
    """Return ``x`` of ``4 * (x // 4)``, None of another expression: the same where nothing is left over."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult):
        for times, part in ((tree.left, tree.right), (tree.right, tree.left)):
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div | ast.FloorDiv):
                by = number(part.right)
                if by is not None and by == number(times):
                    return part.left
    return None


def _exact(op: ast.operator, a: Any, b: Any) -> Any:
    found: Any = OPERATORS[type(op)](_fraction(a), _fraction(b))
    return int(found) if found == int(found) and not isinstance(a, float) else found


def _fraction(value: Any) -> Any:
    return Fraction(str(value)) if isinstance(value, float) else value


def number(tree: Tree) -> Any:
    """Return the number that a tree is, None where it is something else."""
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        inner = number(tree.operand)
        return None if inner is None else -inner
    if isinstance(tree, ast.Constant) and isinstance(tree.value, int | float | Fraction):
        return None if isinstance(tree.value, bool) else tree.value
    return None


def sum_of(trees: list[Tree]) -> Tree:
    """Return a sum; equal summands are counted."""
    counts: dict[str, int] = {}
    firsts: dict[str, Tree] = {}
    for tree in trees:
        key = ast.dump(tree)
        counts[key] = counts.get(key, 0) + 1
        firsts.setdefault(key, tree)
    parts = [binary(constant(times), ast.Mult(), firsts[key]) for key, times in counts.items()]
    total = parts[0]
    for part in parts[1:]:
        total = binary(total, ast.Add(), part)
    return total


def renamed(tree: Tree, known: Mapping[str, Tree]) -> Tree:
    """Return an expression of a spec with its parameters replaced, and what is known worked out.

    Raises:
        NoValueError: it reads something that is not among the known.
    """
    match tree:
        case ast.Name(id=text):
            if text.removeprefix("__") not in known:
                raise NoValueError(text)
            return known[text.removeprefix("__")]
        case ast.Constant(value=value):
            return constant(value)
        case ast.BinOp(left=left, op=op, right=right):
            return binary(renamed(left, known), op, renamed(right, known))
        case ast.UnaryOp(op=op, operand=operand):
            inner = renamed(operand, known)
            if isinstance(op, ast.Not) and isinstance(inner, ast.Constant):
                return ast.Constant(not inner.value)
            size = number(inner)
            if size is not None and isinstance(op, ast.USub):
                return constant(-size)
            return inner if isinstance(op, ast.UAdd) else ast.UnaryOp(op, inner)
        case ast.BoolOp(op=op, values=values):
            return _joined(op, [renamed(value, known) for value in values])
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [renamed(side, known) for side in (left, *others)]
            if all(isinstance(side, ast.Constant) for side in sides):
                found: list[Any] = [cast("ast.Constant", side).value for side in sides]
                pairs = zip(ops, found, found[1:], strict=False)
                return ast.Constant(all(OPERATORS[type(op)](a, b) for op, a, b in pairs))
            return ast.Compare(sides[0], ops, sides[1:])
        case ast.IfExp(test=test, body=body, orelse=orelse):
            condition = renamed(test, known)
            if isinstance(condition, ast.Constant):
                return renamed(body if condition.value else orelse, known)
            return ast.IfExp(condition, renamed(body, known), renamed(orelse, known))
        case ast.Call(func=ast.Name(id=function), args=arguments):
            inside = [renamed(argument, known) for argument in arguments]
            call = ast.Call(ast.Name(function), inside, [])
            if all(number(argument) is not None for argument in inside):
                return constant(value_of(call, {}))
            return call
    raise NoValueError(type(tree).__name__)


def _joined(op: ast.boolop, values: list[Tree]) -> Tree:
    decided = isinstance(op, ast.Or)
    left = []
    for value in values:
        if isinstance(value, ast.Constant):
            if value.value is decided:
                return value
            continue
        left.append(value)
    if len(left) < 2:
        return left[0] if left else ast.Constant(not decided)
    return ast.BoolOp(op, left)


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


def names_in(tree: Tree) -> set[str]:
    """Return the names that a tree reads, functions left out."""
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in functions}


def functions_in(tree: Tree) -> set[str]:
    """Return the functions that a tree calls."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {func.id for func in calls if isinstance(func, ast.Name)}


_SYMBOLS: dict[type[ast.AST], tuple[str, int]] = {
    ast.Or: ("or", 1),
    ast.And: ("and", 2),
    ast.Eq: ("==", 4),
    ast.NotEq: ("!=", 4),
    ast.Lt: ("<", 4),
    ast.LtE: ("<=", 4),
    ast.Gt: (">", 4),
    ast.GtE: (">=", 4),
    ast.Add: ("+", 5),
    ast.Sub: ("-", 5),
    ast.Mult: ("*", 6),
    ast.Div: ("/", 6),
    ast.FloorDiv: ("//", 6),
    ast.Mod: ("%", 6),
    ast.Pow: ("**", 8),
}


def text_of(tree: Tree, own: str = "", least: int = 0) -> str:
    """Return an expression as Python is written; ``own`` stands before each name (``self.``)."""
    text, strength = _text(tree, own)
    return f"({text})" if strength < least else text


def _text(tree: Tree, own: str) -> tuple[str, int]:
    match tree:
        case ast.Constant(value=value):
            return literal(value), 9
        case ast.Name(id=text):
            return own + text, 9
        case ast.Tuple(elts=items):
            inside = ", ".join(text_of(item, own) for item in items)
            return f"({inside},)" if len(items) == 1 else f"({inside})", 9
        case ast.BinOp(left=left, op=op, right=right):
            symbol, strength = _SYMBOLS[type(op)]
            powers = strength == 8
            a, b = text_of(left, own, strength + powers), text_of(right, own, strength + (not powers))
            tight = powers and all(isinstance(side, ast.Constant | ast.Name) for side in (left, right))
            return (f"{a}{symbol}{b}" if tight else f"{a} {symbol} {b}"), strength
        case ast.UnaryOp(op=op, operand=operand):
            if isinstance(op, ast.Not):
                return f"not {text_of(operand, own, 3)}", 3
            return f"-{text_of(operand, own, 7)}", 7
        case ast.BoolOp(op=op, values=parts):
            symbol, strength = _SYMBOLS[type(op)]
            return f" {symbol} ".join(text_of(part, own, strength + 1) for part in parts), strength
        case ast.Compare(left=left, ops=ops, comparators=others):
            text = text_of(left, own, 5)
            for each, other in zip(ops, others, strict=True):
                text += f" {_SYMBOLS[type(each)][0]} {text_of(other, own, 5)}"
            return text, 4
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return f"{text_of(body, own, 1)} if {text_of(test, own, 1)} else {text_of(orelse, own)}", 0
        case ast.Call(func=ast.Name(id=function), args=arguments):
            module = "math." if function in ("floor", "ceil", "sqrt", "log2") else ""
            return f"{module}{function}({', '.join(text_of(a, own) for a in arguments)})", 9
    raise NoValueError(type(tree).__name__)


def literal(value: Any) -> str:
    """Return a value as Python is written, texts in double quotes."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, tuple):
        inside = ", ".join(map(literal, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, Fraction):
        return literal(float(value))
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value).replace("e-0", "e-")
