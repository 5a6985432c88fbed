"""The mean, the largest or the sum of all numbers along some axes."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.axes import POSITIONS, axis_named
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.projection import OneAxis

if TYPE_CHECKING:
    from cnnstat.executor.axes import Axis


def _axes(x: Array, options: Options) -> tuple[int, ...]:
    axes = tuple(sorted(axis_named(name, x) for name in options["axes"]))
    if len(set(axes)) < len(axes):
        raise ValueError(f"an axis is named twice: {', '.join(options['axes'])}")
    if not options["keepdims"] and len(axes) == x.ndim - 1:
        raise ValueError(f"nothing is left of samples of shape {x.shape[1:]}")
    return axes


def reduce(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Join the numbers along the axes; these stay with length 1 or are dropped."""
    (x,) = inputs
    axes = _axes(x, options)
    if options["mode"] == "max":
        kept, way_back = _largest(x, axes, context)
    else:
        share = prod(x.shape[axis] for axis in axes) if options["mode"] == "mean" else 1
        kept = x.sum(axes, keepdims=True) / x.real.dtype.type(share)
        way_back = context.keep(_spread, x.shape, kept.shape, share)
    return kept if options["keepdims"] else kept.squeeze(axes), way_back


def _spread(dy: Array, shape: tuple[int, ...], kept: tuple[int, ...], share: int) -> KernelGradients:
    return (np.broadcast_to(dy.reshape(kept) / dy.dtype.type(share), shape).copy(),), {}


def _largest(x: Array, axes: tuple[int, ...], context: Context) -> Result:
    """Return the first maximum in row-major order, decided by the real part."""
    ends = tuple(range(-len(axes), 0))
    moved = np.moveaxis(x, axes, ends)
    table = moved.reshape(*moved.shape[: x.ndim - len(axes)], -1)
    place = table.real.argmax(-1, keepdims=True)
    y = np.take_along_axis(table, place, -1)
    kept = np.moveaxis(y.reshape(*y.shape[:-1], *(1,) * len(axes)), ends, axes)
    return kept, context.keep(_to_first, place, moved.shape, table.shape, axes, ends)


def _to_first(
    dy: Array,
    place: Array,
    moved: tuple[int, ...],
    table: tuple[int, ...],
    axes: tuple[int, ...],
    ends: tuple[int, ...],
) -> KernelGradients:
    dx = np.zeros(table, dy.dtype)
    np.put_along_axis(dx, place, dy.reshape(place.shape), -1)
    return (np.ascontiguousarray(np.moveaxis(dx.reshape(moved), ends, axes)),), {}


def reduce_connections(inputs: Inputs, params: Params, options: Options) -> Array:
    """Count the numbers that each output reads, by adding ones."""
    (x,) = inputs
    read: Array = np.ones_like(x).sum(_axes(x, options))
    return read


def _projected(options: Options, axis: Axis) -> OneAxis | None:
    """Join the axis if it is named; without the axes named, what is left has other places."""
    if not options["keepdims"]:
        return None
    if axis.name not in options["axes"]:
        return OneAxis({}, "identity")
    return OneAxis({**options, "axes": POSITIONS[1]})


REDUCE = Kernel(reduce, _projected, connections=reduce_connections)
