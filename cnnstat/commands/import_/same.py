"""Whether two graphs are one network, however their specs are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

from cnnstat.analysis.walk import Walk
from cnnstat.layers.base import size_of, width_of
from cnnstat.spec.channels import Channels

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
        options[node.number] = _settled(node.layer, shapes), shapes
    for node in graph.layers:
        settled = options.get(node.number, asdict(node.layer))
        yield node.path, node.type, settled, node.inputs, node.owner, node.frozen


def _evaluated(layer: Layer, shapes: tuple[Shape, ...], frozen: bool) -> _Shaped:
    return _Shaped(size_of(layer.sizes(shapes)))


def _settled(layer: Layer, shapes: tuple[Shape, ...]) -> dict[str, object]:
    return {
        name: width_of(value, shapes[0][0], name) if isinstance(value, Channels) else value
        for name, value in asdict(layer).items()
    }
