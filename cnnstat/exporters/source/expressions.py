"""Expressions of a spec as Python, on the arguments of a class: trees of `ast`, worked out where known.

What they come to is in `expression_values`, how they are written in `expression_text`.
"""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from cnnstat.exporters.source.expression_values import NoValueError, value_of
from cnnstat.spec.operators import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Mapping

Tree: TypeAlias = ast.expr


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


def names_in(tree: Tree) -> set[str]:
    """Return the names that a tree reads, functions left out."""
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in functions}


def functions_in(tree: Tree) -> set[str]:
    """Return the functions that a tree calls."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {func.id for func in calls if isinstance(func, ast.Name)}
