"""``budget:`` in a document -> budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.axes import RANKS
from cnnstat.base.errors import Fault, Problem
from cnnstat.base.limits import MAX_SIZE, is_size
from cnnstat.spec.budget import Budget, bound
from cnnstat.spec.nodes import Mapping, Scalar, Sequence, shown, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.base.errors import Problems
    from cnnstat.spec.budget import Inputs
    from cnnstat.spec.nodes import Node

_INPUT = "input"
_WANTED = "'budget:' is a mapping of figures, such as {params: <= 5M}, or a list of these"


def read_budgets(node: Node | None, problems: Problems, *, total: bool) -> tuple[Budget, ...]:
    """Read what stands under ``budget:``; problems are added to ``problems``."""
    if node is None:
        return ()
    found: list[Budget] = []
    for item in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(item, Mapping):
            found += _bounds(item, problems, total=total)
        else:
            problems.add(Problem("budget/type", f"{_WANTED}, got {shown(item)}", item.span))
    return tuple(found)


def _bounds(node: Mapping, problems: Problems, *, total: bool) -> Iterator[Budget]:
    inputs = _inputs(node.get(_INPUT), problems)
    for key, value in node.entries:
        if key.text == _INPUT:
            continue
        if not isinstance(value, Scalar):
            message = f"a bound is written <= 5M, got {shown(value)}"
            problems.add(Problem("budget/value", message, value.span))
            continue
        try:
            yield Budget(bound(key.text, value.text, total=total), value.span, inputs)
        except Fault as fault:
            problems.add(fault.at(key.span if fault.code == "budget/figure" else value.span))


def _inputs(node: Node | None, problems: Problems) -> Inputs:
    """Return the shapes that bounds are for: that of the only input, or a mapping of names to shapes."""
    if node is None:
        return ()
    named = node.entries if isinstance(node, Mapping) else ((None, node),)
    found = []
    for name, each in named:
        sizes = value_of(each)
        if isinstance(sizes, tuple) and 1 <= len(sizes) <= len(RANKS) and all(map(is_size, sizes)):
            found.append((name.text if name else "", sizes))
        else:
            wanted = f"a shape such as [3, 320, 320] with sizes from 1 to {MAX_SIZE:,}"
            problems.add(Problem("budget/input", f"the input is {wanted}, got {shown(each)}", each.span))
    return tuple(found)
