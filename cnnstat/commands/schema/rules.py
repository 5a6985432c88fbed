"""Rules of a JSON Schema that are used throughout, written so that editors say plainly what is wrong.

What may be of several types is one rule with all of them, as each keyword is about one type: of alternatives
(`anyOf`), an editor would say what keeps a value from the first. `errorMessage` and `patternErrorMessage`
are read by the language servers of editors; others pass over them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from cnnstat.base.errors import Source
from cnnstat.base.pages import KEYS
from cnnstat.spec.document import parse
from cnnstat.spec.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Sequence as List

Rule: TypeAlias = dict[str, Any]

EXPRESSION = r"\$"
"""What an expression on parameters has in it."""
OR_EXPRESSION = "an expression such as $width"


def mapping(properties: dict[str, Rule], required: List[str] | None = None) -> Rule:
    """Return the rule of a mapping with these keys and no others."""
    needed = {} if required is None else {"required": required}
    return {"type": "object", "additionalProperties": False, **needed, "properties": properties}


def or_expression(kind: str, expected: str, **more: Any) -> Rule:
    """Return the rule of a value of a type, in whose place an expression may stand."""
    message = f"expected {expected}, or {OR_EXPRESSION}"
    return {
        "type": [kind, "string"],
        **more,
        "pattern": EXPRESSION,
        "errorMessage": message,
        "patternErrorMessage": message,
    }


def or_list(items: Rule, least: int = 1, most: int | None = None) -> Rule:
    """Return what is asked of a value where it is a list.

    It stands in a rule of its own: of one that has `items`, editors complete its key with a list.
    """
    return {"allOf": [{"items": items, "minItems": least} | ({} if most is None else {"maxItems": most})]}


def or_mapping(properties: dict[str, Rule], **more: Any) -> Rule:
    """Return what is asked of a value where it is a mapping, in a rule of its own as for a list."""
    return {"allOf": [{"additionalProperties": False, "properties": properties, **more}]}


def count(most: int) -> Rule:
    """Return the rule of a whole number from 1 on, or an expression."""
    return or_expression("integer", f"a whole number from 1 to {most:,}", minimum=1, maximum=most)


def condition(default: bool) -> Rule:
    """Return the rule of true or false, or an expression."""
    return or_expression("boolean", "true or false", default=default)


def explained(key: str, rule: Rule, *others: Any) -> Rule:
    """Return the rule of a key with what its page says; ``others`` are examples beside the page's own."""
    page = KEYS[key]
    shown = [*examples(page.example, key), *others]
    return {"title": page.title, "description": page.meaning, "examples": shown, **rule}


def examples(text: str, key: str) -> list[Any]:
    """Return the values of a key in the text of an example."""
    return list(_values(_parsed(text), key))


@cache
def _parsed(text: str) -> Node:
    return parse(Source("", text))


def _values(node: Node, key: str) -> Any:
    if isinstance(node, Mapping):
        for name, value in node.entries:
            if name.text == key:
                yield _plain(value)
            yield from _values(value, key)
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _values(item, key)


def _plain(node: Node) -> Any:
    """Return a node as JSON has it; what a scalar means may be a fraction, which is written as a decimal."""
    if isinstance(node, Mapping):
        return {name.text: _plain(value) for name, value in node.entries}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    exact = node.value is None or isinstance(node.value, bool | int | str)
    return node.value if exact else float(node.text)
