"""Pools over windows, and trained subsampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnstat.exporters.onnx.windows import window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.exporters.onnx.writer import Array, Place
    from cnnstat.layers.pool import AvgPool, MaxPool, Subsample
    from cnnstat.layers.window import Axis


def max_pool(layer: MaxPool, at: Place) -> str:
    """Write MaxPool, rounding up where a window does hang over the end."""
    axes = layer.geometry().axes(at.shapes[0])
    if rounds_up(axes):
        return at.add("MaxPool", at.x, ceil_mode=1, **window(axes, overhang=False))
    return at.add("MaxPool", at.x, **window(axes, overhang=True))


def rounds_up(axes: Sequence[Axis]) -> bool:
    """Say whether ``ceil_mode`` gives the windows of all axes: some hang over, and none had to be dropped.

    A window that would start behind the input is none, in ONNX as here, but operators that knew so came
    after the version that is written.
    """
    counted = all(axis.outputs.value == -(-axis.span // axis.stride) + 1 for axis in axes)
    return counted and any(axis.overhang for axis in axes)


def avg_pool(layer: AvgPool, at: Place) -> str:
    """Write AveragePool.

    Where windows hang over the end, the cells that they count are known: they are summed with all padding
    counted, and each mean corrected by the share of the cells that count.
    """
    axes = layer.geometry().axes(at.shapes[0])
    overhang = any(axis.overhang for axis in axes)
    if not overhang:
        padded = any(axis.before + axis.after for axis in axes)
        counts = {"count_include_pad": int(layer.count_padding)} if padded else {}
        return at.add("AveragePool", at.x, **counts, **window(axes, overhang=False))
    if rounds_up(axes) and not layer.count_padding:
        return at.add("AveragePool", at.x, ceil_mode=1, count_include_pad=0, **window(axes, overhang=False))
    mean = at.add("AveragePool", at.x, count_include_pad=1, **window(axes, overhang=True))
    return at.add("Mul", mean, at.numbers("shares", _corrections(axes, count_padding=layer.count_padding)))


def _corrections(axes: Sequence[Axis], *, count_padding: bool) -> Array:
    """Return for each window its cells over those that count: in the padded input, or in the input."""
    grid: Array = np.ones(())
    for axis in axes:
        before, after = (axis.before, axis.after) if count_padding else (0, 0)
        cells = range(-before, axis.size + after)
        starts = range(-axis.before, -axis.before + axis.outputs.value * axis.stride, axis.stride)
        counted = [sum(start + tap in cells for tap in range(axis.kernel)) for start in starts]
        grid = np.multiply.outer(grid, axis.kernel / np.maximum(counted, 1))
    return grid


def subsample(layer: Subsample, at: Place) -> str:
    """Write the sum of each window as a Conv of ones, times a number per map, plus another."""
    axes = layer.geometry().axes(at.shapes[0])
    channels = at.shapes[0][0]
    ones = at.filled((channels, 1, *(axis.kernel for axis in axes)), 1.0)
    sums = at.add("Conv", at.x, ones, group=channels, **window(axes, overhang=True))
    return at.add("Add", at.add("Mul", sums, at.per_channel("weight")), at.per_channel("bias"))
