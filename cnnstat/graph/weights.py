"""Shared weights: layers that use the parameters of others, one from one."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from cnnstat.graph.call import Call
    from cnnstat.graph.nodes import LayerNode
    from cnnstat.graph.problems import UnfoldingProblems
    from cnnstat.spec.model import Reference

Pairs: TypeAlias = "tuple[tuple[LayerNode, LayerNode], ...]"
"""Layers, each with the one that it borrows from."""


def borrow(layers: tuple[LayerNode, ...], call: Call, problems: UnfoldingProblems) -> tuple[LayerNode, ...]:
    """Return the layers of a call with the parameters of those that it borrows from, one from one."""
    reference = call.entry.weights
    if reference is None or not call.lenders:
        return layers
    for own, lender in zip_longest(layers, call.lenders):
        if own is None or lender is None or own.type != lender.type:
            here = f"'{own.path}' is a {own.type}" if own else f"'{call.path}' ends"
            there = f"'{lender.path}' is a {lender.type}" if lender else f"'{reference.name}' ends"
            message = f"'{call.path}' cannot use the weights of '{reference.name}': {here} where {there}"
            problems.refuse("weights/layers", message, reference.span)
    pairs = tuple(zip(layers, call.lenders, strict=True))
    _check_trained(pairs, reference, problems)
    _check_tied(pairs, reference, problems)
    return tuple([own.borrowing(lender) for own, lender in pairs])


def _check_trained(pairs: Pairs, reference: Reference, problems: UnfoldingProblems) -> None:
    """Refuse layers that say otherwise than their lenders whether parameters are trained.

    Only that a lender is frozen need not be said again: ``frozen:`` stands where the parameters are.
    """
    for own, lender in pairs:
        trained, wanted = lender.layer.trains(), own.layer.trains() and not own.frozen
        if trained != wanted and not lender.frozen:
            there, here = ("are", "are not") if trained else ("are not", "are")
            message = (
                f"the weights of '{lender.path}' {there} trained, and '{own.path}' says that its own {here}"
            )
            problems.refuse("weights/trained", message, reference.span)


def _check_tied(pairs: Pairs, reference: Reference, problems: UnfoldingProblems) -> None:
    """Refuse layers that share parameters among themselves where their lenders do not."""
    lenders = {own.number: lender for own, lender in pairs}
    for own, lender in pairs:
        first = lenders.get(own.owner, lender)
        if first.owner != lender.owner:
            within = next(other.path for other, _ in pairs if other.number == own.owner)
            message = f"'{own.path}' uses the weights of '{within}', but '{lender.path}' those of its own"
            problems.refuse("weights/tied", message, reference.span)
