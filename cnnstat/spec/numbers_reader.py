"""``values:`` in a document -> numbers by the names of what they are for."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from cnnstat.base.errors import Problem
from cnnstat.base.text import plural
from cnnstat.spec.model import Numbers
from cnnstat.spec.nodes import Scalar, Sequence, shown
from cnnstat.spec.value_reader import items_of

if TYPE_CHECKING:
    from cnnstat.base.errors import Problems
    from cnnstat.spec.nodes import Node


def read_numbers(node: Node | None, problems: Problems) -> tuple[Numbers, ...]:
    """Read what stands under ``values:``: a number, or lists in lists of numbers, for each name.

    What the names mean, and which sizes they want, only a run knows.
    """
    found = []
    for key, value in items_of(node, "values", problems):
        numbers: list[float] = []
        shape = _shape(value)
        if shape is None or not prod(shape):
            message = f"'{key.text}' is a number or a list of numbers, got {shown(value)}"
            problems.add(Problem("values/type", message, value.span))
        elif _flatten(value, shape, numbers, problems):
            found.append(Numbers(key.text, shape, tuple(numbers), key.span, value.span))
    return tuple(found)


def _shape(node: Node) -> tuple[int, ...] | None:
    """Return the lengths of lists, by the first one on each level; None for what is no list and no number."""
    sizes = []
    while isinstance(node, Sequence):
        sizes.append(len(node.items))
        if not node.items:
            return tuple(sizes)
        node = node.items[0]
    return tuple(sizes) if isinstance(node, Scalar) else None


def _flatten(node: Node, shape: tuple[int, ...], numbers: list[float], problems: Problems) -> bool:
    """Add the numbers of a list row by row; say whether lists are as long as the first of their level."""
    if not shape:
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int | Fraction):
            problems.add(Problem("values/type", f"expected a number, got {shown(node)}", node.span))
            return False
        numbers.append(float(value))
        return True
    if not isinstance(node, Sequence) or len(node.items) != shape[0]:
        wanted = f"a list of {shape[0]} {plural('number' if len(shape) == 1 else 'list', shape[0])}"
        got = f"one of {len(node.items)}" if isinstance(node, Sequence) else shown(node)
        problems.add(Problem("values/type", f"expected {wanted}, as the first one is; got {got}", node.span))
        return False
    return all(_flatten(item, shape[1:], numbers, problems) for item in node.items)
