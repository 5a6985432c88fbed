"""Shared weights: whose parameters an entry uses, layer by layer."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from cnnstat.graph.names import Names
    from cnnstat.graph.nodes import LayerNode
    from cnnstat.graph.paths import Paths
    from cnnstat.graph.problems import Unfolding
    from cnnstat.graph.template import Call
    from cnnstat.spec.model import Entry, Reference

Pairs: TypeAlias = "tuple[tuple[LayerNode, LayerNode], ...]"
"""Layers, each with the one that it borrows from."""


def find_lenders(
    entry: Entry, name: str, index: int | None, paths: Paths, names: Names, problems: Unfolding
) -> tuple[LayerNode, ...]:
    """Return the layers whose parameters an entry uses in one of its repetitions, none for its own.

    A repeat that names itself uses those of its first repetition; one that names another repeat, each those
    of the same repetition.
    """
    if entry.weights is None:
        return ()
    path, span = entry.weights.name, entry.weights.span
    if entry.frozen is not None:
        message = f"'frozen:' stands where the weights are, at '{path}'"
        problems.refuse("weights/frozen", message, span)
    if path == name and index is not None:
        if index == 0:
            return ()
        path = f"{path}.0"
    lenders = (None if index is None else paths.layers(f"{path}.{index}")) or paths.layers(path)
    if lenders is None:
        if names.get(path) is not None:
            message = f"'{path}' has no weights: it is an input, or left out here"
            problems.refuse("weights/layers", message, span)
        fault = names.unknown(path, entry)
        problems.refuse(fault.code, fault.message, span)
    return lenders


def lent(layers: tuple[LayerNode, ...], call: Call, problems: Unfolding) -> tuple[LayerNode, ...]:
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
    return tuple([own.lent_by(lender) for own, lender in pairs])


def _check_trained(pairs: Pairs, reference: Reference, problems: Unfolding) -> None:
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


def _check_tied(pairs: Pairs, reference: Reference, problems: Unfolding) -> None:
    """Refuse layers that share parameters among themselves where their lenders do not."""
    lenders = {own.number: lender for own, lender in pairs}
    for own, lender in pairs:
        first = lenders.get(own.owner, lender)
        if first.owner != lender.owner:
            within = next(other.path for other, _ in pairs if other.number == own.owner)
            message = f"'{own.path}' uses the weights of '{within}', but '{lender.path}' those of its own"
            problems.refuse("weights/tied", message, reference.span)
