"""A network at one input size after another: a walk for the figures by which sizes are compared, that ends
at the first layer that refuses.
"""

from __future__ import annotations

from itertools import compress
from math import prod
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis import memory
from cnnstat.analysis.walk import Walk
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import size_of

if TYPE_CHECKING:
    from cnnstat.analysis.settings import Settings
    from cnnstat.commands.sizes.size_range import Size
    from cnnstat.graph.model import Graph
    from cnnstat.layers.base import Layer, Shape


class Refusal(Struct, frozen=True):
    """The first layer that does not fit, and why, with the arithmetic."""

    layer: str
    type: str
    code: str
    message: str


class Cost(Struct, frozen=True, kw_only=True):
    """The figures of the whole network; ``leftover_layers`` counts those that drop rows or columns."""

    output_shape: Shape
    params: int
    macs: int
    activations: int
    inference_memory_bytes: int
    leftover_layers: int


class Outcome(Struct, frozen=True):
    """What one input size comes to: a refusal, or what the network costs.

    ``changed`` is the first layer whose parameters are others than at the network's own size, None where all
    are the same.
    """

    size: Size
    refusal: Refusal | None = None
    cost: Cost | None = None
    changed: int | None = None

    @property
    def accepted(self) -> bool:
        """Say whether every layer fits."""
        return self.cost is not None

    @property
    def clean(self) -> bool:
        """Say whether no layer drops anything."""
        return self.cost is not None and not self.cost.leftover_layers


class _Figures(Struct, frozen=True):
    """What a layer comes to for given inputs, as far as sizes are compared by it."""

    shape: Shape
    params: int
    buffers: int
    macs: int
    leftover: bool


class Walked(Struct, frozen=True):
    """A network at a size that fits: the shape of every node, and the figures of the layers."""

    shapes: tuple[Shape, ...]
    layers: tuple[_Figures, ...]

    def changed(self, own: Walked) -> int | None:
        """Return the number of the first layer that stores other numbers than at the network's own size."""
        first = len(self.shapes) - len(self.layers)
        pairs = enumerate(zip(self.layers, own.layers, strict=True), start=first)
        # Figures are remembered, so a layer that is read alike has the same ones.
        return next((i for i, (now, then) in pairs if now is not then and _count(now) != _count(then)), None)


def _count(layer: _Figures) -> tuple[int, int]:
    return layer.params, layer.buffers


class Tries:
    """One network at any size. What layers come to is remembered from one size to the next."""

    def __init__(self, graph: Graph, settings: Settings) -> None:
        self.graph, self.settings = graph, settings
        self.freed = memory.freed(graph, graph.holders)
        self.owning = [node.owns for node in graph.layers]
        self.walk = Walk(graph, _figures, strict=settings.strict)

    def outcome(self, size: Size, own: Walked | None) -> Outcome:
        """Try a size; ``own`` is the network at its own, None where that is refused."""
        walked = self.walked(self.shapes(size))
        if isinstance(walked, Refusal):
            return Outcome(size, refusal=walked)
        changed = walked.changed(own) if own else None
        return Outcome(size, cost=self.cost(walked), changed=changed)

    def cost(self, walked: Walked) -> Cost:
        """Return the figures of the whole network."""
        params = sum(layer.params for layer in compress(walked.layers, self.owning))
        stored = memory.stored_activations(self.graph, walked.shapes)
        peak = memory.peak_activations(stored, self.freed)
        return Cost(
            output_shape=walked.shapes[self.graph.outputs[-1]],
            params=params,
            macs=sum(layer.macs for layer in walked.layers),
            activations=sum(prod(figures.shape) for figures in walked.layers),
            inference_memory_bytes=memory.inference_memory(params, peak, self.settings).value,
            leftover_layers=sum(layer.leftover for layer in walked.layers),
        )

    def shapes(self, size: Size) -> tuple[Shape, ...]:
        """Return the inputs at a size: all that are as large as the first change with it."""
        own = self.graph.input_shape[1:]
        shapes = self.graph.input_shapes
        return tuple((shape[0], *size) if shape[1:] == own else shape for shape in shapes)

    def walked(self, shapes: tuple[Shape, ...]) -> Walked | Refusal:
        """Return the figures of every layer, or the first refusal."""
        layers = []
        for node, _, figures in self.walk.steps(shapes):
            if isinstance(figures, Misfit):
                return Refusal(node.path, node.type, figures.code, figures.message)
            layers.append(figures)
        return Walked((*shapes, *[figures.shape for figures in layers]), tuple(layers))


def _figures(layer: Layer, inputs: tuple[Shape, ...], _frozen: bool) -> _Figures:
    return _Figures(
        size_of(layer.sizes(inputs)),
        params=layer.params(inputs).value,
        buffers=layer.buffers(inputs).value,
        macs=layer.macs(inputs).value,
        leftover=any(layer.leftover(inputs)),
    )
