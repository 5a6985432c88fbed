"""Arithmetic on block parameters: ``4 * $width``, ``$kernel // 2``, ``2 if $index == 0 else 1``.

A scalar that contains ``$`` is an expression. It is exact (integers and fractions, never floats), has
no names but parameters and no calls but `FUNCTIONS`. Python's own parser reads it; nothing is evaluated
by Python: `_evaluate` walks the tree and knows each node it accepts.
"""

from __future__ import annotations

import ast
import operator
import re
import warnings
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from msgspec import Struct

from cnnstat.base.errors import Fault
from cnnstat.base.limits import MAX_DIGITS
from cnnstat.base.text import exact, listed, suggestion
from cnnstat.spec.document import plain_value
from cnnstat.spec.functions import FUNCTIONS, Number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_LENGTH = 200
_ALLOWED = re.compile(r"[\w\s$+\-*/%()<>=!.,'\"]*", re.ASCII)
_TOO_LONG = 10**MAX_DIGITS


class Channels(Struct, frozen=True):
    """``$in``: a multiple of the channels that reach a layer, resolved by the layer itself."""

    numerator: int = 1
    denominator: int = 1

    def of(self, channels: int) -> Fraction:
        """Return this multiple of ``channels``."""
        return Fraction(channels * self.numerator, self.denominator)


Value: TypeAlias = "int | Fraction | bool | str | Channels | tuple[Value, ...] | None"


class Expression(Struct, frozen=True):
    """A parsed expression: its text and the parameters it reads."""

    text: str
    names: frozenset[str]
    tree: ast.expr

    def evaluate(self, params: Mapping[str, Value]) -> Value:
        """Return the value under ``params``.

        Raises:
            Fault: an unknown parameter, a division by zero, or operands of the wrong type; with the
                values that were read.
        """
        try:
            value = _evaluate(self.tree, params)
        except Fault as fault:
            read = ", ".join(f"${n} = {show_value(params[n])}" for n in sorted(self.names & params.keys()))
            message = f"{fault.message}, with {read}" if read else fault.message
            raise Fault(message, code=fault.code) from None
        if isinstance(value, Fraction) and value.denominator == 1:
            return value.numerator
        return value


def parse(text: str) -> Expression:
    """Parse an expression.

    Raises:
        Fault: it is not one.
    """
    if len(text) > MAX_LENGTH:
        raise _bad(f"an expression is at most {MAX_LENGTH} characters long, this one has {len(text)}")
    if not _ALLOWED.fullmatch(text):
        odd = next(c for c in text if not _ALLOWED.fullmatch(c))
        raise _bad(f"{odd!r} is not part of an expression")
    if "__" in text or re.search(r"\$(?![A-Za-z])", text):
        raise _bad(f"'{text}' is not an expression; a parameter is '$' and its name, as in '4 * $width'")
    names = frozenset(re.findall(r"\$(\w+)", text))
    return Expression(text, names, _tree(text))


def _tree(text: str) -> ast.expr:
    # '$name' becomes the Python name '__name', which no author can write (checked above).
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            python = text.strip().replace("$", "__")
            body = ast.parse(python, mode="eval").body
        _check(body, python)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise _bad(f"cannot read the expression '{text}'") from None
    return body


def _check(tree: ast.expr, python: str) -> None:
    """Let a tree pass that is of the language, and read its numbers as the language does.

    Raises:
        Fault: it is not.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and not isinstance(node.value, bool | str | None):
            node.value = _literal(ast.get_source_segment(python, node) or "")
        if isinstance(node, ast.Name) and not node.id.startswith("__") and node.id not in FUNCTIONS:
            raise _bad(f"unknown word '{node.id}' in an expression; a parameter is written '${node.id}'")
        if isinstance(node, ast.operator | ast.unaryop | ast.cmpop) and type(node) not in _OPERATORS:
            raise _bad(f"the operator {type(node).__name__} is not part of the language")
        if not isinstance(node, _NODES):
            raise _bad(
                "an expression has numbers, $parameters, + - * / // %, comparisons, and, or, not, "
                "'x if condition else y', and " + ", ".join(FUNCTIONS)
            )


def _literal(text: str) -> Any:
    number = plain_value(text)
    if not isinstance(number, int | Fraction):
        raise _bad(f"'{text}' is no number; write it as 16, 0.5 or 1e-5")
    return number


def _evaluate(node: ast.expr, params: Mapping[str, Value]) -> Value:
    return _RULES[type(node)](node, params)


def _constant(node: ast.expr, params: Mapping[str, Value]) -> Value:
    return cast("Value", cast("ast.Constant", node).value)


def _name(node: ast.expr, params: Mapping[str, Value]) -> Value:
    name = cast("ast.Name", node).id.removeprefix("__")
    if name not in params:
        known = listed(tuple(f"${p}" for p in params)) or "none here"
        raise Fault(
            f"unknown parameter '${name}'{suggestion(name, params)} (known: {known})",
            code="expression/unknown",
        )
    return params[name]


def _binary(node: ast.expr, params: Mapping[str, Value]) -> Value:
    binary = cast("ast.BinOp", node)
    left, right = _evaluate(binary.left, params), _evaluate(binary.right, params)
    if isinstance(left, Channels) or isinstance(right, Channels):
        return _scaled(type(binary.op), left, right)
    try:
        return _bounded(cast("Number", _OPERATORS[type(binary.op)](_number(left), _number(right))))
    except ZeroDivisionError:
        raise Fault("division by zero", code="expression/zero-division") from None


def _scaled(op: type[ast.AST], left: Value, right: Value) -> Channels:
    if isinstance(right, Channels) and op is ast.Mult:
        left, right = right, left
    if not isinstance(left, Channels) or isinstance(right, Channels) or op not in (ast.Mult, ast.Div):
        raise _bad("$in, the channels that reach the layer, can only be multiplied or divided by a number")
    factor = Fraction(_number(right))
    if op is ast.Div:
        if factor == 0:
            raise Fault("division by zero", code="expression/zero-division")
        factor = 1 / factor
    ratio = _bounded(Fraction(left.numerator, left.denominator) * factor)
    return Channels(ratio.numerator, ratio.denominator)


def _unary(node: ast.expr, params: Mapping[str, Value]) -> Value:
    unary = cast("ast.UnaryOp", node)
    operand = _evaluate(unary.operand, params)
    if isinstance(unary.op, ast.Not):
        return not truth(operand)
    return cast("Number", _OPERATORS[type(unary.op)](_number(operand)))


def _boolean(node: ast.expr, params: Mapping[str, Value]) -> Value:
    boolean = cast("ast.BoolOp", node)
    values = (truth(_evaluate(value, params)) for value in boolean.values)
    return all(values) if isinstance(boolean.op, ast.And) else any(values)


def _comparison(node: ast.expr, params: Mapping[str, Value]) -> Value:
    comparison = cast("ast.Compare", node)
    left = _evaluate(comparison.left, params)
    for op, operand in zip(comparison.ops, comparison.comparators, strict=True):
        right = _evaluate(operand, params)
        if not isinstance(op, ast.Eq | ast.NotEq):
            left, right = _number(left), _number(right)
        if isinstance(left, Channels) or isinstance(right, Channels):
            raise _bad("$in is not known before the network is walked and cannot be compared")
        if isinstance(left, tuple) or isinstance(right, tuple):
            raise Fault("a list cannot be compared", code="expression/type")
        if not _OPERATORS[type(op)](left, right):
            return False
        left = right
    return True


def _choice(node: ast.expr, params: Mapping[str, Value]) -> Value:
    choice = cast("ast.IfExp", node)
    return _evaluate(choice.body if truth(_evaluate(choice.test, params)) else choice.orelse, params)


def _call(node: ast.expr, params: Mapping[str, Value]) -> Value:
    call = cast("ast.Call", node)
    function = call.func.id if isinstance(call.func, ast.Name) else ""
    if function not in FUNCTIONS or call.keywords:
        raise _bad(f"the functions are {', '.join(FUNCTIONS)}")
    arguments = [_number(_evaluate(argument, params)) for argument in call.args]
    try:
        return _bounded(FUNCTIONS[function](*arguments))
    except (TypeError, ZeroDivisionError, ValueError):
        message = f"{function}({', '.join(map(show_value, arguments))}) has no value"
        raise Fault(message, code="expression/value") from None


def _bounded(number: Number) -> Number:
    if abs(number.numerator) >= _TOO_LONG or number.denominator >= _TOO_LONG:
        raise _bad(f"the result has more than {MAX_DIGITS:,} digits")
    return number


def _number(value: Value) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise Fault(f"expected a number, got {show_value(value)}", code="expression/type")
    return value


def truth(value: Value) -> bool:
    """Return a condition's value; only true and false are conditions.

    Raises:
        Fault: it is something else.
    """
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
        times = "" if value.numerator == 1 else f"{value.numerator} * "
        return f"{times}$in" + ("" if value.denominator == 1 else f" / {value.denominator}")
    if isinstance(value, str):
        return f"'{value[:60]}'"
    return exact(value)


def _bad(message: str) -> Fault:
    return Fault(message, code="expression/syntax")


_OPERATORS: dict[type[ast.AST], Callable[..., object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: Fraction(a) / b,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}

_RULES: dict[type[ast.expr], Callable[[ast.expr, Mapping[str, Value]], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _comparison,
    ast.IfExp: _choice,
    ast.Call: _call,
}

_NODES = (*_RULES, ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.Load)
