"""Arithmetic on block parameters: ``4 * $width``, ``$kernel // 2``, ``2 if $index == 0 else 1``.

A scalar that contains ``$`` is an expression. It is exact (integers and fractions, never floats), has
no names but parameters and no calls but `FUNCTIONS`. Python's own parser reads it; nothing is evaluated
by Python: `evaluation` walks the tree and knows each node that `syntax` accepts.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.errors import Fault
from cnnstat.spec.channels import Channels, tree_of
from cnnstat.spec.evaluation import evaluate
from cnnstat.spec.operators import whole
from cnnstat.spec.syntax import tree_of_text
from cnnstat.spec.values import Value, show_value

if TYPE_CHECKING:
    from collections.abc import Mapping


class Expression(Struct, frozen=True):
    """A parsed expression: its text and the parameters it reads."""

    text: str
    names: frozenset[str]
    tree: ast.expr

    def evaluate(self, params: Mapping[str, Value]) -> Value:
        """Return the value under ``params``.

        Raises:
            Fault: an unknown parameter, a division by zero, or operands of the wrong type; with the
                values that were read.
        """
        try:
            value = evaluate(self.tree, params)
        except Fault as fault:
            read = ", ".join(f"${n} = {show_value(params[n])}" for n in sorted(self.names & params.keys()))
            message = f"{fault.message}, with {read}" if read else fault.message
            raise Fault(message, code=fault.code) from None
        return whole(value) if isinstance(value, Fraction) else value


def resolved(width: Channels, channels: int) -> Value:
    """Return what an expression with ``$in`` comes to where so many channels reach a layer.

    Raises:
        Fault: it has no value; with the channels.
    """
    if width.multiple is not None:
        return whole(channels * width.multiple)
    return _read(width).evaluate({"in": channels})


@lru_cache(maxsize=256)
def _read(width: Channels) -> Expression:
    """Read what remained again; a number that was worked out may be longer than one that is written."""
    return Expression(width.text, frozenset({"in"}), tree_of(width))


def parse(text: str, *, lists: bool = False) -> Expression:
    """Parse an expression; with ``lists`` it may make lists, as those of a space do.

    Raises:
        Fault: it is not one.
    """
    tree = tree_of_text(text, lists=lists)
    return Expression(text, frozenset(re.findall(r"\$(\w+)", text)) - _own_names(tree), tree)


def _own_names(tree: ast.expr) -> frozenset[str]:
    """Return the names that an expression gives to the items of lists."""
    stored = (
        node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    return frozenset(node.id.removeprefix("__") for node in stored)
