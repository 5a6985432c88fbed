"""Layers that have their weight in common, but not all of their tensors.

A spec shares all tensors of a layer or none. So where biases differ, each is added behind its layer, and what
is left is the same for all.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cnnstat.importers.onnx.layers import whose
from cnnstat.importers.onnx.nodes.value import Node
from cnnstat.importers.onnx.operators.activation import reshaped

if TYPE_CHECKING:
    from cnnstat.importers.onnx.nodes.model import Model

_BIASED = {"Conv", "Gemm", "MatMul", "linear"}
"""Operators whose third input is a bias."""


def parted(model: Model) -> None:
    """Write biases apart, in place, where nodes of one weight have different ones."""
    alike: dict[object, list[Node]] = defaultdict(list)
    for node in model.nodes:
        if node.op in _BIASED and len(node.inputs) > 1 and node.domain in ("", "found"):
            weight = model.values[node.inputs[1]]
            if weight.at is not None and weight.at.key:
                kind = (node.op, node.attributes.get("transB", 0))
                alike[kind, whose(weight)].append(node)
    apart = {
        id(node)
        for nodes in alike.values()
        if len({_bias(node) for node in nodes}) > 1
        for node in nodes
        if _bias(node) and model.values[_bias(node)].constant
    }
    if apart:
        model.nodes = [
            each for node in model.nodes for each in (_two(node, model) if id(node) in apart else (node,))
        ]


def _bias(node: Node) -> str:
    return node.inputs[2] if len(node.inputs) > 2 else ""


def _two(node: Node, model: Model) -> tuple[Node, Node]:
    """Return a node without its bias, and one that adds it."""
    out, bias = model.values[node.outputs[0]], model.values[_bias(node)]
    between = replace(out, name=f"{out.name}\0tied")
    if node.op == "Conv":
        bias = reshaped(bias, (*(bias.shape or ()), *(1,) * (len(out.shape or ()) - 2)))
        bias = replace(bias, name=f"{bias.name}\0tied")
    model.values |= {between.name: between, bias.name: bias}
    add = Node(node.name, "Add", [between.name, bias.name], node.outputs, {}, node.scope)
    product = Node(
        node.name, node.op, node.inputs[:2], [between.name], node.attributes, node.scope, node.domain
    )
    return product, add
