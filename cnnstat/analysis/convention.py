"""What there is to say of another tool: its name, how it counts each type of layer, and how that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

Weights: TypeAlias = dict[str, dict[str, int]]
"""For a type of layer, how often each of its measures (`cnnstat.analysis.measures`) counts."""


class Convention(Struct, frozen=True):
    """How one tool counts: its version, what it calls its figure, and where its rules stand.

    ``nothing`` are the types that it counts as nothing. Of any other type without weights it cannot be said
    what the tool would print, be it that it has no such layer or that nobody looked. ``weight_gradients``
    are the weights for the gradients of trained numbers, of a tool that can count a backward pass, too;
    those for the gradients of inputs are the forward ones. ``held`` says against what the rules were held:
    what the tool itself printed, and where it ran, or its source alone. ``passes_over`` is what the tool does
    not count where a network calls it instead of holding it as a module. ``any_axis`` are types that it was
    seen to count alike along every axis, and ``rank`` are the most axes after the channels of inputs that it
    was run on: of layers that read more nobody knows. ``shared_weights`` says how often layers that share
    weights count, those of one module that a network calls several times; empty where nobody ran the tool on
    such a network.
    """

    name: str
    tool: str
    prints: str
    source: str
    weights: Weights
    nothing: frozenset[str]
    weight_gradients: Weights = {}
    held: str = "its source"
    passes_over: str = ""
    any_axis: frozenset[str] = frozenset()
    rank: int = 2
    shared_weights: str = ""

    @property
    def backward(self) -> bool:
        """Say whether the tool can count a backward pass."""
        return bool(self.weight_gradients)

    @property
    def times(self) -> int:
        """Return how often the tool counts a multiply-add."""
        return self.weights["linear"]["macs"]


def each(types: Iterable[str], weights: dict[str, int]) -> Weights:
    """Return the same weights for several types."""
    return dict.fromkeys(types, weights)
