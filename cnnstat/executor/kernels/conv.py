"""Convolution along any number of axes, with groups, depthwise, or with a table of connections.

What is computed is cross-correlation; the kernel is rotated in the backward pass only.
"""

from __future__ import annotations

from itertools import count
from math import prod
from typing import Any

import numpy as np

from cnnstat.executor.axes import PLACED, add_bias, per_axis, spatial, width
from cnnstat.executor.connections import connections_of
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.kernels import im2col
from cnnstat.executor.kernels.windows import Grid, walks
from cnnstat.executor.parameters import Parameters, weight_and_bias
from cnnstat.executor.projection import along


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
    """Correlate each filter with the maps that its row of the table names.

    Maps that the same filters read make one dense convolution; what several of these add to a filter adds up.
    """
    weight = params["weight"]
    grid, parts = Grid(walks(x, options), 1), _parts(options["table"])
    y = np.zeros((x.shape[0], len(options["table"]), *grid.size), np.result_type(x, weight))
    for maps, filters, connections in parts:
        y[:, filters] += im2col.correlate(x[:, maps], weight[connections], grid, context.mac_counter)
    if "bias" in params:
        y = add_bias(y, params["bias"])
    return y, context.keep(_table_backward, x, weight, "bias" in params, grid, parts, context.mac_counter)


def _table_backward(
    dy: Array, x: Array, weight: Array, biased: bool, grid: Grid, parts: list[_Part], mac_counter: Any
) -> KernelGradients:
    dx, dw = np.zeros_like(x), np.empty_like(weight)
    for maps, filters, connections in parts:
        kernels, error = weight[connections], dy[:, filters]
        dw[connections] = im2col.weight_gradient(x[:, maps], error, kernels, grid, mac_counter)
        dx[:, maps] = im2col.spread(error, kernels, grid, mac_counter)
    return (dx,), {"weight": dw} | ({"bias": bias_gradient(dy)} if biased else {})


_Part = tuple[list[int], list[int], np.ndarray[Any, Any]]
"""Maps, all the filters that read them, and the places in weight of (filters, maps)."""


def _parts(table: Any) -> list[_Part]:
    """Cut a table into parts in which every filter reads every map; each map is in one of them."""
    readers: dict[int, list[tuple[int, int]]] = {}
    connection = count()
    for filter_, row in enumerate(table):
        for map_ in row:
            readers.setdefault(map_, []).append((filter_, next(connection)))
    together: dict[tuple[int, ...], tuple[list[int], list[tuple[int, ...]]]] = {}
    for map_, reading in readers.items():
        filters, connections = zip(*reading, strict=True)
        maps, places = together.setdefault(filters, ([], []))
        maps.append(map_)
        places.append(connections)
    return [(maps, list(filters), np.array(places).T) for filters, (maps, places) in together.items()]


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
