"""``params:`` in a document -> the parameters of a network, a variant or a block, with their defaults."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnstat.base.errors import Problem
from cnnstat.spec.entry_reader import ENTRY_KEYS
from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Expressions
from cnnstat.spec.nodes import Mapping
from cnnstat.spec.value_reader import items_of, read_operand

if TYPE_CHECKING:
    from cnnstat.base.errors import Problems, Span
    from cnnstat.spec.nodes import Node, Scalar
    from cnnstat.spec.values import Value

_RESERVED = (*ENTRY_KEYS, "in", "index")
_PARAM = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")


def read_params(node: Node | None, problems: Problems) -> dict[str, Value]:
    """Read names and their plain values; problems are added to ``problems``."""
    params: dict[str, Value] = {}
    for key, value in items_of(node, "params", problems):
        if not check_param_name(key, problems):
            continue
        operand = read_operand(value, problems)
        if isinstance(operand, Expression | Expressions):
            message = "a parameter's default is a plain value, not an expression"
            problems.add(Problem("spec/param", message, value.span))
            continue
        params[key.text] = operand
    return params


def check_param_name(key: Scalar, problems: Problems) -> bool:
    """Refuse what cannot name a parameter."""
    if _PARAM.fullmatch(key.text) and key.text not in _RESERVED:
        return True
    reserved = f"{', '.join(_RESERVED)} are taken"
    message = f"'{key.text}' cannot name a parameter; use letters, digits and _ ({reserved})"
    problems.add(Problem("spec/param", message, key.span))
    return False


def spans_of_params(node: Node | None) -> dict[str, Span]:
    """Return where the name of each parameter stands."""
    return {key.text: key.span for key, _ in node.entries} if isinstance(node, Mapping) else {}
