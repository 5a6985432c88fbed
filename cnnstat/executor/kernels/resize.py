"""Layers that change the size of a map: upsample, pad and crop."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnstat.executor.axes import PLACED, both_sides, per_axis
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.kernels.slice import placed
from cnnstat.executor.kernels.target import lent, none_of, wanted
from cnnstat.executor.kernels.windows import collect
from cnnstat.executor.projection import along

Tap = tuple[Array, Array]
"""For each output of an axis, the cell it reads and the weight it reads it with."""


def _sizes(x: Array, others: list[Array], options: Options) -> tuple[int, ...]:
    lengths = x.shape[2:]
    sizes = wanted(x, others, options["size"], options["scale"])
    if options["align_corners"] and options["mode"] == "nearest":
        raise ValueError("the nearest cell is another one where corners are aligned")
    if sizes is not None:
        return sizes
    scales = per_axis(options["scale"], len(lengths))
    return tuple(len(range(n * s)) for n, s in zip(lengths, scales, strict=True))


def _nearest(length: int, size: int, kind: np.dtype[Any]) -> list[Tap]:
    """Output i of O reads cell floor(i·N/O): cut each cell in O crumbs, and read where each N-th crumb is."""
    ends = np.arange(1, length + 1) * size
    cells = np.searchsorted(ends, np.arange(size) * length, side="right")
    return [(cells, np.ones(size, kind))]


def _linear(length: int, size: int, align: bool, kind: np.dtype[Any]) -> list[Tap]:
    """Output i reads the two cells around its place in the input.

    Its place is i·(N - 1)/(O - 1) if corners are aligned, else (i + 1/2)·N/O - 1/2, at least 0.
    """
    steps = np.arange(size)
    if align:
        place, whole = steps * (length - 1), max(size - 1, 1)
    else:
        place, whole = np.maximum((2 * steps + 1) * length - size, 0), 2 * size
    low, part = np.divmod(place, whole)
    # Right on a cell, and behind the last one, there is no neighbour to read.
    high = np.where(part > 0, np.minimum(low + 1, length - 1), low)
    weight = part / whole
    return [(low, (1 - weight).astype(kind)), (high, weight.astype(kind))]


def _taps(x: Array, others: list[Array], options: Options) -> tuple[list[Tap], ...]:
    axes = zip(x.shape[2:], _sizes(x, others, options), strict=True)
    kind = x.real.dtype
    if options["mode"] == "nearest":
        return tuple(_nearest(n, o, kind) for n, o in axes)
    return tuple(_linear(n, o, options["align_corners"], kind) for n, o in axes)


def _along(weights: Array, axis: int, rank: int) -> Array:
    return weights.reshape(-1, *(1,) * (rank - axis - 1))


def upsample(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Interpolate by the nearest cell or linearly, one axis after the other, as PyTorch's `interpolate`."""
    x, *others = inputs
    taps = _taps(x, others, options)
    y = x
    for axis, pair in enumerate(taps, 2):
        y = _interpolated(y, pair, axis)
    return y, context.keep(_upsample_backward, x.shape, taps, lent(others))


def _interpolated(x: Array, taps: list[Tap], axis: int) -> Array:
    if len(taps) == 1:
        return np.take(x, taps[0][0], axis)
    low, high = (np.take(x, cells, axis) * _along(weights, axis, x.ndim) for cells, weights in taps)
    low += high
    return low


def _upsample_backward(
    dy: Array, shape: tuple[int, ...], taps: tuple[list[Tap], ...], others: tuple[tuple[int, ...], ...]
) -> KernelGradients:
    for axis, pair in enumerate(taps, 2):
        parts = (collect(dy * _along(w, axis, dy.ndim), cells, shape[axis], axis) for cells, w in pair)
        dy = sum(parts, np.zeros((), dy.dtype))
    return (dy, *none_of(others, dy)), {}


def pad(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Frame each map, as wide as said or to the size of a second input, with a constant or its own cells."""
    x, *others = inputs
    mode, sides = options["mode"], _frame(x, others, options)
    if mode == "constant":
        around = ((0, 0), (0, 0), *sides)
        y = np.pad(x, around, constant_values=options["value"])
        place = tuple(slice(before, before + n) for (before, _), n in zip(around, x.shape, strict=True))
        return y, context.keep(_pad_backward, place, lent(others))
    if options["value"]:
        raise ValueError(f"a frame of {mode} has no value of its own")
    cells = tuple(_framed(n, pair, mode) for n, pair in zip(x.shape[2:], sides, strict=True))
    y = x
    for axis, each in enumerate(cells, 2):
        y = np.take(y, each, axis)
    return y, context.keep(_framed_backward, x.shape, cells, lent(others))


def _frame(x: Array, others: list[Array], options: Options) -> tuple[tuple[int, int], ...]:
    sizes = wanted(x, others, None, options["padding"])
    if sizes is None:
        return both_sides(options["padding"], x.ndim - 2)
    if any(size < n for n, size in zip(x.shape[2:], sizes, strict=True)):
        raise ValueError(f"cannot frame {x.shape[2:]} to {sizes}")
    # Of an odd remainder the larger half goes to the end.
    return tuple(((size - n) // 2, (size - n + 1) // 2) for n, size in zip(x.shape[2:], sizes, strict=True))


def _pad_backward(
    dy: Array, place: tuple[slice, ...], others: tuple[tuple[int, ...], ...]
) -> KernelGradients:
    return (np.ascontiguousarray(dy[place]), *none_of(others, dy)), {}


MODES: dict[str, Any] = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""NumPy's words for PyTorch's."""


def _framed(length: int, sides: tuple[int, int], mode: str) -> Array:
    """Return for each cell of an axis with its frame the cell that it is.

    Raises:
        ValueError: a frame would be mirrored twice, or go round more than once.
    """
    if max(sides) > {"reflect": length - 1, "circular": length}.get(mode, max(sides)):
        raise ValueError(f"a frame of {sides} is more than {mode} can take from {length} cells")
    return np.pad(np.arange(length), sides, MODES[mode])


def _framed_backward(
    dy: Array, shape: tuple[int, ...], cells: tuple[Array, ...], others: tuple[tuple[int, ...], ...]
) -> KernelGradients:
    dx = dy
    for axis, each in enumerate(cells, 2):
        dx = collect(dx, each, shape[axis], axis)
    return (dx, *none_of(others, dy)), {}


def crop(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Cut margins off, or keep the centre, of a given size or of the size of a second input."""
    x, *others = inputs
    place = (slice(None), slice(None), *_kept(x, others, options))
    return x[place], context.keep(_crop_backward, x.shape, place, lent(others))


def _kept(x: Array, others: list[Array], options: Options) -> tuple[slice, ...]:
    rank = x.ndim - 2
    sizes = wanted(x, others, options["size"], options["margins"])
    if sizes is None:
        margins = both_sides(options["margins"], rank)
        if any(a + b >= n for (a, b), n in zip(margins, x.shape[2:], strict=True)):
            raise ValueError(f"cutting {margins} leaves nothing of {x.shape[2:]}")
        return tuple(slice(a, n - b) for (a, b), n in zip(margins, x.shape[2:], strict=True))
    return tuple(_centred(n, size) for n, size in zip(x.shape[2:], sizes, strict=True))


def _centred(length: int, size: int) -> slice:
    """Keep `size` of `length` cells; of an odd remainder the larger half goes from the end."""
    if size > length:
        raise ValueError(f"cannot crop {length} cells to {size}")
    before = (length - size) // 2
    return slice(before, before + size)


def _crop_backward(
    dy: Array, shape: tuple[int, ...], place: tuple[Any, ...], others: tuple[tuple[int, ...], ...]
) -> KernelGradients:
    """Put dy back; an input that only lends its size has no gradient."""
    (dx,), _ = placed(dy, shape, place)
    return (dx, *none_of(others, dy)), {}


UPSAMPLE = Kernel(
    upsample, along("scale", "size", anchors=("align_corners",), follows=("scale",)), axes=PLACED
)
PAD = Kernel(pad, along(sides="padding"), axes=PLACED)
CROP = Kernel(crop, along("size", sides="margins", anchors=("size",)), axes=PLACED)
