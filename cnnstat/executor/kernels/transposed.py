"""Transposed convolution: the input gradient of a convolution, used as a forward pass."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from cnnstat.executor.axes import PLACED, add_bias, both_sides, per_axis, width
from cnnstat.executor.connections import connections_of
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.kernels import im2col
from cnnstat.executor.kernels.conv import bias_gradient
from cnnstat.executor.kernels.windows import Grid, Walk
from cnnstat.executor.parameters import Parameters, weight_and_bias
from cnnstat.executor.projection import along


def canvas(inputs: int, kernel: int, stride: int, dilation: int, sides: tuple[int, int], extra: int) -> Walk:
    """Walk the output: every input lays one window on a canvas, whose sides are then cut off.

    `extra` rows hang behind the last window before the cut. They are there for what a convolution of the
    canvas would leave over, so the next window, and the next tap of the last one, lie beyond them.
    """
    starts = range(0, inputs * stride, stride)
    taps = range(0, kernel * dilation, dilation)
    laid = starts[-1] + taps[-1] + 1 + extra
    if max(starts.stop + taps[-1], starts[-1] + taps.stop) < laid:
        raise ValueError(f"{extra} more rows leave room for another window and another tap")
    length = laid - sides[0] - sides[1]
    if length < 1:
        raise ValueError(f"cutting {sides[0]} + {sides[1]} leaves nothing of {laid}")
    return Walk(length, sides[0], sides[1], starts, taps)


def layout(x: Array, options: Options) -> Grid:
    """Lay out the windows over the output."""
    rank = x.ndim - 2
    windows = (per_axis(options[name], rank) for name in ("kernel", "stride", "dilation"))
    sides, extra = both_sides(options["padding"], rank), per_axis(options["output_padding"], rank)
    axes = zip(x.shape[2:], *windows, sides, extra, strict=True)
    return Grid(tuple(canvas(*axis) for axis in axes), width(options["groups"], x.shape[1]))


def parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate weight (C, F/groups, *kernel) and bias (F,)."""
    (x,) = inputs
    channels = x.shape[1]
    filters = width(options["filters"], channels)
    groups = width(options["groups"], channels)
    kernel = per_axis(options["kernel"], x.ndim - 2)
    of_group, maps = (len(np.split(np.arange(count), groups)[0]) for count in (filters, channels))
    shape = (channels, of_group, *kernel)
    return weight_and_bias(rng, shape, filters, maps * prod(kernel), x, bias=options["bias"])


def forward(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Spread every input of (N, C, ...positions) through its kernels over the output."""
    (x,) = inputs
    weight = params["weight"]
    grid = layout(x, options)
    y = im2col.spread(x, weight, grid, context.mac_counter)
    if "bias" in params:
        y = add_bias(y, params["bias"])
    return y, context.keep(_backward, x, weight, "bias" in params, grid, context.mac_counter)


def _backward(
    dy: Array, x: Array, weight: Array, biased: bool, grid: Grid, mac_counter: Any
) -> KernelGradients:
    dx = im2col.correlate(dy, weight, grid, mac_counter)
    dw = im2col.weight_gradient(dy, x, weight, grid, mac_counter)
    return (dx,), {"weight": dw} | ({"bias": bias_gradient(dy)} if biased else {})


TRANSPOSED_CONV = Kernel(
    forward,
    along(
        *("kernel", "stride", "dilation", "output_padding"),
        sides="padding",
        channels={"filters": 1, "groups": 1},
        over_input=False,
    ),
    parameters,
    connections_of(forward),
    contracts=True,
    axes=PLACED,
)
