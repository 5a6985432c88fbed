"""Layers that stand for nodes which the catalogue has no layer for."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING, Any

from cnnstat.base.axes import MOST_AXES
from cnnstat.base.limits import is_size
from cnnstat.importers.errors import ModelError
from cnnstat.importers.onnx.nodes.value import Node

if TYPE_CHECKING:
    from cnnstat.importers.onnx.layers import Layers
    from cnnstat.layers.base import Shape


def needed_by(node: Node, layers: Layers) -> list[str]:
    """Return the inputs of a node that are no constants."""
    return [name for name in node.inputs if name and not layers.value(name).constant]


def opaque(node: Node, layers: Layers) -> bool:
    """Add what stands for a node that the catalogue has no layer for, if its shapes are known."""
    outputs = [name for name in node.outputs if name and layers.readers[name]]
    values = [layers.value(name) for name in outputs]
    reads = [layers.source(layers.value(name)) for name in dict.fromkeys(needed_by(node, layers))]
    if not reads or any(value.shape is None for value in values):
        return False
    for number, (name, value) in enumerate(zip(outputs, values, strict=True)):
        shape = value.sample if 1 <= len(value.sample) <= MOST_AXES + 1 and value.batch is not None else None
        if shape is None:
            shape = (prod(value.sample),) if is_size(prod(value.sample)) else _joined(value.sample)
        if not all(map(is_size, shape)):
            return False
        options: dict[str, Any] = {"op": node.op, "shape": [*shape]}
        if number:
            options["part"] = True
        layers.put(name, layers.add(node, "opaque", reads, shape, options))
    return True


def _joined(sizes: Shape) -> Shape:
    """Return sizes of so few axes that a layer can have them: neighbours that are the smallest together."""
    found = [*sizes]
    while len(found) > MOST_AXES + 1:
        first = min(range(len(found) - 1), key=lambda axis: found[axis] * found[axis + 1])
        found[first : first + 2] = [found[first] * found[first + 1]]
    return tuple(found)


def opaque_rest(nodes: list[Node], layers: Layers) -> None:
    """Add one layer for all nodes whose shapes follow from values, which only a run can know."""
    needed = {*layers.model.outputs}
    needed_nodes: list[Node] = []
    for node in reversed(nodes):
        if not needed.isdisjoint(node.outputs):
            needed_nodes.append(node)
            needed.update(node.inputs)
    nodes = needed_nodes[::-1]
    if not nodes:
        return
    inner = {name for node in nodes for name in node.outputs}
    reads = dict.fromkeys(
        layers.sources[name]
        for node in nodes
        for name in node.inputs
        if name in layers.sources and name not in inner
    )
    ops = Counter(node.op for node in nodes)
    named = ", ".join(op if count == 1 else f"{count} {op}" for op, count in ops.items())
    options = {"op": named[:200], "nodes": len(nodes)}
    if not reads:
        raise ModelError("the shapes of its values are not known, not even behind its inputs")
    last = Node("", "Rest", [], ["\0rest"], {})
    layers.put("\0rest", layers.add(last, "opaque", [*reads], (1,), options))
    layers.model.outputs = [name for name in layers.model.outputs if name not in inner]
    layers.model.outputs.append("\0rest")
