"""What an expression comes to: exactly, and as far as it can be known before the network is walked."""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from cnnstat.base.errors import Fault
from cnnstat.base.text import listed, suggestion
from cnnstat.spec.channels import Channels, multiple, remaining, tree_of
from cnnstat.spec.functions import FUNCTIONS, LISTS, MAX_ITEMS, InexactError, Number
from cnnstat.spec.operators import OPERATORS, bounded
from cnnstat.spec.syntax import bad
from cnnstat.spec.values import Value, number_of, operand_of, show_value, truth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class NoValueError(Fault):
    """An operation on known values that has none; ``tree`` is the operation, with the values put in."""

    def __init__(self, message: str, code: str, tree: ast.expr) -> None:
        super().__init__(message, code=code)
        self.tree = tree


def _if_needed(node: ast.expr, params: Mapping[str, Value]) -> Value:
    """Return the value of a part that only some channels need: an operation without one remains for these."""
    try:
        return evaluate(node, params)
    except NoValueError as fault:
        return remaining(fault.tree)


def evaluate(node: ast.expr, params: Mapping[str, Value]) -> Value:
    """Return what an expression, or a part of one, comes to.

    Raises:
        Fault: it has no value.
    """
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
    left, right = operand_of(evaluate(binary.left, params)), operand_of(evaluate(binary.right, params))
    try:
        if isinstance(left, Channels) or isinstance(right, Channels):
            return _scaled(type(binary.op), left, right) or _remaining(binary, left=left, right=right)
        return bounded(cast("Number", OPERATORS[type(binary.op)](left, right)))
    except (Fault, ZeroDivisionError) as error:
        tree = _with(binary, left=left, right=right)
        if isinstance(error, Fault):
            raise NoValueError(error.message, error.code, tree) from None
        raise NoValueError("division by zero", "expression/zero-division", tree) from None


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
    operand = evaluate(unary.operand, params)
    if isinstance(operand, Channels):
        if isinstance(unary.op, ast.UAdd):
            return operand
        scaled = isinstance(unary.op, ast.USub) and operand.multiple
        return multiple(-scaled) if scaled else _remaining(unary, operand=operand)
    if isinstance(unary.op, ast.Not):
        return not truth(operand)
    return cast("Number", OPERATORS[type(unary.op)](number_of(operand)))


def _boolean(node: ast.expr, params: Mapping[str, Value]) -> Value:
    boolean = cast("ast.BoolOp", node)
    unknown: list[Channels] = []
    for part in boolean.values:
        try:
            value = evaluate(part, params)
        except NoValueError as fault:
            unknown.append(_beyond(unknown, fault))
            break
        if isinstance(value, Channels):
            unknown.append(value)
        elif truth(value) is isinstance(boolean.op, ast.Or):
            return value
    return _together(boolean.op, unknown) or isinstance(boolean.op, ast.And)


def _beyond(unknown: list[Channels], fault: NoValueError) -> Channels:
    """Return a part without a value that stands behind conditions not known yet, which may decide without it.

    Raises:
        NoValueError: it stands behind none.
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
    left = evaluate(comparison.left, params)
    unknown: list[Channels] = []
    for op, operand in zip(comparison.ops, comparison.comparators, strict=True):
        try:
            right = evaluate(operand, params)
        except NoValueError as fault:
            unknown.append(_beyond(unknown, fault))
            break
        if isinstance(left, Channels) or isinstance(right, Channels):
            pair = tree_of(operand_of(left)), tree_of(operand_of(right))
            unknown.append(remaining(ast.Compare(pair[0], [op], [pair[1]])))
            left = right
            continue
        if not isinstance(op, ast.Eq | ast.NotEq):
            left, right = number_of(left), number_of(right)
        if isinstance(left, tuple) or isinstance(right, tuple):
            raise Fault("a list cannot be compared", code="expression/type")
        if not OPERATORS[type(op)](left, right):
            return False
        left = right
    return _together(ast.And(), unknown) or True


def _choice(node: ast.expr, params: Mapping[str, Value]) -> Value:
    choice = cast("ast.IfExp", node)
    test = evaluate(choice.test, params)
    if isinstance(test, Channels):
        body, orelse = _if_needed(choice.body, params), _if_needed(choice.orelse, params)
        return _remaining(choice, test=test, body=operand_of(body), orelse=operand_of(orelse))
    return evaluate(choice.body if truth(test) else choice.orelse, params)


def _call(node: ast.expr, params: Mapping[str, Value]) -> Value:
    call = cast("ast.Call", node)
    function = call.func.id if isinstance(call.func, ast.Name) else ""
    if function in LISTS and not call.keywords:
        return _call_on_list(function, [evaluate(argument, params) for argument in call.args])
    if function not in FUNCTIONS or call.keywords:
        raise bad(f"the functions are {', '.join(FUNCTIONS)}")
    arguments = [operand_of(evaluate(argument, params)) for argument in call.args]
    known = [argument for argument in arguments if not isinstance(argument, Channels)]
    if len(known) < len(arguments):
        return remaining(ast.Call(call.func, [*map(tree_of, arguments)], []))
    written = f"{function}({', '.join(map(show_value, known))})"
    try:
        return bounded(FUNCTIONS[function](*known))
    except (InexactError, TypeError, ZeroDivisionError, ValueError) as error:
        what = "is no rational number" if isinstance(error, InexactError) else "has no value"
        tree = ast.Call(call.func, [*map(tree_of, known)], [])
        raise NoValueError(f"{written} {what}", "expression/value", tree) from None


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
    items = evaluate(made.generators[0].iter, params)
    if not isinstance(items, tuple):
        raise Fault(f"a list is made of a list, got {show_value(items)}", code="expression/type")
    name = cast("ast.Name", made.generators[0].target).id.removeprefix("__")
    within = dict(params)
    values = []
    for item in items:
        within[name] = item
        values.append(evaluate(made.elt, within))
    return tuple(values)


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
