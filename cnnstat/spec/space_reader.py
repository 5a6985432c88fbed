"""``space:`` in a document, or what a command line varies -> a space.

Both say the same of a parameter: an expression has a ``$``, a range has a ``:``, and anything else is values,
each of which counts once, however often it is written. A document has brackets around them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cnnstat.base.errors import ArgumentError, Fault, Problem, Source, SpecError
from cnnstat.spec.axis import Values, is_range, read_range, values_of
from cnnstat.spec.document import parse as parse_yaml
from cnnstat.spec.expression import parse
from cnnstat.spec.nodes import Scalar, Sequence, shown
from cnnstat.spec.param_reader import check_param_name
from cnnstat.spec.space import WHERE, Space
from cnnstat.spec.value_reader import items_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.base.errors import Problems, Span
    from cnnstat.spec.axis import Axis
    from cnnstat.spec.expression import Expression
    from cnnstat.spec.nodes import Node
    from cnnstat.spec.values import Value

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
                axes[key.text] = _axis(value)
        except Fault as fault:
            problems.add(fault.at(value.span))
            axes[key.text] = _ANY  # others may read it: what is wrong is said once
    return Space(axes, derived, tuple(where), spans)


def given_space(texts: Mapping[str, str]) -> Space:
    """Read what a command line varies: names, and values with commas between them, ranges or expressions.

    Raises:
        ArgumentError: one is none of these.
    """
    axes: dict[str, Axis] = {}
    derived: dict[str, Expression] = {}
    for name, text in texts.items():
        try:
            if "$" in text:
                derived[name] = parse(text, lists=True)
            elif is_range(text) and not {*"'\""} & {*text}:
                axes[name] = read_range(text)
            else:
                axes[name] = _axis(_listed(text))
        except Fault as fault:
            raise ArgumentError(f"{name}: {fault.message}") from None
    return Space(axes, derived)


def _listed(text: str) -> Node:
    """Return the list that a text would be in brackets.

    Raises:
        Fault: it would be none.
    """
    wanted = "expected values such as 1,1.2,1.4 or a range such as 0.5:2:0.1"
    try:
        node = parse_yaml(Source("", f"[{text}]"))
    except (SpecError, UnicodeError):  # a command line may hold bytes that are no text
        node = None
    if not isinstance(node, Sequence) or not node.items:
        raise Fault(f"{wanted}, got '{text}'", code="space/range")
    return node


def _axis(node: Node) -> Axis:
    if isinstance(node, Scalar) and not node.quoted and is_range(node.text):
        return read_range(node.text)
    items = node.items if isinstance(node, Sequence) else (node,)
    if not items:
        raise Fault(f"expected {_WANTED}, got {shown(node)}", code="space/range")
    for item in items:
        if isinstance(item, Scalar) and item.value is None:
            raise Fault(f"expected {_WANTED}, got {shown(item)} among the values", code="space/range")
    return values_of(map(_value, items))


def _value(node: Node) -> Value:
    """Read one of several values, which may be a list.

    Raises:
        Fault: it is an expression, or a mapping.
    """
    if isinstance(node, Sequence):
        return tuple(map(_value, node.items))
    if not isinstance(node, Scalar) or "$" in node.text:
        raise Fault(f"expected {_WANTED}, got {shown(node)} among the values", code="space/range")
    if isinstance(node.value, str) and not node.quoted and _works_out(node.value):
        raise Fault(
            f"'{node.text}' is a word: what is worked out has a parameter, as '$width * 32' has; a word like"
            " this stands in quotes",
            code="space/range",
        )
    return node.value


def _works_out(word: str) -> bool:
    """Say whether a word would be a number, true or false, as an expression."""
    try:
        return isinstance(parse(word).evaluate({}), int | Fraction)
    except Fault:
        return False


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
