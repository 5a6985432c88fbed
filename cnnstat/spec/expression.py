"""Arithmetic on block parameters: ``4 * $width``, ``$kernel // 2``, ``2 if $index == 0 else 1``.

A scalar that contains ``$`` is an expression. It is exact (integers and fractions, never floats), has
no names but parameters and no calls but `FUNCTIONS`. Python's own parser reads it; nothing is evaluated
by Python: `_evaluate` walks the tree and knows each node that `syntax` accepts.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias, cast

from msgspec import Struct

from cnnstat.base.errors import Fault
from cnnstat.base.text import exact, listed, suggestion
from cnnstat.spec.channels import Channels, multiple, remaining, tree_of
from cnnstat.spec.functions import FUNCTIONS, LISTS, MAX_ITEMS, InexactError, Number
from cnnstat.spec.operators import OPERATORS, bounded, whole
from cnnstat.spec.syntax import bad, tree_of_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
        return whole(value) if isinstance(value, Fraction) else value


def resolved(width: Channels, channels: int) -> Value:
    """Return what an expression with ``$in`` comes to where so many channels reach a layer.

    Raises:
        Fault: it has no value; with the channels.
    """
    if width.multiple is not None:
        return whole(channels * width.multiple)
    return _read(width).evaluate({"in": channels})


@lru_cache(maxsize=256)
def _read(width: Channels) -> Expression:
    """Read what remained again; a number that was worked out may be longer than one that is written."""
    return Expression(width.text, frozenset({"in"}), tree_of(width))


def parse(text: str, *, lists: bool = False) -> Expression:
    """Parse an expression; with ``lists`` it may make lists, as those of a space do.

    Raises:
        Fault: it is not one.
    """
    tree = tree_of_text(text, lists=lists)
    return Expression(text, frozenset(re.findall(r"\$(\w+)", text)) - _own_names(tree), tree)


def _own_names(tree: ast.expr) -> frozenset[str]:
    """Return the names that an expression gives to the items of lists."""
    stored = (
        node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    return frozenset(node.id.removeprefix("__") for node in stored)


class _NoValueError(Fault):
    """An operation on known values that has none; ``tree`` is the operation, with the values put in."""

    def __init__(self, message: str, code: str, tree: ast.expr) -> None:
        super().__init__(message, code=code)
        self.tree = tree


def _if_needed(node: ast.expr, params: Mapping[str, Value]) -> Value:
    """Return the value of a part that only some channels need: an operation without one remains for these."""
    try:
        return _evaluate(node, params)
    except _NoValueError as fault:
        return remaining(fault.tree)


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
    left, right = _operand(_evaluate(binary.left, params)), _operand(_evaluate(binary.right, params))
    try:
        if isinstance(left, Channels) or isinstance(right, Channels):
            return _scaled(type(binary.op), left, right) or _remaining(binary, left=left, right=right)
        return bounded(cast("Number", OPERATORS[type(binary.op)](left, right)))
    except (Fault, ZeroDivisionError) as error:
        tree = _with(binary, left=left, right=right)
        if isinstance(error, Fault):
            raise _NoValueError(error.message, error.code, tree) from None
        raise _NoValueError("division by zero", "expression/zero-division", tree) from None


def _scaled(op: type[ast.AST], left: Number | Channels, right: Number | Channels) -> Channels | None:
    """Return a multiple of $in times a number, or over one; None where it is something else."""
    if isinstance(right, Channels) and op is ast.Mult:
        left, right = right, left
    if not isinstance(left, Channels) or isinstance(right, Channels) or op not in (ast.Mult, ast.Div):
        return None
    factor = Fraction(right) if op is ast.Mult else 1 / Fraction(right)
    return None if left.multiple is None else multiple(bounded(left.multiple * factor))


def _remaining(node: ast.expr, **operands: Number | Channels) -> Channels:
    """Return what remains of an operation on these operands, one of which is not known yet."""
    return remaining(_with(node, **operands))


def _with(node: ast.expr, **operands: Number | Channels) -> ast.expr:
    """Return an operation with these operands put in."""
    fields = {name: getattr(node, name) for name in node._fields}
    return type(node)(**fields | {name: tree_of(value) for name, value in operands.items()})


def _unary(node: ast.expr, params: Mapping[str, Value]) -> Value:
    unary = cast("ast.UnaryOp", node)
    operand = _evaluate(unary.operand, params)
    if isinstance(operand, Channels):
        if isinstance(unary.op, ast.UAdd):
            return operand
        scaled = isinstance(unary.op, ast.USub) and operand.multiple
        return multiple(-scaled) if scaled else _remaining(unary, operand=operand)
    if isinstance(unary.op, ast.Not):
        return not truth(operand)
    return cast("Number", OPERATORS[type(unary.op)](_number(operand)))


def _boolean(node: ast.expr, params: Mapping[str, Value]) -> Value:
    boolean = cast("ast.BoolOp", node)
    unknown: list[Channels] = []
    for part in boolean.values:
        try:
            value = _evaluate(part, params)
        except _NoValueError as fault:
            unknown.append(_beyond(unknown, fault))
            break
        if isinstance(value, Channels):
            unknown.append(value)
        elif truth(value) is isinstance(boolean.op, ast.Or):
            return value
    return _together(boolean.op, unknown) or isinstance(boolean.op, ast.And)


def _beyond(unknown: list[Channels], fault: _NoValueError) -> Channels:
    """Return a part without a value that stands behind conditions not known yet, which may decide without it.

    Raises:
        _NoValueError: it stands behind none.
    """
    if not unknown:
        raise fault
    return remaining(fault.tree)


def _together(op: ast.boolop, conditions: list[Channels]) -> Channels | None:
    """Return conditions that are not known yet as one; None for none."""
    if len(conditions) > 1:
        return remaining(ast.BoolOp(op, [*map(tree_of, conditions)]))
    return conditions[0] if conditions else None


def _comparison(node: ast.expr, params: Mapping[str, Value]) -> Value:
    comparison = cast("ast.Compare", node)
    left = _evaluate(comparison.left, params)
    unknown: list[Channels] = []
    for op, operand in zip(comparison.ops, comparison.comparators, strict=True):
        try:
            right = _evaluate(operand, params)
        except _NoValueError as fault:
            unknown.append(_beyond(unknown, fault))
            break
        if isinstance(left, Channels) or isinstance(right, Channels):
            pair = tree_of(_operand(left)), tree_of(_operand(right))
            unknown.append(remaining(ast.Compare(pair[0], [op], [pair[1]])))
            left = right
            continue
        if not isinstance(op, ast.Eq | ast.NotEq):
            left, right = _number(left), _number(right)
        if isinstance(left, tuple) or isinstance(right, tuple):
            raise Fault("a list cannot be compared", code="expression/type")
        if not OPERATORS[type(op)](left, right):
            return False
        left = right
    return _together(ast.And(), unknown) or True


def _choice(node: ast.expr, params: Mapping[str, Value]) -> Value:
    choice = cast("ast.IfExp", node)
    test = _evaluate(choice.test, params)
    if isinstance(test, Channels):
        body, orelse = _if_needed(choice.body, params), _if_needed(choice.orelse, params)
        return _remaining(choice, test=test, body=_operand(body), orelse=_operand(orelse))
    return _evaluate(choice.body if truth(test) else choice.orelse, params)


def _call(node: ast.expr, params: Mapping[str, Value]) -> Value:
    call = cast("ast.Call", node)
    function = call.func.id if isinstance(call.func, ast.Name) else ""
    if function in LISTS and not call.keywords:
        return _call_on_list(function, [_evaluate(argument, params) for argument in call.args])
    if function not in FUNCTIONS or call.keywords:
        raise bad(f"the functions are {', '.join(FUNCTIONS)}")
    arguments = [_operand(_evaluate(argument, params)) for argument in call.args]
    known = [argument for argument in arguments if not isinstance(argument, Channels)]
    if len(known) < len(arguments):
        return remaining(ast.Call(call.func, [*map(tree_of, arguments)], []))
    written = f"{function}({', '.join(map(show_value, known))})"
    try:
        return bounded(FUNCTIONS[function](*known))
    except (InexactError, TypeError, ZeroDivisionError, ValueError) as error:
        what = "is no rational number" if isinstance(error, InexactError) else "has no value"
        tree = ast.Call(call.func, [*map(tree_of, known)], [])
        raise _NoValueError(f"{written} {what}", "expression/value", tree) from None


def _call_on_list(function: str, arguments: list[Value]) -> Value:
    """Return what a function on lists comes to.

    Raises:
        Fault: it is given something else, or more than anybody needs.
    """
    kinds = ((int, Fraction),) if function == "range" else ((tuple,), (int, Fraction))
    fits = len(kinds) == len(arguments) and all(map(isinstance, arguments, kinds))
    if not fits or any(isinstance(argument, bool) for argument in arguments):
        written = ", ".join(map(show_value, arguments))
        wanted = "range(number)" if function == "range" else "count(list, number)"
        raise Fault(f"{function}({written}) has no value; it is {wanted}", code="expression/type")
    try:
        return cast("Value", LISTS[function](*arguments))
    except ValueError:
        message = f"a list has 0 to {MAX_ITEMS:,} items, got range({show_value(arguments[0])})"
        raise Fault(message, code="expression/value") from None


def _list(node: ast.expr, params: Mapping[str, Value]) -> Value:
    made = cast("ast.ListComp", node)
    items = _evaluate(made.generators[0].iter, params)
    if not isinstance(items, tuple):
        raise Fault(f"a list is made of a list, got {show_value(items)}", code="expression/type")
    name = cast("ast.Name", made.generators[0].target).id.removeprefix("__")
    within = dict(params)
    values = []
    for item in items:
        within[name] = item
        values.append(_evaluate(made.elt, within))
    return tuple(values)


def _operand(value: Value) -> Number | Channels:
    return value if isinstance(value, Channels) else _number(value)


def _number(value: Value) -> Number:
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


_RULES: dict[type[ast.expr], Callable[[ast.expr, Mapping[str, Value]], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _comparison,
    ast.IfExp: _choice,
    ast.Call: _call,
    ast.ListComp: _list,
}
