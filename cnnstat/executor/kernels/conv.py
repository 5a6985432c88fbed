"""Convolution along any number of axes, with groups, depthwise, or with a table of connections.

What is computed is cross-correlation; the kernel is rotated in the backward pass only.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from cnnstat.executor.axes import PLACED, add_bias, per_axis, spatial, width
from cnnstat.executor.connections import connections_of
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.kernels import im2col
from cnnstat.executor.kernels.windows import Grid, Walk, collect, walks
from cnnstat.executor.parameters import Parameters, weight_and_bias
from cnnstat.executor.projection import along

GATHERED = 16 << 20
"""Bytes of maps that a convolution by table gathers at a time, unless one filter reads more."""


def bias_gradient(dy: Array) -> Array:
    """Return dL/db: dy summed over everything but channels."""
    db: Array = dy.sum((0, *spatial(dy)))
    return db


def parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate weight (F, C/groups, *kernel) and bias (F,).

    With a table, weight is (connections, *kernel): one kernel for each filter and each map it reads, in the
    table's order.
    """
    (x,) = inputs
    channels = x.shape[1]
    kernel = per_axis(options["kernel"], x.ndim - 2)
    filters = width(options["filters"], channels)
    depth = channels // width(options["groups"], channels)
    shape: tuple[int, ...] = (filters, depth, *kernel)
    if options["table"] is not None:
        connections = [len(row) for row in options["table"]]
        shape, depth = (sum(connections), *kernel), max(connections)
    return weight_and_bias(rng, shape, filters, depth * prod(kernel), x, bias=options["bias"])


def depthwise_parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate weight (C·multiplier, 1, *kernel) and bias (C·multiplier,)."""
    (x,) = inputs
    filters = x.shape[1] * options["multiplier"]
    kernel = per_axis(options["kernel"], x.ndim - 2)
    return weight_and_bias(rng, (filters, 1, *kernel), filters, prod(kernel), x, bias=options["bias"])


def forward(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Correlate (N, C, ...positions) with `filters` kernels."""
    (x,) = inputs
    if options["table"] is not None:
        return _by_table(x, params, options, context)
    return _grouped(x, params, Grid(walks(x, options), width(options["groups"], x.shape[1])), context)


def depthwise_forward(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Correlate each channel with `multiplier` kernels of its own."""
    (x,) = inputs
    return _grouped(x, params, Grid(walks(x, options), x.shape[1]), context)


def _grouped(x: Array, params: Params, grid: Grid, context: Context) -> Result:
    weight = params["weight"]
    y = im2col.correlate(x, weight, grid, context.mac_counter, params.get("bias"))
    return y, context.keep(_grouped_backward, x, weight, "bias" in params, grid, context.mac_counter)


def _grouped_backward(
    dy: Array, x: Array, weight: Array, biased: bool, grid: Grid, mac_counter: Any
) -> KernelGradients:
    dw = im2col.weight_gradient(x, dy, weight, grid, mac_counter)
    dx = im2col.spread(dy, weight, grid, mac_counter)
    return (dx,), {"weight": dw} | ({"bias": bias_gradient(dy)} if biased else {})


def _by_table(x: Array, params: Params, options: Options, context: Context) -> Result:
    """Correlate each filter with the maps its row of the table names.

    Rows of equal length make one grouped convolution, a filter to a group, over the maps they name, or
    several: each gathers all these maps, however many filters read the same.
    """
    weight = params["weight"]
    bundles = _bundles(options["table"], x[:, :1].nbytes)
    walked = walks(x, options)
    y = np.empty(())
    for filters, connections, maps in bundles:
        kernels = weight[connections].reshape(len(filters), -1, *weight.shape[1:])
        maps_out = im2col.correlate(x[:, maps], kernels, Grid(walked, len(filters)), context.mac_counter)
        if not y.ndim:
            y = np.empty((x.shape[0], len(options["table"]), *maps_out.shape[2:]), maps_out.dtype)
        y[:, filters] = maps_out
    if "bias" in params:
        y = add_bias(y, params["bias"])
    return y, context.keep(_table_backward, x, weight, "bias" in params, walked, bundles, context.mac_counter)


def _table_backward(
    dy: Array,
    x: Array,
    weight: Array,
    biased: bool,
    walked: tuple[Walk, ...],
    bundles: list[_Bundle],
    mac_counter: Any,
) -> KernelGradients:
    dx = np.zeros_like(x)
    dw = np.empty_like(weight)
    for filters, connections, maps in bundles:
        kernels = weight[connections].reshape(len(filters), -1, *weight.shape[1:])
        grid, error = Grid(walked, len(filters)), dy[:, filters]
        gradient = im2col.weight_gradient(x[:, maps], error, kernels, grid, mac_counter)
        dw[connections] = gradient.reshape(-1, *weight.shape[1:])
        dx += collect(im2col.spread(error, kernels, grid, mac_counter), maps, x.shape[1], 1)
    return (dx,), {"weight": dw} | ({"bias": bias_gradient(dy)} if biased else {})


_Bundle = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]


def _bundles(table: Any, map_bytes: int) -> list[_Bundle]:
    """Group the rows of a table by length: (filters, their places in weight, the maps they read) each.

    A group is cut where its maps would take more than `GATHERED` bytes.
    """
    ends = np.cumsum([len(row) for row in table])
    found: dict[int, tuple[list[int], list[int], list[int]]] = {}
    for filter_, (row, end) in enumerate(zip(table, ends, strict=True)):
        filters, connections, maps = found.setdefault(len(row), ([], [], []))
        filters.append(filter_)
        connections.extend(range(end - len(row), end))
        maps.extend(row)
    bundles: list[_Bundle] = []
    for length, (filters, weights, maps) in found.items():
        step = max(GATHERED // (length * map_bytes), 1)
        for start in range(0, len(filters), step):
            cut = slice(start * length, (start + step) * length)
            bundles.append(
                (np.array(filters[start : start + step]), np.array(weights[cut]), np.array(maps[cut]))
            )
    return bundles


CONV = Kernel(
    forward,
    along(
        "kernel", "stride", "dilation", sides="padding", channels={"filters": 1, "groups": 1, "table": None}
    ),
    parameters,
    connections_of(forward),
    contracts=True,
    axes=PLACED,
)
DEPTHWISE_CONV = Kernel(
    depthwise_forward,
    along("kernel", "stride", "dilation", sides="padding", channels={"multiplier": 1}),
    depthwise_parameters,
    connections_of(depthwise_forward),
    contracts=True,
    axes=PLACED,
)
