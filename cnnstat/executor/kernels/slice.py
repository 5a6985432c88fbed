"""Parts of an array: one of several equal parts of an axis, or a range of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnstat.executor.axes import at, axis_named
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.projection import on_named


def _cut(x: Array, axis: int, cells: slice, context: Context) -> Result:
    if not 0 <= cells.start < (stop := x.shape[axis] if cells.stop is None else cells.stop) <= x.shape[axis]:
        raise ValueError(f"{cells.start}..{stop} is no range of {x.shape[axis]} positions")
    place = at(axis, cells)
    y = x[place]
    return y, context.keep(placed, x.shape, place)


def placed(dy: Array, shape: tuple[int, ...], place: tuple[Any, ...]) -> KernelGradients:
    """Put dy back where it was cut from; what was cut away has no gradient."""
    dx = np.zeros(shape, dy.dtype)
    dx[place] = dy
    return (dx,), {}


def split(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the take-th of `parts` equal parts of one axis."""
    (x,) = inputs
    axis = axis_named(options["axis"], x)
    mine = np.split(np.arange(x.shape[axis]), options["parts"])[options["take"]]
    return _cut(x, axis, slice(int(mine[0]), int(mine[-1]) + 1), context)


def slice_(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return positions start .. stop - 1 of one axis."""
    (x,) = inputs
    return _cut(x, axis_named(options["axis"], x), slice(options["start"], options["stop"]), context)


SPLIT = Kernel(split, on_named(anchored=True), view=True)
SLICE = Kernel(slice_, on_named(), view=True)
