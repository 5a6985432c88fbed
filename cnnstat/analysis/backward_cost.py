"""The backward pass: which gradients training needs, and the multiply-adds they cost.

A layer with multiply-adds spends them once more for the gradient of its weights and once more for that of its
input: dL/dw and dL/dx are sums of products, one for each product of y = w·x (LeCun, Bottou, Orr, Mueller,
Efficient BackProp, 1998, section 2). A product of two inputs is spent once more for each of them. What no
trained number depends on has no gradient: the input of the network, and all below the first layer that is
trained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import astuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.model import Analysis
    from cnnstat.graph.model import Graph
    from cnnstat.layers.base import Reads


class NeededGradients(Struct, frozen=True):
    """Which gradients a layer works out on the way back: of its weights, and of each input it reads."""

    weights: bool
    inputs: tuple[bool, ...]

    def keep_inputs(self, reads: Reads) -> tuple[bool, ...]:
        """Say of each input whether a layer has to keep it for them."""
        if (self.weights and reads.for_weights) or (any(self.inputs) and reads.inputs):
            return (True,) * len(self.inputs)
        wanted = sum(self.inputs)
        return tuple(reads.others and wanted > own for own in self.inputs)

    def keep_output(self, reads: Reads) -> bool:
        """Say whether a layer has to keep its output for them."""
        return any(self.inputs) and reads.output


class Cost(Struct, frozen=True):
    """Work for one sample: forward, for the gradient of the weights, for that of the input."""

    forward: int = 0
    weight_gradients: int = 0
    input_gradients: int = 0

    @property
    def total(self) -> int:
        """Return forward and backward together."""
        return sum(astuple(self))

    def __add__(self, other: Cost) -> Cost:
        return Cost(*map(sum, zip(astuple(self), astuple(other), strict=True)))


def needed_gradients(graph: Graph, trainable: Sequence[int]) -> tuple[NeededGradients, ...]:
    """Return the gradients that each layer works out, given how many trained numbers each has.

    Of parameters that several layers use, their owner says whether they are trained; each of the layers then
    works out a gradient of them, and these add up.
    """
    trained = {node.number for node, count in zip(graph.layers, trainable, strict=True) if count}
    depends = _depends(graph, trained)
    needed = _needed(graph)
    return tuple(
        NeededGradients(
            weights=node.number in needed and node.owner in trained,
            inputs=tuple([node.number in needed and source in depends for source in node.values]),
        )
        for node in graph.layers
    )


def costs(
    analysis: Analysis, forward: Sequence[int] | None = None, weights: Sequence[int] | None = None
) -> tuple[Cost, ...]:
    """Return what training costs in each layer, in order.

    ``forward`` is what each costs on the way forward: multiply-adds, unless a tool counts otherwise.
    ``weights`` is what the gradient of its trained numbers costs, as much as forward if it is not given.
    """
    needed = needed_gradients(analysis.graph, [row.counts.trainable for row in analysis.rows])
    work = [row.counts.macs for row in analysis.rows] if forward is None else forward
    return tuple(
        Cost(once, back * need.weights, once * sum(need.inputs))
        for once, back, need in zip(work, weights or work, needed, strict=True)
    )


def _depends(graph: Graph, trained: set[int]) -> set[int]:
    """Return the nodes whose output depends on a trained number; ``trained`` are those that own some."""
    depends: set[int] = set()
    for node in graph.layers:
        if node.owner in trained or not depends.isdisjoint(node.values):
            depends.add(node.number)
    return depends


def _needed(graph: Graph) -> set[int]:
    """Return the nodes that the loss depends on: none of which only the size is read."""
    needed = set(graph.outputs)
    for node in reversed(graph.layers):
        if node.number in needed:
            needed.update(node.values)
    return needed
