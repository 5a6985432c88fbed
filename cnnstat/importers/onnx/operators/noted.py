"""Layers that the model itself names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.importers.onnx.catalogue import Outside
from cnnstat.importers.onnx.operators.activation import reshaped

if TYPE_CHECKING:
    from cnnstat.importers.onnx.layers import Layers
    from cnnstat.importers.onnx.nodes.value import Node


def noted(node: Node, layers: Layers) -> int:
    """Return the layer that a note names, with its tensors in their own shapes."""
    said = node.noted
    if said is None:
        raise Outside("it has no note")
    tensors = {name: reshaped(layers.value(at), said.shapes[name]) for name, at in said.tensors.items()}
    reads = [layers.shown(layers.value(name)) for name in said.inputs]
    return layers.add(node, said.type, reads, said.shape, {**said.options}, tensors)
