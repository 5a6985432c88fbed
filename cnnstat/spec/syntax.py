"""Which texts are expressions, and the trees that they are."""

from __future__ import annotations

import ast
import re
import warnings
from fractions import Fraction
from typing import Any

from cnnstat.base.errors import Fault
from cnnstat.spec.channels import MAX_LENGTH
from cnnstat.spec.functions import FUNCTIONS, LISTS
from cnnstat.spec.nodes import plain_value
from cnnstat.spec.operators import NOT_OURS

_ALLOWED = re.compile(r"[\w\s$+\-*/%()<>=!.,'\"]*", re.ASCII)
_ALLOWED_IN_LISTS = re.compile(r"[\w\s$+\-*/%()<>=!.,'\"\[\]]*", re.ASCII)
_NODES = (
    *(ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call),
    *(ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.Load),
)


def tree_of_text(text: str, *, lists: bool = False) -> ast.expr:
    """Return the tree of an expression; ``$name`` is the name ``__name`` there, which no author can write.

    With ``lists`` it may make lists, which takes more time than its length says.

    Raises:
        Fault: it is no expression.
    """
    if len(text) > MAX_LENGTH:
        raise bad(f"an expression is at most {MAX_LENGTH} characters long, this one has {len(text)}")
    allowed = _ALLOWED_IN_LISTS if lists else _ALLOWED
    if not allowed.fullmatch(text):
        odd = next(c for c in text if not allowed.fullmatch(c))
        way_out = "; lists are made under 'space:'" if odd in "[]" else ""
        raise bad(f"{odd!r} is not part of an expression{way_out}")
    if "__" in text or re.search(r"\$(?![A-Za-z])", text):
        raise bad(f"'{text}' is not an expression; a parameter is '$' and its name, as in '4 * $width'")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            python = text.strip().replace("$", "__")
            body: ast.expr = _Words().visit(ast.parse(python, mode="eval").body)
        _check(body, python, lists=lists)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise bad(f"cannot read the expression '{text}'") from None
    return body


class _Words(ast.NodeTransformer):
    """Reads ``true`` and ``false`` as a spec writes them; Python has other words."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return the value that a name is, if it is one."""
        if node.id not in _VALUES:
            return node
        return ast.copy_location(ast.Constant(_VALUES[node.id]), node)


_VALUES = {"true": True, "false": False}


def _check(tree: ast.expr, python: str, *, lists: bool) -> None:
    """Let a tree pass that is of the language, and read its numbers as the language does.

    Raises:
        Fault: it is not.
    """
    functions = {**FUNCTIONS, **LISTS} if lists else FUNCTIONS
    nodes = (*_NODES, ast.ListComp, ast.comprehension, ast.Store) if lists else _NODES
    for node in ast.walk(tree):
        if isinstance(node, ast.ListComp):
            _check_list(node)
        if isinstance(node, ast.Constant) and not isinstance(node.value, bool | str | None):
            node.value = _literal(ast.get_source_segment(python, node) or "")
        if isinstance(node, ast.Name) and not node.id.startswith("__") and node.id not in functions:
            raise bad(f"unknown word '{node.id}' in an expression; a parameter is written '${node.id}'")
        if type(node) in NOT_OURS:
            raise bad(f"the operator '{NOT_OURS[type(node)]}' is not part of the language")
        if not isinstance(node, nodes):
            raise bad(
                "an expression has numbers, $parameters, + - * / // % **, comparisons, and, or, not, "
                "'x if condition else y', and " + ", ".join(functions)
            )


def _check_list(node: ast.ListComp) -> None:
    """Let a list pass that is made of another, one item for each.

    Raises:
        Fault: it is made in another way.
    """
    first = node.generators[0]
    inner = (each for each in ast.walk(node) if each is not node and isinstance(each, ast.ListComp))
    simple = len(node.generators) == 1 and not first.ifs and not first.is_async
    if not simple or not isinstance(first.target, ast.Name) or any(inner):
        raise bad("a list is made as '[2 * $j for $j in range($n)]', without a condition or a list within it")


def _literal(text: str) -> Any:
    number = plain_value(text)
    if not isinstance(number, int | Fraction):
        raise bad(f"'{text}' is no number; write it as 16, 0.5 or 1e-5")
    return number


def bad(message: str) -> Fault:
    """Return what is wrong with a text."""
    return Fault(message, code="expression/syntax")
