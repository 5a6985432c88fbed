"""Pools over windows, bins and whole maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.importers.onnx.axes import compact

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.importers.torch_export.call import Call


def max_pool(call: Call) -> bool:
    """max_pool1d to max_pool3d."""
    rank = _rank(call)
    kernel = call.sizes("kernel_size", rank)
    return call.put(
        "MaxPool",
        [call.x],
        kernel_shape=kernel,
        strides=call.sizes("stride", rank) or kernel,
        pads=call.sizes("padding", rank) * 2,
        dilations=call.sizes("dilation", rank),
        ceil_mode=int(call["ceil_mode"]),
    )


def avg_pool(call: Call) -> bool:
    """avg_pool1d to avg_pool3d."""
    if call["divisor_override"] is not None:
        return False
    rank = _rank(call)
    kernel = call.sizes("kernel_size", rank)
    return call.put(
        "AveragePool",
        [call.x],
        kernel_shape=kernel,
        strides=call.sizes("stride", rank) or kernel,
        pads=call.sizes("padding", rank) * 2,
        ceil_mode=int(call["ceil_mode"]),
        count_include_pad=int(call["count_include_pad"]),
    )


def adaptive(kind: str) -> Callable[[Call], bool]:
    """Return what adds an adaptive pool: of one bin it is a global one."""

    def added(call: Call) -> bool:
        name = call.x
        places = call.shape[2:]
        if all(size == 1 for size in places):
            return call.layer(f"global_{kind}_pool", [name])
        return call.layer(f"adaptive_{kind}_pool", [name], {"size": compact(places)})

    return added


def _rank(call: Call) -> int:
    return len(call.shape) - 2
