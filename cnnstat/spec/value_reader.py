"""The kinds of value that keys take, read from nodes: names, texts, references, options, mappings.

All of these add what does not fit to ``problems`` and return what can be gone on with.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from cnnstat.base.errors import Fault, Problem
from cnnstat.base.text import suggestion
from cnnstat.spec import expression
from cnnstat.spec.model import Expressions, Option, Reference
from cnnstat.spec.nodes import Mapping, Scalar, Sequence, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.base.errors import Problems, Span
    from cnnstat.spec.model import Operand
    from cnnstat.spec.nodes import Node
    from cnnstat.spec.values import Value

LETTERS = "1 to 64 of A-Z, a-z, 0-9, _"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
_PART = r"(?:[A-Za-z0-9_][A-Za-z0-9_-]*|\*)"
_REFERENCE = re.compile(rf"(?=.{{1,256}}\Z)[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.{_PART})*")

# -- values ----------------------------------------------------------------------------------------


def read_text(node: Node | None, problems: Problems) -> str:
    """Return a text as written, empty where there is none."""
    if node is None:
        return ""
    if isinstance(node, Scalar):
        return node.text
    problems.add(Problem("spec/type", f"expected text, got {shown(node)}", node.span))
    return ""


def read_name(node: Node, what: str, problems: Problems) -> str | None:
    """Return the name that is given to ``what``."""
    if isinstance(node, Scalar) and _NAME.fullmatch(node.text) and node.text != "input":
        return node.text
    taken = " ('input' is taken)" if isinstance(node, Scalar) and node.text == "input" else ""
    message = f"{what}'s name has {LETTERS} and - ('-' not in front), got {shown(node)}{taken}"
    problems.add(Problem("spec/name", message, node.span))
    return None


def read_references(node: Node | None, problems: Problems) -> tuple[Reference, ...]:
    """Return the names of layers in a list, or the only one."""
    if node is None:
        return ()
    items = node.items if isinstance(node, Sequence) else (node,)
    for item in items:
        if not isinstance(item, Scalar) or not _REFERENCE.fullmatch(item.text):
            problems.add(Problem("spec/name", f"expected a layer's name, got {shown(item)}", item.span))
    return tuple(Reference(item.text, item.span) for item in items if isinstance(item, Scalar))


def read_option(node: Mapping, key: str, problems: Problems) -> Option | None:
    """Return the option ``key`` of an entry."""
    for name, value in node.entries:
        if name.text == key:
            return as_option(name, value, problems)
    return None


def as_option(key: Scalar, value: Node, problems: Problems) -> Option:
    """Return one ``key: value`` of an entry."""
    return Option(key.text, read_operand(value, problems), key.span, value.span)


def read_operand(node: Node, problems: Problems) -> Operand:
    """Return a value, an expression, or a list of these."""
    if isinstance(node, Sequence):
        items = tuple([read_operand(item, problems) for item in node.items])
        if any(isinstance(item, expression.Expression | Expressions) for item in items):
            return Expressions(items, _length(items))
        return cast("Value", items)
    if isinstance(node, Mapping):
        problems.add(Problem("spec/type", "expected a value or a list, got a mapping", node.span))
        return None
    if "$" in node.text:
        try:
            return expression.parse(node.text)
        except Fault as fault:
            problems.add(fault.at(node.span))
            return None
    return node.value


def _length(items: tuple[Operand, ...]) -> int:
    """Return how many values a list has, those of lists within it too."""
    within = (item for item in items if isinstance(item, tuple | Expressions))
    return len(items) + sum(_length(item) if isinstance(item, tuple) else item.length for item in within)


# -- mappings --------------------------------------------------------------------------------------


def items_of(node: Node | None, what: str, problems: Problems) -> tuple[tuple[Scalar, Node], ...]:
    """Return the keys and values of the mapping that stands under the key ``what``."""
    if node is None:
        return ()
    if not isinstance(node, Mapping):
        message = f"'{what}:' is a mapping of names to values, got {shown(node)}"
        problems.add(Problem("spec/type", message, node.span))
        return ()
    return node.entries


def check_keys(node: Mapping, known: tuple[str, ...], what: str, problems: Problems) -> None:
    """Refuse keys that ``what`` does not have."""
    for key, _ in node.entries:
        if key.text not in known:
            hint = suggestion(key.text, known) or f"; known: {', '.join(known)}"
            problems.add(Problem("spec/unknown-key", f"{what} has no key '{key.text}'{hint}", key.span))


def need_keys(node: Mapping, keys: Iterable[str], what: str, span: Span, problems: Problems) -> None:
    """Refuse that ``what``, which stands at ``span``, lacks one of ``keys``."""
    for key in keys:
        if node.get(key) is None:
            problems.add(Problem("spec/missing", f"{what} needs '{key}:'", span))
