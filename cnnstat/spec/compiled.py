"""An expression as a function of Python's own, for who works it out thousands of times.

It says the same as `Expression.evaluate`, number for number: what it cannot do, or what has no value, is left
to that. It is compiled from a tree that `syntax` has let pass, and calls nothing but what stands here.
"""

from __future__ import annotations

import ast
import math
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cnnstat.base.errors import Fault
from cnnstat.spec.functions import FUNCTIONS, round_log, whole_numbers
from cnnstat.spec.operators import bounded, power, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnnstat.spec.expression import Expression
    from cnnstat.spec.functions import Number
    from cnnstat.spec.values import Value

Kind: TypeAlias = Literal["number", "truth", "list"]

_SIGNS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.USub: "-",
    ast.UAdd: "+",
}
_TYPES = {"number": (int, Fraction), "truth": (bool,), "list": (tuple,)}


class _BeyondError(Exception):
    """An expression, or values, that the tree itself has to be asked about."""


def evaluate(expression: Expression, params: Mapping[str, Value]) -> Value:
    """Return what an expression comes to, as `Expression.evaluate` does.

    Raises:
        Fault: likewise.
    """
    function = _compiled(expression.text) if type(expression.text) is str else None
    if function is not None:
        try:
            return function(params)
        except (_BeyondError, ArithmeticError, Fault, KeyError, TypeError, ValueError):
            pass  # the tree says what is wrong
    return expression.evaluate(params)


@lru_cache(maxsize=1024)
def _compiled(text: str) -> Callable[[Mapping[str, Value]], Value] | None:
    """Return the function of an expression; None where there is none."""
    from cnnstat.spec.syntax import tree_of_text  # noqa: PLC0415

    writer = _Writer()
    try:
        tree = tree_of_text(text, lists=True)
        kind = writer.kind_of(tree)
        body = writer.exact(tree, kind)
    except _BeyondError:
        return None
    lines = ["def function(params):"]
    for name, of in writer.names.items():
        lines.append(f" p_{name} = params[{name!r}]")
        lines.append(f" if type(p_{name}) not in {of}_types: raise beyond")
    for name in sorted(writer.floats):
        lines.append(f" if p_{name} < 0: raise beyond")
        lines.append(f" f_{name} = float(p_{name})")
    lines.append(f" return {'whole' if kind == 'number' else ''}({body})")
    names: dict[str, Any] = dict(_NAMES)
    exec("\n".join(lines), names)  # of a tree that `syntax` knows each node of
    function: Callable[[Mapping[str, Value]], Value] = names["function"]
    return function


class _Writer:
    """What an expression is in Python, and the parameters that it reads by their kinds."""

    def __init__(self) -> None:
        self.names: dict[str, Kind] = {}
        self.floats: set[str] = set()
        self._items: set[str] = set()

    def kind_of(self, node: ast.expr) -> Kind:
        """Return what kind of value a part has; a parameter alone is a number."""
        if isinstance(node, ast.Compare | ast.BoolOp) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        ):
            return "truth"
        if isinstance(node, ast.ListComp) or (isinstance(node, ast.Call) and _called(node) == "range"):
            return "list"
        return self.kind_of(node.body) if isinstance(node, ast.IfExp) else "number"

    def exact(self, node: ast.expr, kind: Kind) -> str:
        """Return a part as Python, for a place where a value of a kind belongs.

        Raises:
            _BeyondError: it is of another kind, or nothing that is compiled.
        """
        match node:
            case ast.Name(id=word):
                return self._name(word.removeprefix("__"), kind)
            case ast.Constant(value=bool(value)) if kind == "truth":
                return repr(value)
            case ast.Constant(value=int() | Fraction() as value) if kind == "number":
                return f"({value!r})"
            case ast.IfExp(test=test, body=body, orelse=orelse):
                chosen = self.exact(body, kind), self.exact(test, "truth"), self.exact(orelse, kind)
                return "({} if {} else {})".format(*chosen)
        if kind == "truth":
            return self._truth(node)
        return self._list(node) if kind == "list" else self._number(node)

    def _name(self, name: str, kind: Kind) -> str:
        if name in self._items:
            if kind != "number":
                raise _BeyondError
            return f"i_{name}"
        if self.names.setdefault(name, kind) != kind:
            raise _BeyondError
        return f"p_{name}"

    def _truth(self, node: ast.expr) -> str:
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"(not {self.exact(operand, 'truth')})"
            case ast.BoolOp(op=op, values=parts):
                joint = " and " if isinstance(op, ast.And) else " or "
                return f"({joint.join(self.exact(part, 'truth') for part in parts)})"
            case ast.Compare(left=left, ops=ops, comparators=others):
                sides = [self.exact(each, "number") for each in (left, *others)]
                signs = [f" {_SIGNS[type(op)]} " for op in ops]
                return f"({''.join(each for pair in zip(sides, [*signs, ''], strict=True) for each in pair)})"
        raise _BeyondError

    def _list(self, node: ast.expr) -> str:
        match node:
            case ast.Call() if _called(node) == "range" and len(node.args) == 1:
                return f"numbers({self.exact(node.args[0], 'number')})"
            case ast.ListComp(elt=element, generators=[made]):
                # Items of any other list may be anything.
                if not isinstance(made.iter, ast.Call) or _called(made.iter) != "range":
                    raise _BeyondError
                over = self._list(made.iter)
                name = ast.unparse(made.target).removeprefix("__")
                self._items.add(name)
                item = self.exact(element, self.kind_of(element))
                self._items.discard(name)
                return f"tuple([{item} for i_{name} in {over}])"
        raise _BeyondError

    def _number(self, node: ast.expr) -> str:
        match node:
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _SIGNS:
                return f"({_SIGNS[type(op)]}{self.exact(operand, 'number')})"
            case ast.BinOp(left=left, op=op, right=right):
                one, other = self.exact(left, "number"), self.exact(right, "number")
                if isinstance(op, ast.Div | ast.Pow):
                    return f"{'divided' if isinstance(op, ast.Div) else 'power'}({one}, {other})"
                return f"({one} {_SIGNS[type(op)]} {other})"
            case ast.Call(args=[items, value]) if _called(node) == "count":
                return f"{self.exact(items, 'list')}.count({self.exact(value, 'number')})"
            case ast.Call(args=arguments) if _called(node) in FUNCTIONS:
                written = ", ".join(self.exact(argument, "number") for argument in arguments)
                if _called(node) == "round_log" and len(arguments) == 2:
                    return self._round_log(written, arguments)
                return f"f_{_called(node)}({written})"
        raise _BeyondError

    def _round_log(self, written: str, arguments: list[ast.expr]) -> str:
        """Return the call that takes floating point where that is sure to round to the same power."""
        try:
            near = ", ".join(map(self._near, arguments))
        except _BeyondError:
            return f"f_round_log({written})"
        return f"nearest_power({near}, lambda: f_round_log({written}))"

    def _near(self, node: ast.expr) -> str:
        """Return a part in floating point: sums, products and quotients of what is not negative, which lose
        no more than the last digits.
        """
        match node:
            case ast.Name(id=word):
                name = word.removeprefix("__")
                if name in self._items:
                    return f"i_{name}"
                self.floats.add(name)
                return f"f_{name}"
            case ast.Constant(value=int() | Fraction() as value) if value >= 0:
                return repr(float(value))
            case ast.BinOp(left=left, op=ast.Add() | ast.Mult() | ast.Div() as op, right=right):
                sign = "/" if isinstance(op, ast.Div) else _SIGNS[type(op)]
                return f"({self._near(left)} {sign} {self._near(right)})"
        raise _BeyondError


def _called(node: ast.Call) -> str:
    if node.keywords or not isinstance(node.func, ast.Name):
        raise _BeyondError
    return node.func.id


def _divided(one: Number, other: Number) -> Number:
    return Fraction(one) / other


def _whole(value: Number) -> Number:
    return whole(bounded(value))


def _nearest_power(value: float, base: float, exact: Callable[[], int]) -> int:
    """Return the nearest power as `round_log` does; beside the middle between two, it is asked itself."""
    scale = math.log(base)
    if abs(scale) < _LEAST:
        return exact()
    near = math.log(value) / scale
    rest = near - math.floor(near)
    return round(near) if abs(rest - 0.5) > _SURE and abs(near) < _FAR else exact()


_SURE, _LEAST, _FAR = 1e-6, 1e-3, 100.0

_NAMES: dict[str, object] = {
    "__builtins__": {"type": type, "float": float, "tuple": tuple},
    "Fraction": Fraction,
    "beyond": _BeyondError(),
    **{f"{kind}_types": types for kind, types in _TYPES.items()},
    **{f"f_{name}": function for name, function in FUNCTIONS.items()},
    "f_round_log": round_log,
    "numbers": whole_numbers,
    "power": power,
    "divided": _divided,
    "whole": _whole,
    "nearest_power": _nearest_power,
}
