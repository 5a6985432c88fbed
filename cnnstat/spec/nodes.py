"""What a YAML text is made of: values that know their positions, in lists and mappings.

A plain scalar is an integer (``12``), a decimal (``0.5``, ``1e-5``), ``true``, ``false``, ``null``, or a
word.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias, cast

from msgspec import Struct

if TYPE_CHECKING:
    from cnnstat.base.errors import Span

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})")
_DECIMAL = re.compile(r"[-+]?((0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?|\.[0-9]{1,30})([eE][-+]?[0-9]{1,2})?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

Plain: TypeAlias = int | Fraction | bool | str | None


class Scalar(Struct, frozen=True):
    """One value. ``text`` is what the author wrote; ``quoted`` values are always text."""

    value: Plain
    text: str
    quoted: bool
    span: Span


class Sequence(Struct, frozen=True):
    """A list of nodes."""

    items: tuple[Node, ...]
    span: Span


class Mapping(Struct, frozen=True):
    """Keys with their values, in the author's order; ``flow``: in braces."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span
    flow: bool

    def get(self, key: str) -> Node | None:
        """Return the value under ``key``, or None."""
        for name, value in self.entries:
            if name.text == key:
                return value
        return None


Node: TypeAlias = Scalar | Sequence | Mapping


def plain_value(text: str) -> Plain:
    """Return what a plain scalar means; a look-alike such as ``010``, ``3:2`` or ``yes`` is a word."""
    if text in _WORDS:
        return _WORDS[text]
    if not text[0].isascii() or text[0].isalpha():
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Fraction(text)
    return text


def value_of(node: Node) -> object:
    """Return the bare value of a node: a scalar's value, or a tuple of them.

    A mapping has no bare value and comes back as itself.
    """
    if isinstance(node, Sequence):
        return tuple(value_of(item) for item in node.items)
    return node.value if isinstance(node, Scalar) else cast("object", node)


def shown(node: Node) -> str:
    """Return a node as a message shows it."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return (
            "["
            + ", ".join(shown(item) for item in node.items[:6])
            + (", ..." if len(node.items) > 6 else "")
            + "]"
        )
    if node.text == "" and not node.quoted:
        return "nothing"
    text = node.text if len(node.text) <= 60 else node.text[:57] + "..."
    return f"'{text}'" if isinstance(node.value, str) else text
