"""Layers that enlarge a map, frame it, or cut it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnstat.exporters.onnx.reshape import sliced
from cnnstat.exporters.onnx.windows import spread

if TYPE_CHECKING:
    from cnnstat.exporters.onnx.writer import Place
    from cnnstat.layers.resize import Crop, Pad, Upsample
    from cnnstat.layers.shortcut import ZeroPadShortcut

_MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""ONNX's words for PyTorch's."""


def upsample(layer: Upsample, at: Place) -> str:
    """Write Resize to the size that is known, or by a factor where the author gave one.

    The nearest cell is found by floor(o/scale) there, with a rounded scale: where that is another cell than
    floor(o·N/O), cells are gathered by their numbers.
    """
    sizes = list(zip(at.shapes[0][1:], at.shape[1:], strict=True))
    axes = list(range(2, 2 + len(sizes)))
    if layer.mode == "nearest" and not all(_same_cells(size, out) for size, out in sizes):
        x = at.x
        for axis, (size, out) in zip(axes, sizes, strict=True):
            if size != out:
                cells = at.integers("cells", [i * size // out for i in range(out)])
                x = at.add("Gather", x, cells, axis=axis)
        return x
    if layer.scale is not None:
        target = at.scales(spread(layer.scale, at, "scale")), ""
    else:
        target = "", at.integers("sizes", at.shape[1:])
    if layer.mode == "nearest":
        how = {"mode": "nearest", "nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"}
    else:
        where = "align_corners" if layer.align_corners else "half_pixel"
        how = {"mode": "linear", "coordinate_transformation_mode": where}
    return at.add("Resize", at.x, "", *target, axes=axes, **how)


def _same_cells(size: int, out: int) -> bool:
    """Say whether floor(o/scale) is floor(o·N/O) for every output o, worked out in float32 as in float64."""
    exact = np.arange(out) * size // out
    for kind in (np.float32, np.float64):
        outputs, scale = np.arange(out, dtype=kind), np.divide(out, size, dtype=kind)
        if not np.array_equal(np.floor(outputs / scale), exact):
            return False
    return True


def pad(layer: Pad, at: Place) -> str:
    """Write Pad."""
    sides = layer.sides(at.shapes)
    pads = [0, 0, *(before for before, _ in sides), 0, 0, *(after for _, after in sides)]
    value = [at.numbers("value", layer.value)] if layer.mode == "constant" and layer.value else []
    return at.add("Pad", at.x, at.integers("pads", pads), *value, mode=_MODES[layer.mode])


def crop(layer: Crop, at: Place) -> str:
    """Write Slice along every axis that is cut."""
    cuts = layer.cuts(at.shapes)
    kept = zip(cuts, at.shapes[0][1:], strict=True)
    starts, stops = [before for before, _ in cuts], [size - after for (_, after), size in kept]
    return sliced(at, at.x, list(range(2, 2 + len(cuts))), starts, stops)


def zero_pad_shortcut(layer: ZeroPadShortcut, at: Place) -> str:
    """Write Slice with the stride as its step, and Pad with maps of zeros."""
    channels, *sizes = at.shapes[0]
    axes = list(range(2, 2 + len(sizes)))
    names = (
        at.integers("starts", [0] * len(sizes)),
        at.integers("ends", sizes),
        at.integers("axes", axes),
        at.integers("steps", spread(layer.stride, at, "stride")),
    )
    taken = at.add("Slice", at.x, *names)
    more = at.shape[0] - channels
    blank = [0] * (2 + len(sizes))
    return at.add("Pad", taken, at.integers("pads", [*blank, 0, more, *blank[2:]])) if more else taken
