"""Networks as drafts: what an importer would have understood of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from cnnstat.analysis.walk import Walk
from cnnstat.importers.draft import Draft, DraftLayer
from cnnstat.layers.base import size_of, width_of
from cnnstat.spec.channels import Channels

if TYPE_CHECKING:
    from cnnstat.graph.model import Graph
    from cnnstat.layers.base import Layer, Shape


class _Shaped(NamedTuple):
    """All that is asked of a layer here."""

    shape: Shape

    @classmethod
    def of(cls, layer: Layer, shapes: tuple[Shape, ...], frozen: bool) -> _Shaped:
        """Return the shape that a layer puts out."""
        return cls(size_of(layer.sizes(shapes)))


def draft_of(graph: Graph) -> Draft:
    """Return a draft with the layers of a graph that its outputs need, under their paths, blocks unfolded."""
    steps = [*Walk(graph, _Shaped.of).steps(graph.input_shapes)]
    needed = {*graph.outputs}
    for node, _, _ in reversed(steps):
        needed.update(node.inputs if node.number in needed else ())
    layers = tuple(
        DraftLayer(
            name=node.path,
            type=node.type,
            inputs=tuple(map(graph.name, node.inputs)),
            options=options(node.layer, reads),
            weights="" if node.owns or not node.layer.tensors(reads) else graph.name(node.owner),
        )
        for node, reads, _ in steps
        if node.number in needed
    )
    inputs = {node.path: node.shape for node in graph.inputs}
    outputs = tuple(map(graph.name, graph.outputs))
    return Draft(name=graph.spec.name, inputs=inputs, layers=layers, outputs=outputs)


def options(layer: Layer, reads: tuple[Shape, ...]) -> dict[str, Any]:
    """Return the options of a layer that are not its defaults, with numbers in place of expressions."""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(type(layer)):
        value = getattr(layer, field.name)
        if isinstance(value, Channels):
            value = width_of(value, reads[0][0], field.name)
        if field.required or value != field.default:
            found[field.name] = [*value] if isinstance(value, tuple) else value
    return found
