"""Convolutions and transposed convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnstat.exporters.onnx.windows import spread, window
from cnnstat.exporters.onnx.writer import Stored
from cnnstat.layers.window import sides_of

if TYPE_CHECKING:
    from cnnstat.exporters.onnx.writer import Place
    from cnnstat.layers.conv import Conv, Convolution
    from cnnstat.layers.transposed import TransposedConv


def conv(layer: Convolution, at: Place) -> str:
    """Write Conv; it has no rounding, so what a window reads beyond the end is padding there."""
    attributes = window(layer.axes(at.shapes), overhang=True)
    return _convolved("Conv", at.tensor("weight"), layer, at, **attributes)


def conv_by_table(layer: Conv, at: Place) -> str:
    """Write Conv; the kernels that a connection table leaves out are zeros."""
    if layer.table is None:
        return conv(layer, at)
    kernels = _dense(layer.table, at)
    at.remark("the kernels that its table leaves out are zeros; they are no parameters")
    attributes = window(layer.axes(at.shapes), overhang=True)
    return _convolved("Conv", at.laid_out("weight", kernels), layer, at, **attributes)


def _dense(table: tuple[tuple[int, ...], ...], at: Place) -> Stored:
    """Return weights (filters, maps, ...kernel) from one kernel per connection, in the order of the table."""
    weight = at.numbers_of("weight")
    maps, kernel = at.shapes[0][0], at.tensor_shape("weight")[1:]
    shape = (len(table), maps, *kernel)
    if weight is None:
        return Stored(shape, None, table)
    dense = np.zeros(shape, weight.dtype)
    connections = [(filter_, map_) for filter_, row in enumerate(table) for map_ in row]
    dense[tuple(np.array(connections).T)] = weight
    return Stored(shape, dense, table)


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
