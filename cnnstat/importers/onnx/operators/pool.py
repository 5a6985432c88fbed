"""Pools over windows and over whole maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.axes import compact
from cnnstat.importers.onnx.catalogue import Outside
from cnnstat.importers.onnx.operators.window import padding_of, sizes_of

if TYPE_CHECKING:
    from cnnstat.importers.onnx.layers import Layers
    from cnnstat.importers.onnx.nodes.value import Node


def max_pool(node: Node, layers: Layers) -> int:
    """MaxPool; where its second output is read, the places of the maxima, there is no layer for it."""
    if any(layers.readers[name] for name in node.outputs[1:]):
        raise Outside("the places of its maxima are read")
    return _pool(node, layers, "max_pool", {})


def average_pool(node: Node, layers: Layers) -> int:
    """AveragePool."""
    if any(size != 1 for size in node.attributes.get("dilations") or []):
        raise Outside("avg_pool has no dilation")
    return _pool(
        node, layers, "avg_pool", {"count_padding": bool(node.attributes.get("count_include_pad", 0))}
    )


def global_max_pool(node: Node, layers: Layers) -> int:
    """GlobalMaxPool."""
    return _whole(node, layers, "global_max_pool")


def global_average_pool(node: Node, layers: Layers) -> int:
    """GlobalAveragePool."""
    return _whole(node, layers, "global_avg_pool")


def _pool(node: Node, layers: Layers, kind: str, more: dict[str, Any]) -> int:
    x = layers.plain(node)
    kernel = node.attributes["kernel_shape"]
    rank = len(kernel)
    stride, dilation = sizes_of(node, "strides", rank), sizes_of(node, "dilations", rank)
    options: dict[str, Any] = {"kernel": compact(kernel)}
    options |= {} if stride == [*kernel] else {"stride": compact(stride)}
    padding = padding_of(node, x.sample[1:], kernel, stride, dilation)
    options |= padding
    options |= {} if compact(dilation) == 1 else {"dilation": compact(dilation)}
    if node.attributes.get("ceil_mode", 0):
        options["rounding"] = "ceil"
    if padding and not more.get("count_padding", True):
        options["count_padding"] = False
    return layers.add(node, kind, [layers.shown(x)], layers.value(node.outputs[0]).sample, options)


def _whole(node: Node, layers: Layers, kind: str) -> int:
    x = layers.plain(node)
    if len(x.sample) < 2:
        raise Outside("a vector has no maps")
    return layers.add(node, kind, [layers.shown(x)], layers.value(node.outputs[0]).sample)


def adaptive(node: Node, layers: Layers) -> int:
    """Return the adaptive pool that `patterns` has found."""
    x, size = layers.plain(node), compact(node.attributes["size"])
    return layers.add(node, node.op, [layers.shown(x)], layers.value(node.outputs[0]).sample, {"size": size})
