"""Pooling: maximum, average and LeNet-5's trained subsampling, over windows, whole maps or adaptive bins.

Windows are joined one axis after the other, across before down: k + k slices instead of k², and the first
maximum along a row, then along the column of these, is the first in row-major order, to which PyTorch sends
the gradient.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.axes import PLACED, at, inwards, per_axis, per_channel, spatial
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.kernels import bins
from cnnstat.executor.kernels.target import lent, none_of, wanted
from cnnstat.executor.kernels.windows import Walk, fold, share, total, walks
from cnnstat.executor.parameters import Parameters, real_type
from cnnstat.executor.projection import along, unchanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.executor.kernel import Backward, Connections, Forward

PIECE = 32 << 10
"""Numbers of a map worked on at a time on the way back from a maximum."""


def pooled(x: Array, options: Options) -> tuple[Walk, ...]:
    """Walk the windows of a pool, each of which has something to summarise.

    Raises:
        ValueError: there are windows on padding only.
    """
    walked = walks(x, options)
    for each in walked:
        if blank := each.blank:
            raise ValueError(f"{blank} windows of {len(each.taps)} read nothing but padding")
    return walked


def max_pool(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the maximum of each window; padding is minus infinity."""
    (x,) = inputs
    stages = [x]
    walked = pooled(x, options)
    for axis, each in inwards(walked):
        stages.append(_largest(stages[-1], each, axis))
    return stages[-1], context.keep(_max_pool_backward, tuple(stages), walked)


def _largest(x: Array, walked: Walk, axis: int) -> Array:
    if not np.iscomplexobj(x):
        return fold(np.maximum, x, walked, axis, -np.inf)
    y = np.full((*x.shape[:axis], len(walked.starts), *x.shape[axis + 1 :]), -np.inf, x.dtype)
    for tap in walked.reaching:
        windows, cells = walked.inside(tap)
        part, candidate = y[at(axis, windows)], x[at(axis, cells)]
        np.copyto(part, candidate, where=candidate.real > part.real)
    return y


def _max_pool_backward(dy: Array, stages: tuple[Array, ...], walked: tuple[Walk, ...]) -> KernelGradients:
    """Go back axis by axis, a few maps at a time so that they stay in cache."""
    dx = np.empty(stages[0].shape, dy.dtype)
    steps = list(zip(inwards(walked), stages[:-1], stages[1:], strict=True))[::-1]
    for sample in range(len(dy)):
        for some in _some_maps(stages[0]):
            error = dy[sample, some]
            for (axis, each), x, y in steps:
                error = _to_first(error, x[sample, some], y[sample, some], each, axis - 1)
            dx[sample, some] = error
    return (dx,), {}


def _some_maps(x: Array) -> list[slice]:
    """Cut the channels of (N, C, ...) into runs of about PIECE numbers."""
    step = max(PIECE // x[0, 0].size, 1)
    return [slice(start, start + step) for start in range(0, x.shape[1], step)]


def _to_first(dy: Array, x: Array, y: Array, walked: Walk, axis: int) -> Array:
    """Give each window's dy to the first of its cells that equals its maximum."""
    dx, left = np.zeros(x.shape, dy.dtype), dy.copy()
    for tap in walked.reaching:
        windows, cells = (at(axis, part) for part in walked.inside(tap))
        given = left[windows] * (x[cells] == y[windows])
        dx[cells] += given
        left[windows] -= given
    return dx


def _sums(x: Array, walked: tuple[Walk, ...]) -> Array:
    for axis, each in inwards(walked):
        x = total(x, each, axis)
    return x


def _shares(dy: Array, walked: tuple[Walk, ...]) -> Array:
    for axis, each in enumerate(walked, 2):
        dy = share(dy, each, axis)
    return dy


def window_connections(inputs: Inputs, params: Params, options: Options) -> Array:
    """Count the cells of each window."""
    (x,) = inputs
    return _sums(np.ones_like(x), pooled(x, options))


def avg_pool(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the mean of each window, of its cells inside the padded input or inside the input proper."""
    (x,) = inputs
    walked = pooled(x, options)
    weights = _weights(walked, options["count_padding"], x)
    return _sums(x, walked) * weights, context.keep(_avg_pool_backward, walked, weights)


def _avg_pool_backward(dy: Array, walked: tuple[Walk, ...], weights: Array) -> KernelGradients:
    return (_shares(dy * weights, walked),), {}


def _weights(walked: tuple[Walk, ...], count_padding: bool, x: Array) -> Array:
    """Return one over the number of cells each window counts, found by running the windows over ones."""
    grid: Array = np.ones(())
    for each in walked:
        whole = Walk(each.before + each.length + each.after, 0, 0, each.starts, each.taps)
        counted = whole if count_padding else each
        grid = np.multiply.outer(grid, total(np.ones(counted.length), counted, 0))
    weights: Array = 1 / np.maximum(grid, 1)
    return weights.astype(real_type(x))


def subsample_parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate weight and bias (C,): at first the weight makes a mean of the sum."""
    (x,) = inputs
    area = int(np.prod(per_axis(options["kernel"], x.ndim - 2)))
    kind, channels = real_type(x), x.shape[1]
    weight = rng.uniform(0.5 / area, 1.5 / area, (channels,))
    bias = rng.uniform(-0.1, 0.1, (channels,))
    return Parameters({"weight": weight.astype(kind), "bias": bias.astype(kind)})


def subsample(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return w·sum + b of each window, with one w and one b per map (LeCun et al. 1998, layer S2)."""
    (x,) = inputs
    walked = pooled(x, options)
    sums = _sums(x, walked)
    weight = params["weight"]
    y = context.mac_counter.multiply(sums, per_channel(weight, x)) + per_channel(params["bias"], x)
    return y, context.keep(_subsample_backward, sums, weight, walked)


def _subsample_backward(dy: Array, sums: Array, weight: Array, walked: tuple[Walk, ...]) -> KernelGradients:
    axes = (0, *spatial(dy))
    dx = _shares(dy * per_channel(weight, dy), walked)
    return (dx,), {"weight": (dy * sums).sum(axes), "bias": dy.sum(axes)}


def _whole(inputs: Inputs, options: Options) -> bins.Bins:
    """Take each map as one bin; the axes of positions stay, with length 1."""
    return tuple(bins.whole(n) for n in inputs[0].shape[2:])


def _adaptive(inputs: Inputs, options: Options) -> bins.Bins:
    """Cut each map in as many bins as said, or as a second input has places."""
    x, *others = inputs
    counts = wanted(x, others, options["size"])
    assert counts is not None
    return tuple(bins.adaptive(n, count) for n, count in zip(x.shape[2:], counts, strict=True))


def _over(cut: Callable[[Inputs, Options], bins.Bins], join: Callable[..., Result]) -> Forward:
    """Join the cells of each bin that a map is cut into."""

    def run(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
        y, back = join(inputs[0], cut(inputs, options), context)
        others = lent([*inputs[1:]])
        return y, context.keep(_with_others, back, others) if others else back

    return run


def _cells(cut: Callable[[Inputs, Options], bins.Bins]) -> Connections:
    """Count the cells of each bin."""

    def count(inputs: Inputs, params: Params, options: Options) -> Array:
        return bins.counted(inputs[0], cut(inputs, options))

    return count


def _with_others(dy: Array, back: Backward, others: tuple[tuple[int, ...], ...]) -> KernelGradients:
    """Go back; inputs that lend their size have no gradient."""
    (dx,), parameters = back(dy)
    return (dx, *none_of(others, dy)), parameters


def global_avg_pool(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the mean of each map, the axes of positions kept with length 1."""
    (x,) = inputs
    return x.mean(spatial(x), keepdims=True), context.keep(_global_avg_pool_backward, x.shape)


def _global_avg_pool_backward(dy: Array, shape: tuple[int, ...]) -> KernelGradients:
    return (np.broadcast_to(dy * (dy.size / math.prod(shape)), shape).copy(),), {}


MAX_POOL = Kernel(
    max_pool,
    along("kernel", "stride", "dilation", sides="padding"),
    connections=window_connections,
    axes=PLACED,
)
AVG_POOL = Kernel(
    avg_pool, along("kernel", "stride", sides="padding"), connections=window_connections, axes=PLACED
)
SUBSAMPLE = Kernel(
    subsample, along("kernel", "stride"), subsample_parameters, window_connections, axes=PLACED
)
GLOBAL_MAX_POOL = Kernel(_over(_whole, bins.largest), unchanged, connections=_cells(_whole), axes=PLACED)
GLOBAL_AVG_POOL = Kernel(global_avg_pool, unchanged, connections=_cells(_whole), axes=PLACED)
_EACH_BIN = along("size", follows=())
ADAPTIVE_MAX_POOL = Kernel(
    _over(_adaptive, bins.largest), _EACH_BIN, connections=_cells(_adaptive), axes=PLACED
)
ADAPTIVE_AVG_POOL = Kernel(_over(_adaptive, bins.mean), _EACH_BIN, connections=_cells(_adaptive), axes=PLACED)
