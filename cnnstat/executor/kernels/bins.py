"""Pooling over a given number of bins per axis: adaptive or sliding bins, or one for a whole map.

Bins are joined one axis after the other, the last first, for the reason given in `pool`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.axes import at, inwards

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array, Context, KernelGradients, Result

Bins = tuple[tuple[slice, ...], ...]
"""The cells of each bin, for each axis of positions."""


@lru_cache(maxsize=256)
def adaptive(length: int, count: int) -> tuple[slice, ...]:
    """Share an axis among `count` bins: bin i of n holds cells floor(i·N/n) .. ceil((i + 1)·N/n) - 1.

    Each cell is cut into n crumbs, the crumbs are dealt out evenly, and a bin holds every cell it has a
    crumb of.
    """
    ends = np.arange(1, length + 1) * count
    marks = np.arange(count) * length
    firsts = np.searchsorted(ends, marks, side="right")
    lasts = np.searchsorted(ends, marks + length - 1, side="right")
    return tuple(slice(int(first), int(last) + 1) for first, last in zip(firsts, lasts, strict=True))


@lru_cache(maxsize=256)
def sliding(length: int, count: int) -> tuple[slice, ...]:
    """Slide a window of ceil(N/n) by floor(N/n) (He et al., Spatial pyramid pooling, 2014, section 2.3).

    Not every length gives n windows that way; where it does not, the layer does not exist.
    """
    stride, rest = divmod(length, count)
    size = stride + bool(rest)
    starts = range(0, length - size + 1, stride) if stride else range(0)
    if len(starts) != count:
        raise ValueError(
            f"a window of {size} sliding by {stride} over {length} gives {len(starts)} bins, not {count}"
        )
    return tuple(slice(start, start + size) for start in starts)


def largest(x: Array, bins: Bins, context: Context) -> Result:
    """Return the maximum of each bin."""
    stages = [x]
    for axis, parts in inwards(bins):
        stages.append(np.concatenate([_peak(stages[-1][at(axis, cells)], axis) for cells in parts], axis))
    return stages[-1], context.keep(_largest_backward, tuple(stages[:-1]), bins)


def _peak(x: Array, axis: int) -> Array:
    """Return the first maximum along one axis, decided by the real part."""
    y: Array = np.take_along_axis(x, x.real.argmax(axis, keepdims=True), axis)
    return y


def _largest_backward(dy: Array, stages: tuple[Array, ...], bins: Bins) -> KernelGradients:
    for (axis, parts), x in zip(enumerate(bins, 2), reversed(stages), strict=True):
        dx = np.zeros(x.shape, dy.dtype)
        for i, cells in enumerate(parts):
            inside = x[at(axis, cells)]
            given = np.zeros(inside.shape, dy.dtype)
            np.put_along_axis(given, inside.argmax(axis, keepdims=True), dy[at(axis, slice(i, i + 1))], axis)
            dx[at(axis, cells)] += given
        dy = dx
    return (dy,), {}


def counted(x: Array, bins: Bins) -> Array:
    """Return the number of cells in each bin, found by adding ones."""
    y = np.ones_like(x)
    for axis, parts in inwards(bins):
        y = np.concatenate([y[at(axis, cells)].sum(axis, keepdims=True) for cells in parts], axis)
    return y


def mean(x: Array, bins: Bins, context: Context) -> Result:
    """Return the mean of each bin."""
    y = x
    for axis, parts in inwards(bins):
        y = np.concatenate([y[at(axis, cells)].mean(axis, keepdims=True) for cells in parts], axis)
    return y, context.keep(_mean_backward, x.shape, bins)


def _mean_backward(dy: Array, shape: tuple[int, ...], bins: Bins) -> KernelGradients:
    for axis, parts in enumerate(bins, 2):
        dx = np.zeros((*dy.shape[:axis], shape[axis], *dy.shape[axis + 1 :]), dy.dtype)
        for i, cells in enumerate(parts):
            dx[at(axis, cells)] += dy[at(axis, slice(i, i + 1))] / (cells.stop - cells.start)
        dy = dx
    return (dy,), {}
