"""Expressions and values as Python is written."""

from __future__ import annotations

import ast
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cnnstat.exporters.source.expression_values import NoValueError
from cnnstat.exporters.source.names import quoted

if TYPE_CHECKING:
    from cnnstat.exporters.source.expressions import Tree

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


SUMMAND = 5
FACTOR = 7
"""How strongly something has to hold together to stand beside ``+``, and on any side of ``*`` or ``/``."""


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
