"""The product of two inputs as matrices."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.base.arithmetic import Term, product, term
from cnnstat.base.axes import rank_of
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import (
    PICKED,
    UNKNOWN,
    WITH_PLACES,
    Footprint,
    Layer,
    Operations,
    Reads,
    Shape,
    same_sizes,
    show,
)
from cnnstat.layers.footprint import POINT, all_of

Transposed = Annotated[bool, Meta(description="whether its rows and columns are exchanged first")]


class Matmul(Layer, frozen=True, kw_only=True):
    """The matrix product of two inputs. The last two axes are rows and columns, those before number matrices.

    A signal (C, L) is one matrix of C rows; a map (C, H, W) is a matrix for each channel, such as an
    attention head. Neither input is trained: both are computed.

    Rule:
        y = A·B, of M rows by K and K rows by N: M rows by N
        MACs = matrices·M·K·N; with a `scale` one multiplication per output more

    Example:
        {type: matmul, from: [queries, keys], transpose_a: true, scale: 0.125}

    Reference:
        torch.matmul; Vaswani et al., arXiv:1706.03762, equation (1).
    """

    family: ClassVar[str] = "matmul"
    arity: ClassVar[tuple[int, int]] = (2, 2)
    ranks: ClassVar[tuple[int, ...]] = WITH_PLACES

    transpose_a: Transposed = False
    transpose_b: Transposed = False
    scale: Annotated[float, Meta(description="factor of the product")] = 1.0

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (the matrices, rows of the first, columns of the second)."""
        names = rank_of(inputs[0]).axes
        rows, _, columns = self._extents(inputs)
        return (
            *same_sizes(inputs[0])[:-2],
            term(names[-2], rows.value),
            term(names[-1], columns.value),
        )

    def macs(self, inputs: tuple[Shape, ...]) -> Term:
        """Return matrices·rows·inner·columns."""
        return product((*same_sizes(inputs[0])[:-2], *self._extents(inputs)))

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one multiplication per output for the scale."""
        return Operations() if self.scale == 1 else Operations(multiplications=self.outputs(inputs))

    def footprints(self, inputs: tuple[Shape, ...]) -> tuple[Footprint, ...]:
        """Return a row of the first and a column of the second.

        Rows of a signal are channels and no places. Where rows and columns change places, units at one place
        read different places: what they read is known of all channels of a signal together alone.
        """
        a, b = inputs
        alone = len(a) == 2
        if self.transpose_a or (self.transpose_b and not alone):
            return UNKNOWN, UNKNOWN
        before = (POINT,) * (len(a) - 3)
        row = (all_of(a[-1]),) if alone else (*before, POINT, all_of(a[-1]))
        if alone:
            return row, (all_of(b[-1]) if self.transpose_b else POINT,)
        return row, (*before, all_of(b[-2]), POINT)

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say that of the channels of a signal a product reads one, or all."""
        return PICKED

    def reads(self) -> Reads:
        """Return the inputs: each one's gradient needs the other."""
        return Reads(others=True)

    def _extents(self, inputs: tuple[Shape, ...]) -> tuple[Term, Term, Term]:
        """Return the rows of the first, the columns of the first that are the second's rows, its columns."""
        a, b = inputs
        if len(a) != len(b) or a[:-2] != b[:-2]:
            message = f"cannot multiply matrices of {show(a)} and {show(b)}; there must be as many of both"
            raise Misfit(message, code="shape/mismatch")
        rows, inner = reversed(a[-2:]) if self.transpose_a else a[-2:]
        others, columns = reversed(b[-2:]) if self.transpose_b else b[-2:]
        if inner != others:
            message = f"cannot multiply {show((rows, inner))} by {show((others, columns))} matrices"
            raise Misfit(f"{message}; {inner} columns do not meet {others} rows", code="shape/mismatch")
        return term("rows", rows), term("inner", inner), term("columns", columns)
