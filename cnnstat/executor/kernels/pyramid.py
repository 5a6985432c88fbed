"""Spatial pyramid pooling: grids of bins, level after level, put end to end in one vector of fixed length."""

from __future__ import annotations

from functools import reduce

import numpy as np

from cnnstat.executor.axes import PLACED
from cnnstat.executor.kernel import (
    Array,
    Backward,
    Context,
    Inputs,
    Kernel,
    KernelGradients,
    Options,
    Params,
    Result,
)
from cnnstat.executor.kernels import bins
from cnnstat.executor.projection import placeless


def forward(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Pool (N, C, H, W) into n x n bins for each level n and return (N, C·sum n²): He et al. 2014, figure 3.

    Level by level; inside a level channel by channel, as flattening (C, n, n) puts it. A volume has n³ bins.
    """
    (x,) = inputs
    pool = bins.largest if options["mode"] == "max" else bins.mean
    levels = [pool(x, grid, context) for grid in _grids(x, options)]
    y = np.concatenate([grid.reshape(x.shape[0], -1) for grid, _ in levels], 1)
    shapes = tuple(grid.shape for grid, _ in levels)
    return y, context.keep(_backward, shapes, tuple(way for _, way in levels))


def _grids(x: Array, options: Options) -> list[bins.Bins]:
    share = bins.sliding if options["bins"] == "sliding" else bins.adaptive
    return [tuple(share(n, count) for n in x.shape[2:]) for count in options["levels"]]


def connections(inputs: Inputs, params: Params, options: Options) -> Array:
    """Count the cells of each bin."""
    (x,) = inputs
    levels = (bins.counted(x, grid) for grid in _grids(x, options))
    return np.concatenate([counts.reshape(x.shape[0], -1) for counts in levels], 1)


def _backward(dy: Array, shapes: tuple[tuple[int, ...], ...], ways: tuple[Backward, ...]) -> KernelGradients:
    ends = np.cumsum([int(np.prod(shape[1:])) for shape in shapes])[:-1]
    parts = np.split(dy, ends, 1)
    levels = (way(part.reshape(shape))[0][0] for way, part, shape in zip(ways, parts, shapes, strict=True))
    return (reduce(np.add, levels),), {}


SPATIAL_PYRAMID_POOL = Kernel(forward, placeless, connections=connections, axes=PLACED)
