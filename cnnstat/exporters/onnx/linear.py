"""Fully connected layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstat.exporters.onnx.writer import Place
    from cnnstat.layers.linear import Linear, Rbf


def linear(layer: Linear, at: Place) -> str:
    """Write Gemm on vectors; of maps MatMul along an axis, which is turned to the end and back."""
    if at.rank == 0:
        bias = [at.tensor("bias")] if layer.bias else []
        return at.add("Gemm", at.x, at.tensor("weight"), *bias, transB=1)
    assert layer.axis is not None  # of maps it is named
    last = 1 + at.rank
    order = [axis for axis in range(last + 1) if axis != at.axis(layer.axis)] + [at.axis(layer.axis)]
    in_place = order == sorted(order)
    x = at.x if in_place else at.add("Transpose", at.x, perm=order)
    y = at.add("MatMul", x, at.add("Transpose", at.tensor("weight"), perm=[1, 0]))
    if layer.bias:
        y = at.add("Add", y, at.tensor("bias"))
    return y if in_place else at.add("Transpose", y, perm=sorted(range(last + 1), key=order.__getitem__))


def rbf(layer: Rbf, at: Place) -> str:
    """Write the squared distance of each sample from each code."""
    rows = at.add("Unsqueeze", at.x, at.integers("axis", [1]))
    apart = at.add("Sub", rows, at.tensor("weight"))
    return at.add("ReduceSum", at.add("Mul", apart, apart), at.integers("axes", [2]), keepdims=0)
