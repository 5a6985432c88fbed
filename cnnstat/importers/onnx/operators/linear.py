"""Gemm and MatMul: with a constant a `linear` layer, with two inputs a `matmul`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cnnstat.importers.onnx.axes import axis_name
from cnnstat.importers.onnx.catalogue import Outside

if TYPE_CHECKING:
    from cnnstat.importers.onnx.layers import Layers
    from cnnstat.importers.onnx.nodes.value import Node, Value


def gemm(node: Node, layers: Layers) -> int:
    """Gemm of rows, of one or several to a sample, with a constant matrix and perhaps a constant row."""
    x, weight, bias = layers.value(node.inputs[0]), layers.input(node, 1), layers.input(node, 2)
    alpha, beta = node.attributes.get("alpha", 1.0), node.attributes.get("beta", 1.0)
    if node.attributes.get("transA", 0) or alpha != 1 or (bias is not None and beta != 1):
        raise Outside("it is scaled or transposed")
    if x.constant or weight is None or not weight.constant or weight.shape is None:
        raise Outside("its weights are no constant")
    return _linear(node, layers, x, weight if node.attributes.get("transB", 0) else turned(weight), bias)


def matmul(node: Node, layers: Layers) -> int:
    """MatMul; the bias that stands behind it is its third input (see `patterns`)."""
    a, b = layers.input(node, 0), layers.input(node, 1)
    if a is None or b is None or a.constant:
        raise Outside("its first input is a constant")
    if b.constant:
        if b.shape is None or len(b.shape) != 2:
            raise Outside("its weights are no matrix")
        return _linear(node, layers, a, turned(b), layers.input(node, 2))
    if (
        a.batch != 0
        or b.batch != 0
        or a.folded != b.folded
        or len(a.sample) != len(b.sample)
        or len(a.sample) not in (2, 3)
    ):
        raise Outside("matmul multiplies matrices of each sample")
    if a.sample[:-2] != b.sample[:-2]:
        raise Outside("the numbers of matrices differ")
    reads = [layers.shown(a), layers.shown(b)]
    return layers.add(node, "matmul", reads, layers.value(node.outputs[0]).sample)


def linear(node: Node, layers: Layers) -> int:
    """Return PyTorch's linear: along the last axis, with a row of weights for each unit."""
    x, weight = layers.value(node.inputs[0]), layers.value(node.inputs[1])
    if x.constant or not weight.constant:
        raise Outside("its weights are no constant")
    return _linear(node, layers, x, weight, layers.input(node, 2))


def _linear(node: Node, layers: Layers, x: Value, weight: Value, bias: Value | None) -> int:
    units = (weight.shape or (0,))[0]
    options: dict[str, Any] = {"units": units}
    if len(x.sample) > 1:
        options["axis"] = axis_name(x, -1)
    elif x.batch != 0:
        raise Outside("samples are not along its first axis")
    if bias is None:
        options["bias"] = False
    elif not bias.constant or bias.shape not in ((units,), (1, units)):
        raise Outside("its third input is no bias")
    elif bias.shape != (units,) and bias.at is not None:
        at = bias.at.turned(("reshape", (units,)))
        bias = replace(bias, shape=(units,), at=at)
    out = layers.value(node.outputs[0]).sample
    return layers.add(node, "linear", [layers.shown(x)], out, options, {"weight": weight, "bias": bias})


def turned(weight: Value) -> Value:
    """Return a matrix with its axes exchanged."""
    shape = (weight.shape or ())[::-1]
    array = None if weight.array is None else weight.array.T
    at = weight.at and weight.at.turned(("permute", (1, 0)))
    return replace(weight, shape=shape, array=array, at=at)
