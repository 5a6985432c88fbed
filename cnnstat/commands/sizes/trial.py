"""A network at one input size after another: a walk for the figures by which sizes are compared, that ends
at the first layer that refuses.
"""

from __future__ import annotations

from itertools import compress
from math import prod
from operator import mul
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis import memory
from cnnstat.analysis.walk import Walk
from cnnstat.base.errors import Misfit
from cnnstat.commands.sizes.alike import Alike, alike
from cnnstat.layers.base import size_of

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """One network at any size. What layers come to is remembered from one size to the next.

    ``own`` is the network at its own size, None where that is refused.
    """

    def __init__(self, graph: Graph, settings: Settings) -> None:
        self.graph, self.settings = graph, settings
        self._freed = memory.freed(graph, graph.holders)
        self.walk = Walk(graph, _figures, strict=settings.strict)
        self._alike: Alike | None = None
        walked = self.walked(graph.input_shapes)
        self.own = None if isinstance(walked, Refusal) else walked
        if self.own:
            self._tell_apart(self.own)

    def outcome(self, size: Size) -> Outcome:
        """Try a size."""
        shapes = self.shapes(size)
        found = self._of_alike(shapes) if self._alike else None
        if found is None:
            walked = self.walked(shapes)
            if isinstance(walked, Refusal):
                return Outcome(size, refusal=walked)
            self._tell_apart(walked)
            found = self._of_alike(shapes)
        if isinstance(found, Refusal):
            return Outcome(size, refusal=found)
        assert found is not None
        assert self._alike is not None
        return Outcome(
            size, cost=self._cost(self._alike, shapes, found), changed=self._changed(self._alike, found)
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

    def _tell_apart(self, walked: Walked) -> None:
        """Learn which layers are alike at one more size."""
        self._alike = alike(self.graph, self.walk.plan, self._freed, self._alike, walked.shapes)

    def _of_alike(self, inputs: tuple[Shape, ...]) -> list[_Figures] | Refusal | None:
        """Return the figures of a layer of each likeness, or the first refusal of all layers.

        None where layers that were alike so far are no longer.
        """
        assert self._alike is not None
        shapes = [*inputs]
        firsts = self._alike.firsts
        if any(shapes[firsts[number]] != shape for number, shape in enumerate(inputs)):
            return None
        found: list[_Figures] = []
        for node, _, figures in self.walk.steps(inputs, self._alike.plan):
            if isinstance(figures, Misfit):
                return Refusal(node.path, node.type, figures.code, figures.message)
            shapes.append(figures.shape)
            if shapes[firsts[len(shapes) - 1]] != figures.shape:
                return None
            found.append(figures)
        return found

    def _changed(self, likes: Alike, found: Sequence[_Figures]) -> int | None:
        """Return the first layer that stores other numbers than at the own size; None without any, or it."""
        if self.own is None:
            return None
        arity, own = len(self.graph.inputs), self.own.layers
        for (node, _, _), now in zip(likes.plan, found, strict=True):
            then = own[node.number - arity]
            # Figures are remembered, so a layer that is read alike has the same ones.
            if now is not then and _count(now) != _count(then):
                return node.number
        return None

    def _cost(self, likes: Alike, inputs: tuple[Shape, ...], found: Sequence[_Figures]) -> Cost:
        """Return the figures of the whole network, given those of a layer of each likeness."""
        shapes = (*inputs, *[figures.shape for figures in found])
        volumes = [*map(prod, shapes)]
        params = sum(map(mul, likes.owning, [figures.params for figures in found]))
        if likes.moments is None:
            classes = [volumes[first] for first in likes.of_class]
            holders = enumerate(self.graph.holders)
            stored = [classes[likes.classes[i]] if i == holder else 0 for i, holder in holders]
            peak = memory.peak_activations(stored, self._freed)
        else:
            peak = max(
                [sum([count * volumes[likes.of_class[i]] for i, count in moment]) for moment in likes.moments]
            )
        return Cost(
            output_shape=shapes[likes.of_class[likes.classes[self.graph.outputs[-1]]]],
            params=params,
            macs=sum(map(mul, likes.layers, [figures.macs for figures in found])),
            activations=sum(map(mul, likes.layers, volumes[len(inputs) :])),
            inference_memory_bytes=memory.inference_memory(params, peak, self.settings).value,
            leftover_layers=sum(compress(likes.layers, [figures.leftover for figures in found])),
        )


def _figures(layer: Layer, inputs: tuple[Shape, ...], _frozen: bool) -> _Figures:
    return _Figures(
        size_of(layer.sizes(inputs)),
        params=layer.params(inputs).value,
        buffers=layer.buffers(inputs).value,
        macs=layer.macs(inputs).value,
        leftover=any(layer.leftover(inputs)),
    )
