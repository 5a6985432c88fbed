"""Resize and Upsample."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.axes import compact
from cnnstat.importers.onnx.catalogue import Outside

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.importers.onnx.layers import Layers
    from cnnstat.importers.onnx.nodes.value import Node

_MOST_CELLS = 1 << 17
"""Along an axis; a file of some bytes may ask for any number."""

_ROUNDED: dict[bytes, Callable[[float], int]] = {
    b"floor": floor,
    b"ceil": ceil,
    b"round_prefer_floor": lambda place: ceil(place - 0.5),
    b"round_prefer_ceil": lambda place: floor(place + 0.5),
}


def resize(node: Node, layers: Layers) -> int | str:
    """Resize by repeating the nearest value or by linear interpolation, as `upsample` does."""
    x, out = layers.plain(node), layers.value(node.outputs[0]).sample
    mode = node.attributes.get("mode", b"nearest")
    if x.sample[0] != out[0] or len(x.sample) < 2:
        raise Outside("it changes the number of channels")
    if node.attributes.get("antialias", 0) or node.attributes.get("exclude_outside", 0):
        raise Outside("it is smoothed")
    if "axes" in node.attributes:
        raise Outside("it is along axes of its own")
    scales = _scales(node, layers)
    options: dict[str, Any] = {}
    sizes, old = x.sample[1:], out[1:]
    if scales and all(each == int(each) for each in scales):
        options["scale"] = compact([int(each) for each in scales])
    else:
        options["size"] = compact(old)
    options |= _mode(node, layers, mode, sizes, old, scales)
    if x.sample == out:
        return layers.shown(x)
    return layers.add(node, "upsample", [layers.shown(x)], out, options)


def _mode(
    node: Node,
    layers: Layers,
    mode: bytes,
    sizes: tuple[int, ...],
    wanted: tuple[int, ...],
    scales: list[float],
) -> dict[str, Any]:
    """Return the options that say how values are made.

    Raises:
        Outside: they are made in another way than ours.
    """
    where = b"asymmetric" if node.op == "Upsample" or layers.model.opset < 11 else b"half_pixel"
    where = node.attributes.get("coordinate_transformation_mode", where)
    if where not in _PLACES:
        raise Outside(f"{where.decode()} cuts out a part, or moves the others")
    if mode == b"nearest":
        rounded = b"floor" if node.op == "Upsample" or layers.model.opset < 11 else b"round_prefer_floor"
        rounding = _ROUNDED[node.attributes.get("nearest_mode", rounded)]
        each = scales or [new / size for size, new in zip(sizes, wanted, strict=True)]
        if max(wanted) > _MOST_CELLS:
            raise Outside("it has more cells than can be looked at one by one")
        for size, new, scale in zip(sizes, wanted, each, strict=True):
            if any(_cell(where, rounding, i, size, new, scale) != i * size // new for i in range(new)):
                raise Outside("it repeats other cells than the nearest one's own")
        return {}
    if mode == b"linear" and where == b"align_corners":
        return {"mode": "bilinear", "align_corners": True}
    exact = all(new == size * scale for size, new, scale in zip(sizes, wanted, scales, strict=False))
    if mode == b"linear" and where in (b"half_pixel", b"pytorch_half_pixel") and exact:
        return {"mode": "bilinear"}
    raise Outside(f"{mode.decode()} interpolation by {where.decode()} is not what upsample does")


_PLACES: dict[bytes, Callable[[int, int, int, float], float]] = {
    b"asymmetric": lambda i, size, new, scale: i / scale,
    b"align_corners": lambda i, size, new, scale: i * (size - 1) / (new - 1) if new > 1 else 0.0,
    b"half_pixel": lambda i, size, new, scale: (i + 0.5) / scale - 0.5,
    b"pytorch_half_pixel": lambda i, size, new, scale: (i + 0.5) / scale - 0.5 if new > 1 else 0.0,
    b"tf_half_pixel_for_nn": lambda i, size, new, scale: (i + 0.5) / scale,
}
"""Where an output lies along an axis of the input, by coordinate_transformation_mode."""


def _cell(where: bytes, rounding: Callable[[float], int], i: int, size: int, new: int, scale: float) -> int:
    """Return which cell of an axis an output reads."""
    return min(max(rounding(round(_PLACES[where](i, size, new, scale), 6)), 0), size - 1)


def _scales(node: Node, layers: Layers) -> list[float]:
    """Return the factors of places, none where sizes are given."""
    if "scales" in node.attributes:
        return [float(each) for each in node.attributes["scales"][2:]]
    number = 1 if node.op == "Upsample" or layers.model.opset < 11 else 2
    array = layers.array(node, number) if number < len(node.inputs) else None
    if array is None or not array.size:
        return []
    scales = [float(each) for each in array.reshape(-1)]
    return scales[2:] if len(scales) == len(layers.value(node.inputs[0]).shape or ()) else []
