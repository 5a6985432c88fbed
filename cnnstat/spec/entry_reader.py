"""``layers:`` in a document -> Entries: the keys of a layer and of a call.

Options of layers are read later, by the layer's own declaration (`cnnstat.layers.reader`): here they
are only known to be scalars, lists or expressions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.errors import Problem
from cnnstat.spec.budget_reader import read_budgets
from cnnstat.spec.expect_reader import read_expectations
from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Entry, Option
from cnnstat.spec.nodes import Mapping, Scalar, Sequence, shown
from cnnstat.spec.value_reader import (
    as_option,
    items_of,
    read_name,
    read_operand,
    read_option,
    read_references,
)

if TYPE_CHECKING:
    from cnnstat.base.errors import Problems
    from cnnstat.spec.model import Reference
    from cnnstat.spec.nodes import Node

ENTRY_KEYS = (
    *("type", "name", "from", "weights", "when", "repeat", "first", "frozen", "unused", "expect", "budget"),
)
"""The keys of an entry that are not options of its layer type."""

_CONDITIONS = ("when", "frozen")


def read_entries(node: Node | None, cited: str, problems: Problems) -> tuple[Entry, ...]:
    """Read what stands under ``layers:``; problems are added to ``problems``.

    ``cited`` is the source of an expectation that cites nothing.
    """
    if node is None:
        return ()
    if not isinstance(node, Sequence) or not node.items:
        message = f"'layers:' is a list with one line per layer, got {shown(node)}"
        problems.add(Problem("spec/type", message, node.span))
        return ()
    entries = [_entry(item, cited, problems) for item in node.items]
    return tuple(entry for entry in entries if entry is not None)


def _meant_type(node: Mapping) -> str:
    """Return how a type that stands elsewhere is written, as the end of a message, or nothing."""
    if not node.entries:
        return ""
    key, value = node.entries[0]
    if key.text.startswith("type:"):
        return f"; a space belongs behind the colon: type: {key.text.removeprefix('type:')}"
    if isinstance(value, Mapping) and key.text not in ENTRY_KEYS:
        return f"; write {{type: {key.text}, ...}}"
    return ""


def _entry(node: Node, cited: str, problems: Problems) -> Entry | None:
    if not isinstance(node, Mapping):
        message = f"a layer is written {{type: conv, filters: 6, kernel: 5}}, got {shown(node)}"
        problems.add(Problem("spec/type", message, node.span))
        return None
    kind = node.get("type")
    if kind is None or not isinstance(operand := read_operand(kind, problems), str | Expression):
        needed = f"a layer needs a 'type:'{_meant_type(node)}"
        message = needed if kind is None else f"'type:' is a word, got {shown(kind)}"
        code = "spec/missing" if kind is None else "spec/type"
        problems.add(Problem(code, message, (kind or node).span))
        return None
    name = node.get("name")
    return Entry(
        type=Option("type", operand, next(k.span for k, _ in node.entries if k.text == "type"), kind.span),
        name=read_name(name, "a layer", problems) if name is not None else None,
        name_span=(name or kind).span,
        inputs=read_references(node.get("from"), problems) or None,
        weights=_weights(node.get("weights"), problems),
        unused=_unused(node.get("unused"), problems),
        when=read_option(node, "when", problems),
        repeat=read_option(node, "repeat", problems),
        frozen=read_option(node, "frozen", problems),
        first=_first(node, problems),
        options=tuple([as_option(k, v, problems) for k, v in node.entries if k.text not in ENTRY_KEYS]),
        expect=read_expectations(node.get("expect"), cited, problems, total=False),
        budget=read_budgets(node.get("budget"), problems, total=False),
        span=kind.span,
        flow=node.flow,
    )


def _weights(node: Node | None, problems: Problems) -> Reference | None:
    found = read_references(node, problems)
    if len(found) > 1:
        assert node is not None
        message = "'weights:' names one layer or block whose parameters are used"
        problems.add(Problem("spec/type", message, node.span))
    return found[0] if found else None


def _unused(node: Node | None, problems: Problems) -> bool:
    value = node.value if isinstance(node, Scalar) else None
    if node is not None and not isinstance(value, bool):
        problems.add(Problem("spec/type", f"'unused:' is true or false, got {shown(node)}", node.span))
    return value is True


def _first(node: Mapping, problems: Problems) -> tuple[Option, ...]:
    first = node.get("first")
    if first is not None and node.get("repeat") is None:
        problems.add(Problem("spec/first", "'first:' goes with 'repeat:'", first.span))
    entries = items_of(first, "first", problems)
    for key, _ in entries:
        if key.text in ENTRY_KEYS:
            condition = " as '$index == 0'" if key.text in _CONDITIONS else ""
            message = f"'first:' holds options of the type; '{key.text}:' stands beside it{condition}"
            problems.add(Problem("spec/first", message, key.span))
    return tuple([as_option(k, v, problems) for k, v in entries if k.text not in ENTRY_KEYS])
