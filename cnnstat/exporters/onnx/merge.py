"""Joins of branches, products of matrices, sums along axes, and what is drawn from no input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnstat.exporters.onnx.writer import LayerWriter, Place
    from cnnstat.layers.matmul import Matmul
    from cnnstat.layers.merge import Concat
    from cnnstat.layers.parameter import Parameter
    from cnnstat.layers.reduce import Reduce

_REDUCTIONS = {"mean": "ReduceMean", "sum": "ReduceSum", "max": "ReduceMax"}


def joined(pair: str, many: str = "") -> LayerWriter:
    """Return what writes a join: an operator of two inputs, and of more another one, or the same in turn."""

    def write(layer: Any, at: Place) -> str:
        first, *others = at.inputs
        if len(others) > 1 and many:
            return at.add(many, *at.inputs)
        for other in others:
            first = at.add(pair, first, other)
        return first

    return write


def matmul(layer: Matmul, at: Place) -> str:
    """Write MatMul, with a matrix turned before and the product scaled behind where that is asked for."""
    a, b = at.inputs
    last = len(at.shapes[0])
    turned = [*range(last - 1), last, last - 1]
    a = at.add("Transpose", a, perm=turned) if layer.transpose_a else a
    b = at.add("Transpose", b, perm=turned) if layer.transpose_b else b
    product = at.add("MatMul", a, b)
    return product if layer.scale == 1 else at.add("Mul", product, at.numbers("scale", layer.scale))


def concat(layer: Concat, at: Place) -> str:
    """Write Concat."""
    return at.add("Concat", *at.inputs, axis=at.axis(layer.axis))


def reduce(layer: Reduce, at: Place) -> str:
    """Write ReduceMean, ReduceSum or ReduceMax."""
    axes = at.integers("axes", sorted(at.axis(name) for name in layer.axes))
    return at.add(_REDUCTIONS[layer.mode], at.x, axes, keepdims=int(layer.keepdims))


def parameter(layer: Parameter, at: Place) -> str:
    """Write the numbers once for each sample of the first input, of which only the batch is read."""
    batch = at.add("Shape", at.x, start=0, end=1)
    sizes = at.add("Concat", batch, at.integers("sizes", at.shape), axis=0)
    return at.add("Expand", at.tensor("weight"), sizes)
