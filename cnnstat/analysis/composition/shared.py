"""Calls that use the weights of another one in the same list of entries, and add none to sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.model import Counts
from cnnstat.analysis.walk import UNKNOWN_SHAPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.composition.piece import Piece


def borrowing(piece: Piece, lender: Piece, columns: Sequence[str]) -> Piece:
    """Return a piece that uses the weights of another of the same list of entries, or of the same type.

    Raises:
        Beyond: it cannot, or that cannot be known here: the walk says which.
    """
    if piece.refused or lender.refused or UNKNOWN_SHAPE in (*piece.shapes, *lender.shapes):
        raise Beyond("weights shared by layers that do not fit, or behind these")
    if piece.layer is not None and not piece.layer.tensors(piece.shapes):
        raise Beyond("a layer without weights to share")
    if not _alike(piece, lender):
        raise Beyond("weights shared by layers that are not alike")
    counts = Counts(**dict(zip(columns, piece.counts, strict=True))).borrowed()
    return replace(piece, counts=tuple([getattr(counts, key) for key in columns]))


def _alike(own: Piece, lender: Piece) -> bool:
    """Say whether the layers of two pieces have the same tensors, one from one."""
    if own is lender:
        return True
    if own.structure is not lender.structure or own.more != lender.more:
        return False
    if own.layer is None or lender.layer is None:
        return all(_alike(*both) for both in zip(own.children, lender.children, strict=True))
    same = own.layer.tensors(own.shapes) == lender.layer.tensors(lender.shapes)
    return same and own.layer.trains() == lender.layer.trains()
