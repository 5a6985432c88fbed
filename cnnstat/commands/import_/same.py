"""Whether two graphs are one network, however their specs are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

from cnnstat.analysis.walk import Walk
from cnnstat.layers.base import settled, size_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.graph.model import Graph
    from cnnstat.layers.base import Layer, Shape


class _Shaped(Struct, frozen=True):
    shape: Shape


def same(one: Graph, other: Graph) -> bool:
    """Say whether the layers of two graphs are equal one by one, with names, wiring and shared weights."""
    ends = [(each.outputs, [(node.path, node.shape) for node in each.inputs]) for each in (one, other)]
    return ends[0] == ends[1] and [*_layers(one)] == [*_layers(other)]


def _layers(graph: Graph) -> Iterator[object]:
    """Yield all that there is to say of each layer; of options that follow from channels, the numbers."""
    options: dict[int, object] = {}
    for node, shapes, _ in Walk(graph, _evaluated).steps(graph.input_shapes):
        options[node.number] = asdict(settled(node.layer, shapes)), shapes
    for node in graph.layers:
        own = options.get(node.number, asdict(node.layer))
        yield node.path, node.type, own, node.inputs, node.owner, node.frozen


def _evaluated(layer: Layer, shapes: tuple[Shape, ...], frozen: bool) -> _Shaped:
    return _Shaped(size_of(layer.sizes(shapes)))
