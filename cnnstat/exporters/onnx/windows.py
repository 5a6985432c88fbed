"""Windows over maps: the attributes that convolutions and pools share, and bins of unequal sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cnnstat.layers.base import per_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.exporters.onnx.writer import Place
    from cnnstat.layers.window import Axis


def window(axes: Sequence[Axis], *, overhang: bool) -> dict[str, Any]:
    """Return the attributes of a sliding window, with every padding as a number.

    ``overhang``: what the last window reads beyond the padding is padding, too, for operators that do not
    round up themselves.
    """
    after = [axis.after + (axis.overhang if overhang else 0) for axis in axes]
    return {
        "kernel_shape": [axis.kernel for axis in axes],
        "strides": [axis.stride for axis in axes],
        "pads": [*(axis.before for axis in axes), *after],
        "dilations": [axis.dilation for axis in axes],
    }


def spread(option: int | tuple[int, ...], at: Place, field: str) -> list[int]:
    """Return an option as one number for each axis of the first input."""
    return list(per_axis(option, at.rank, field))


def gathered(at: Place, x: str, axis: int, bins: Sequence[range], mode: str) -> str:
    """Return the mean, the sum or the maximum of each bin of cells along one axis; the batch is axis 0.

    Cells are gathered bin by bin, as many for each as the largest has, so that the axis becomes two, and the
    second is reduced. What a smaller bin lacks is its last cell again: to a maximum it adds nothing, in a sum
    it has the weight 0.
    """
    most = max(map(len, bins))
    cells = [[*each, *(each[-1],) * (most - len(each))] for each in bins]
    table = at.add("Gather", x, at.integers("cells", cells), axis=axis)
    if mode != "max":
        sizes = np.array([len(each) for each in bins])[:, None]
        weights = (np.arange(most) < sizes) / (sizes if mode == "mean" else 1)
        behind = (1,) * (len(at.shapes[0]) - axis)
        table = at.add("Mul", table, at.numbers("weights", weights.reshape(*weights.shape, *behind)))
    reduce = "ReduceMax" if mode == "max" else "ReduceSum"
    return at.add(reduce, table, at.integers("axes", [axis + 1]), keepdims=0)
