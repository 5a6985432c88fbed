"""Convolutions and transposed convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.onnx.windows import spread, window
from cnnstat.layers.window import sides_of

if TYPE_CHECKING:
    from cnnstat.exporters.onnx.writer import Place
    from cnnstat.layers.conv import Conv, Convolution
    from cnnstat.layers.transposed import TransposedConv


def conv(layer: Convolution, at: Place) -> str:
    """Write Conv; it has no rounding, so what a window reads beyond the end is padding there."""
    attributes = window(layer.window(at.shapes), overhang=True)
    return _convolved("Conv", at.tensor("weight"), layer, at, **attributes)


def conv_by_table(layer: Conv, at: Place) -> str:
    """Write Conv; of a table the kernels that are stored are laid into zeros, one for each connection."""
    if layer.table is None:
        return conv(layer, at)
    kernels = at.tensor("weight")
    axes = layer.window(at.shapes)
    zeros = at.filled((len(layer.table), at.shapes[0][0], *(axis.kernel for axis in axes)), 0.0)
    connections = [(filter_, map_) for filter_, row in enumerate(layer.table) for map_ in row]
    dense = at.add("ScatterND", zeros, at.integers("connections", connections), kernels)
    return _convolved("Conv", dense, layer, at, **window(axes, overhang=True))


def transposed_conv(layer: TransposedConv, at: Place) -> str:
    """Write ConvTranspose.

    Output padding hangs behind the last window, so it is as much less that is cut off there. Where it is more
    than that and more than ONNX Runtime takes, which is less than the stride, the rest is rows that no window
    lays anything on: only the bias is there.
    """
    sides, strides = sides_of(layer.padding, at.rank), spread(layer.stride, at, "stride")
    extra = spread(layer.output_padding, at, "output_padding")
    after = [behind for _, behind in sides]
    rows = [0] * at.rank
    for axis, stride in enumerate(strides):
        if extra[axis] >= stride:
            left = after[axis] - extra[axis]
            after[axis], rows[axis], extra[axis] = max(left, 0), max(-left, 0), 0
    attributes = {
        "kernel_shape": spread(layer.kernel, at, "kernel"),
        "strides": strides,
        "pads": [*(before for before, _ in sides), *after],
        "dilations": spread(layer.dilation, at, "dilation"),
        "output_padding": extra,
    }
    weight = at.tensor("weight")
    if not any(rows):
        return _convolved("ConvTranspose", weight, layer, at, **attributes)
    laid = at.add("ConvTranspose", at.x, weight, group=layer.groups_of(at.shapes[0][0]), **attributes)
    framed = at.add("Pad", laid, at.integers("pads", [*(0,) * (4 + at.rank), *rows]))
    return at.add("Add", framed, at.per_channel("bias")) if layer.bias else framed


def _convolved(
    op: str, weight: str, layer: Convolution | TransposedConv, at: Place, **attributes: list[int]
) -> str:
    bias = [at.tensor("bias")] if layer.bias else []
    return at.add(op, at.x, weight, *bias, group=layer.groups_of(at.shapes[0][0]), **attributes)
