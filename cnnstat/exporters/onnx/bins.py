"""Pools over a given number of bins: of whole maps, adaptive ones, and pyramids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.onnx.windows import gathered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.exporters.onnx.writer import Place
    from cnnstat.layers.bins import AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool
    from cnnstat.layers.pyramid import SpatialPyramidPool

_WINDOWED = {"max": "MaxPool", "mean": "AveragePool"}
_GLOBAL = {"max": "GlobalMaxPool", "mean": "GlobalAveragePool"}


def global_max_pool(layer: GlobalMaxPool, at: Place) -> str:
    """Write GlobalMaxPool."""
    return at.add("GlobalMaxPool", at.x)


def global_avg_pool(layer: GlobalAvgPool, at: Place) -> str:
    """Write GlobalAveragePool."""
    return at.add("GlobalAveragePool", at.x)


def adaptive_max_pool(layer: AdaptiveMaxPool, at: Place) -> str:
    """Write the maximum of each bin."""
    return _binned(at, layer.bins(at.shapes), "max")


def adaptive_avg_pool(layer: AdaptiveAvgPool, at: Place) -> str:
    """Write the mean of each bin."""
    return _binned(at, layer.bins(at.shapes), "mean")


def _binned(at: Place, counts: Sequence[int], mode: str) -> str:
    """Write bins as ONNX has them where all are of one size, else axis by axis."""
    sizes = at.shapes[0][1:]
    if all(count == 1 for count in counts):
        return at.add(_GLOBAL[mode], at.x)
    if all(size % count == 0 for size, count in zip(sizes, counts, strict=True)):
        kernel = [size // count for size, count in zip(sizes, counts, strict=True)]
        return at.add(_WINDOWED[mode], at.x, kernel_shape=kernel, strides=kernel)
    x = at.x
    for axis, (size, count) in enumerate(zip(sizes, counts, strict=True), 2):
        if size != count:
            bins = [range(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]
            x = gathered(at, x, axis, bins, mode)
    return x


def spatial_pyramid_pool(layer: SpatialPyramidPool, at: Place) -> str:
    """Write the bins of each level as a vector, one level behind the other."""
    mode = "max" if layer.mode == "max" else "mean"
    levels = []
    for level in layer.levels:
        counts = (level,) * at.rank
        pooled = _binned(at, counts, mode) if layer.bins == "adaptive" else _sliding(at, counts, mode)
        levels.append(at.add("Flatten", pooled, axis=1))
    return at.add("Concat", *levels, axis=1)


def _sliding(at: Place, counts: Sequence[int], mode: str) -> str:
    """Write windows of ceil(N/n) that slide by floor(N/n)."""
    pairs = list(zip(at.shapes[0][1:], counts, strict=True))
    kernel = [-(-size // count) for size, count in pairs]
    return at.add(
        _WINDOWED[mode], at.x, kernel_shape=kernel, strides=[size // count for size, count in pairs]
    )
