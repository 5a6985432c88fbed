"""What an argument may be said by, beside what the spec says."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.expressions import Tree, binary, constant, name, there_and_back

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.exporters.source.arguments import Param


def guesses(values: list[Any], params: list[Param]) -> Iterable[Tree]:
    """Yield what whole numbers may be said by: an argument, a multiple or a part of one, the sum of two."""
    if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return
    numbers = [each for each in params if all(type(value) is int for value in each.values)]
    for each in numbers:
        yield name(each.name)
    if len(set(values)) > 2:
        for each in numbers:
            for factor in (2, 3, 4):
                yield binary(name(each.name), ast.Mult(), constant(factor))
                yield ast.BinOp(name(each.name), ast.Div(), constant(factor))
        for i, first in enumerate(numbers):
            for second in numbers[i + 1 :]:
                yield ast.BinOp(name(first.name), ast.Add(), name(second.name))


def forms(tree: Tree) -> Iterable[Tree]:
    """Yield an expression, what is shorter first: one number for equal ones or for pairs, no way back."""
    if (simpler := there_and_back(tree)) is not None:
        yield simpler
    if isinstance(tree, ast.Tuple) and tree.elts:
        texts = [text_of(item) for item in tree.elts]
        if len(set(texts)) == 1:
            yield tree.elts[0]
        if len(texts) % 2 == 0 and texts[::2] == texts[1::2]:
            yield ast.Tuple(tree.elts[::2])
    yield tree
