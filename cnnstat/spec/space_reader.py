"""``space:`` in a document -> a space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.errors import Fault, Problem
from cnnstat.spec.axis import Values, is_range, read_range, values_of
from cnnstat.spec.expression import parse
from cnnstat.spec.nodes import Scalar, Sequence, shown
from cnnstat.spec.param_reader import check_param_name
from cnnstat.spec.space import WHERE, Space
from cnnstat.spec.value_reader import items_of, read_operand

if TYPE_CHECKING:
    from cnnstat.base.errors import Problems, Span
    from cnnstat.spec.axis import Axis
    from cnnstat.spec.expression import Expression, Value
    from cnnstat.spec.nodes import Node

_ANY = Values((1,))
_WANTED = "a list of values, a range such as 0.5:2:0.1, or an expression"


def read_space(node: Node | None, problems: Problems) -> Space | None:
    """Read what stands under ``space:``, None where nothing does; problems are added to ``problems``."""
    if node is None:
        return None
    axes: dict[str, Axis] = {}
    derived: dict[str, Expression] = {}
    where: list[Expression] = []
    spans: dict[str, Span] = {}
    for key, value in items_of(node, "space", problems):
        if key.text == WHERE:
            for condition in value.items if isinstance(value, Sequence) else (value,):
                if (read := _condition(condition, problems)) is not None:
                    where.append(read)
                    spans.setdefault(read.text, condition.span)
            continue
        if not check_param_name(key, problems):
            continue
        spans[key.text] = key.span
        try:
            if isinstance(value, Scalar) and "$" in value.text:
                derived[key.text] = parse(value.text, lists=True)
            else:
                axes[key.text] = _axis(value, problems)
        except Fault as fault:
            problems.add(fault.at(value.span))
            axes[key.text] = _ANY  # others may read it: what is wrong is said once
    return Space(axes, derived, tuple(where), spans)


def _axis(node: Node, problems: Problems) -> Axis:
    if isinstance(node, Scalar) and not node.quoted and is_range(node.text):
        return read_range(node.text)
    items = node.items if isinstance(node, Sequence) else (node,)
    if not items or not all(isinstance(item, Scalar | Sequence) for item in items):
        raise Fault(f"expected {_WANTED}, got {shown(node)}", code="space/range")
    return values_of(_value(item, problems) for item in items)


def _value(node: Node, problems: Problems) -> Value:
    """Read one of several values, which may be a list.

    Raises:
        Fault: it is an expression, or nothing.
    """
    operand = read_operand(node, problems)
    if operand is None or (
        not isinstance(operand, int | str | tuple) and not hasattr(operand, "denominator")
    ):
        raise Fault(f"expected {_WANTED}, got {shown(node)} among the values", code="space/range")
    return operand  # type: ignore[return-value]


def _condition(node: Node, problems: Problems) -> Expression | None:
    if not isinstance(node, Scalar) or "$" not in node.text:
        message = f"a condition is an expression such as $w2 >= $w1, got {shown(node)}"
        problems.add(Problem("space/condition", message, node.span))
        return None
    try:
        return parse(node.text, lists=True)
    except Fault as fault:
        problems.add(fault.at(node.span))
        return None
