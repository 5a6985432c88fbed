"""A node that is a layer of the catalogue already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.importers.onnx.catalogue import Outside, is_pointwise
from cnnstat.importers.onnx.nodes.batch import PLAIN

if TYPE_CHECKING:
    from cnnstat.importers.onnx.layers import Layers
    from cnnstat.importers.onnx.nodes.value import Node

_ANY_AXIS = {"matmul", "layer_norm", "glu"}
"""Types besides those that work value by value for which samples need not be along the first axis."""


def layer(node: Node, layers: Layers) -> int:
    """Return a layer of the type and the options that the node has, with its last inputs as tensors.

    Its attributes are `type`, `options`, the names of `tensors`, and how many inputs come before them.
    """
    kind, count = node.attributes["type"], node.attributes["reads"]
    given = [layers.value(name) for name in node.inputs[:count]]
    stored = dict(zip(node.attributes["tensors"], node.inputs[count:], strict=True))
    tensors = {name: layers.value(value) for name, value in stored.items()}
    out = layers.value(node.outputs[0])
    if any(
        (each.batch, each.folded) != (out.batch, out.folded)
        or (not (kind in _ANY_AXIS or is_pointwise(kind)) and (each.batch, each.folded) != (0, PLAIN))
        for each in given
    ):
        raise Outside("samples are not along its first axis")
    if not all(each.constant for each in tensors.values()):
        raise Outside("its tensors are no constants")
    reads = [layers.shown(each) for each in given]
    return layers.add(node, kind, reads, out.sample, dict(node.attributes["options"]), {**tensors})
