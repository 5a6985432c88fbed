"""What remains of an expression when every parameter but ``$in`` has a value.

The channels that reach a layer are known when the network is walked. Until then such an expression is kept as
its author wrote it, with the parameters' values put in; a mere multiple of ``$in`` is worked out.
"""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.errors import Fault

if TYPE_CHECKING:
    from cnnstat.spec.functions import Number

MAX_LENGTH = 200
"""Characters of an expression."""


class Channels(Struct, frozen=True):
    """A number that follows from the channels that reach a layer: ``6 * $in``, ``max($in / 4, 64)``.

    ``ratio`` is the numerator and the denominator of what is no more than a multiple of them, None of others.
    """

    text: str = "$in"
    ratio: tuple[int, int] | None = (1, 1)

    @property
    def multiple(self) -> Fraction | None:
        """Return which multiple of ``$in`` it is, None where it is something else."""
        return None if self.ratio is None else Fraction(*self.ratio)


def multiple(factor: Number) -> Channels:
    """Return so many times ``$in``."""
    ratio = Fraction(factor)
    times = "" if ratio.numerator == 1 else f"{ratio.numerator} * "
    over = "" if ratio.denominator == 1 else f" / {ratio.denominator}"
    return Channels(f"{times}$in{over}", (ratio.numerator, ratio.denominator))


def remaining(tree: ast.expr) -> Channels:
    """Return what remains to be worked out.

    Raises:
        Fault: it is too long to be read again.
    """
    text = ast.unparse(tree).replace("__", "$")
    if len(text) > MAX_LENGTH:
        message = f"with the values put in, the expression has more than {MAX_LENGTH} characters"
        raise Fault(message, code="expression/syntax")
    return Channels(text, None)


def tree_of(value: Number | Channels) -> ast.expr:
    """Return a value as a part of an expression; a fraction is a quotient there."""
    if isinstance(value, Channels):
        return ast.parse(value.text.replace("$", "__"), mode="eval").body
    if value < 0:
        return ast.UnaryOp(ast.USub(), tree_of(-value))
    whole = ast.Constant(value.numerator)
    return whole if value.denominator == 1 else ast.BinOp(whole, ast.Div(), ast.Constant(value.denominator))
