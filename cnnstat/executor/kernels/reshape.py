"""Layers that move numbers and change none. Each goes back by the inverse of its move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.projection import OneAxis, becomes, placeless, unchanged

if TYPE_CHECKING:
    from cnnstat.executor.axes import Axis


def _reshaped_back(dy: Array, shape: tuple[int, ...]) -> KernelGradients:
    return (dy.reshape(shape),), {}


def identity(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return x."""
    (x,) = inputs
    return x, context.keep(_reshaped_back, x.shape)


def flatten(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return each sample as a vector, channel after channel."""
    (x,) = inputs
    return x.reshape(x.shape[0], -1), context.keep(_reshaped_back, x.shape)


def reshape(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return each sample in another shape: -1 stands for what is left, 0 for what x has there.

    A second input lends its positions; channels are what is left.
    """
    x, *others = inputs
    if (options["shape"] is None) != bool(others):
        raise ValueError("the new shape is given by 'shape' or by a second input, and by one of them")
    if others:
        y = x.reshape(x.shape[0], -1, *others[0].shape[2:])
        return y, context.keep(_lent_back, x.shape, others[0].shape)
    if 0 in options["shape"][x.ndim - 1 :]:
        raise ValueError(f"samples of shape {x.shape[1:]} have no size for each 0 of {options['shape']}")
    sizes = (size or x.shape[axis] for axis, size in enumerate(options["shape"], 1))
    return x.reshape(x.shape[0], *sizes), context.keep(_reshaped_back, x.shape)


def _lent_back(dy: Array, shape: tuple[int, ...], other: tuple[int, ...]) -> KernelGradients:
    """Put dy back; an input that only lends its size has no gradient."""
    return (dy.reshape(shape), np.zeros(other, dy.dtype)), {}


def permute(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the axes of each sample in another order."""
    (x,) = inputs
    order = (0, *(axis + 1 for axis in options["order"]))
    y = np.ascontiguousarray(x.transpose(order))
    return y, context.keep(_permuted_back, order)


def _permuted_back(dy: Array, order: tuple[int, ...]) -> KernelGradients:
    return (np.ascontiguousarray(dy.transpose(np.argsort(order))),), {}


def _shuffled(x: Array, groups: int) -> Array:
    split = x.reshape(x.shape[0], groups, -1, *x.shape[2:])
    return split.swapaxes(1, 2).reshape(x.shape)


def channel_shuffle(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Deal the channels of (groups, C/groups) out in turn (Zhang et al., ShuffleNet, 2018)."""
    (x,) = inputs
    return _shuffled(x, options["groups"]), context.keep(_shuffled_back, options["groups"])


def _shuffled_back(dy: Array, groups: int) -> KernelGradients:
    return (_shuffled(dy, dy.shape[1] // groups),), {}


def _to_space(x: Array, factor: int) -> Array:
    """Lay factor² channels out as squares of cells: (N, C·f², H, W) to (N, C, H·f, W·f)."""
    n, _, height, width = x.shape
    squares = x.reshape(n, -1, factor, factor, height, width).transpose(0, 1, 4, 2, 5, 3)
    return squares.reshape(n, -1, height * factor, width * factor)


def _to_depth(x: Array, factor: int) -> Array:
    """Stack the cells of factor x factor squares as channels: the inverse of `_to_space`."""
    n, channels, height, width = x.shape
    squares = x.reshape(n, channels, height // factor, factor, width // factor, factor)
    return squares.transpose(0, 1, 3, 5, 2, 4).reshape(n, -1, height // factor, width // factor)


def pixel_shuffle(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Trade channels for resolution (Shi et al. 2016)."""
    (x,) = inputs
    return _to_space(x, options["factor"]), context.keep(_pixel_shuffle_backward, options["factor"])


def _pixel_shuffle_backward(dy: Array, factor: int) -> KernelGradients:
    return (_to_depth(dy, factor),), {}


def pixel_unshuffle(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Trade resolution for channels."""
    (x,) = inputs
    return _to_depth(x, options["factor"]), context.keep(_pixel_unshuffle_backward, options["factor"])


def _pixel_unshuffle_backward(dy: Array, factor: int) -> KernelGradients:
    return (_to_space(dy, factor),), {}


def _permuted(options: Options, axis: Axis) -> OneAxis | None:
    """Only an order that changes nothing leaves every unit in its place."""
    in_place = list(options["order"]) == sorted(options["order"])
    return OneAxis({}, "identity") if in_place else None


def _upsampled(options: Options, axis: Axis) -> OneAxis:
    """All cells of a block were one cell, in other channels."""
    given = {"scale": options["factor"], "size": None, "mode": "nearest", "align_corners": False}
    return OneAxis(given, "upsample")


def _pooled(options: Options, axis: Axis) -> OneAxis:
    """All channels of a cell were one block of cells."""
    factor = options["factor"]
    given = {"kernel": factor, "stride": factor, "padding": 0, "rounding": "floor", "count_padding": True}
    return OneAxis(given, "avg_pool", stride=factor)


IDENTITY = Kernel(identity, unchanged, keeps_zeros=True)
FLATTEN = Kernel(flatten, placeless)
RESHAPE = Kernel(reshape, placeless)
PERMUTE = Kernel(permute, _permuted)
CHANNEL_SHUFFLE = Kernel(channel_shuffle, becomes("identity"))
PIXEL_SHUFFLE = Kernel(pixel_shuffle, _upsampled, axes=(2,))
PIXEL_UNSHUFFLE = Kernel(pixel_unshuffle, _pooled, axes=(2,))
