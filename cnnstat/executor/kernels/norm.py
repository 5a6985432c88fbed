"""Normalisation: batch, layer, group, instance, local response, and the learned scale of a branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.axes import PLACED, add_bias, axis_named, per_channel, spatial, width
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.kernels.windows import Walk, share, total
from cnnstat.executor.parameters import Parameters, real_type
from cnnstat.executor.projection import OneAxis, along, on_named, unchanged

if TYPE_CHECKING:
    from cnnstat.executor.axes import Axis

ALL_CHANNELS = 16
"""How many values the variance of all channels counts for beside those of one."""


def _affine(x: Array, options: Options, shape: int | tuple[int, ...]) -> dict[str, Array]:
    if not options["affine"]:
        return {}
    return {"weight": np.ones(shape, real_type(x)), "bias": np.zeros(shape, real_type(x))}


def batch_norm_parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate weight and bias (C,) if affine, and the running statistics (C,), those of x, as buffers.

    Where x has no spread, as on a map of one position, it has no statistics: mean 0 and variance 1 then.
    Its own mean would turn it to a zero that is nothing but rounding, on the very kink of the ReLU behind.
    Few positions may happen to be close, and their small variance would enlarge what rounding left in them:
    so a variance counts as many values as it is from, and that of all channels counts `ALL_CHANNELS`.
    """
    (x,) = inputs
    axes = (0, *spatial(x))
    mean = x.mean(axes, dtype=np.float64, keepdims=True)
    apart = x - mean
    apart *= apart
    mean, variance = mean.ravel(), apart.mean(axes)
    count = x.size // x.shape[1]
    shared = (count * variance + ALL_CHANNELS * variance.mean()) / (count + ALL_CHANNELS)
    known = variance > 0
    buffers = {
        "running_mean": np.where(known, mean, 0).astype(x.dtype),
        "running_var": np.where(known, shared, 1).astype(x.dtype),
    }
    return Parameters(_affine(x, options, x.shape[1]), buffers=buffers)


def batch_norm(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Normalise each channel: in training over batch and positions, else by the running statistics.

    Ioffe and Szegedy 2015, algorithms 1 and 2. Training moves the running statistics in place, the variance
    by its unbiased estimate.
    """
    (x,) = inputs
    if not context.training:
        return _batch_norm_running(x, params, options["eps"], context)
    axes = (0, *spatial(x))
    mean, variance = _moments(x, axes)
    _move(params, mean.real.ravel(), variance.real.ravel(), x.size // x.shape[1], options["momentum"])
    return _normalise(x, mean, variance, axes, params, options["eps"], context)


def _move(params: Params, mean: Array, variance: Array, count: int, momentum: float) -> None:
    if count < 2:
        raise ValueError("batch norm in training needs more than one value per channel")
    params["running_mean"][:] += momentum * (mean - params["running_mean"])
    params["running_var"][:] += momentum * (variance * (count / (count - 1)) - params["running_var"])


def _batch_norm_running(x: Array, params: Params, eps: float, context: Context) -> Result:
    """Multiply by one number per channel and add another: both are known before x is."""
    mean, spread = params["running_mean"], 1 / np.sqrt(params["running_var"] + eps)
    scale = spread * params["weight"] if "weight" in params else spread
    shift = params["bias"] - mean * scale if "bias" in params else -mean * scale
    y = add_bias(x * per_channel(scale, x), shift)
    return y, context.keep(_running_backward, x, mean, spread, params.get("weight"))


def _running_backward(
    dy: Array, x: Array, mean: Array, spread: Array, weight: Array | None
) -> KernelGradients:
    scale = spread if weight is None else spread * weight
    dx = dy * per_channel(scale, dy)
    if weight is None:
        return (dx,), {}
    axes = (0, *spatial(dy))
    total_error = dy.sum(axes)
    dw = ((dy * x).sum(axes) - mean * total_error) * spread
    return (dx,), {"weight": dw, "bias": total_error}


def _moments(x: Array, axes: tuple[int, ...]) -> tuple[Array, Array]:
    """Return mean and biased variance, with x² and not |x|² for the sake of a complex step."""
    mean: Array = x.mean(axes, keepdims=True)
    apart = x - mean
    variance: Array = (apart * apart).mean(axes, keepdims=True)
    return mean, variance


def _shaped(v: Array, x: Array, own: int) -> Array:
    """Let a parameter meet x: a number per place of its own axis, or one per value of a sample."""
    return v.reshape(-1, *(1,) * (x.ndim - 1 - own)) if v.ndim == 1 else v


def _normalise(
    x: Array,
    mean: Array,
    variance: Array,
    axes: tuple[int, ...],
    params: Params,
    eps: float,
    context: Context,
    shape: tuple[int, ...] | None = None,
    own: int = 1,
) -> Result:
    """Return (x - mean)/sqrt(variance + eps), scaled and shifted; `shape` undoes a split of channels.

    `own` is the axis that weight and bias have a number for each place of, where these are vectors.
    """
    spread = 1 / np.sqrt(variance + eps)
    normal = (x - mean) * spread
    y = normal if shape is None else normal.reshape(shape)
    weight = params.get("weight")
    if weight is not None:
        y = y * _shaped(weight, y, own) + _shaped(params["bias"], y, own)
    return y, context.keep(_normalise_backward, normal, spread, axes, weight, own)


def _normalise_backward(
    dy: Array, normal: Array, spread: Array, axes: tuple[int, ...], weight: Array | None, own: int
) -> KernelGradients:
    """Give back dy less its mean and its part along the normalised values, within each normalised set."""
    gradients = {}
    d_normal = dy
    if weight is not None:
        beyond = tuple(axis for axis in range(dy.ndim) if axis != own) if weight.ndim == 1 else (0,)
        gradients = {"weight": (dy * normal.reshape(dy.shape)).sum(beyond), "bias": dy.sum(beyond)}
        d_normal = dy * _shaped(weight, dy, own)
    d_normal = d_normal.reshape(normal.shape)
    along = (d_normal * normal).mean(axes, keepdims=True)
    dx = spread * (d_normal - d_normal.mean(axes, keepdims=True) - normal * along)
    return (dx.reshape(dy.shape),), gradients


def layer_norm_parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate weight and bias of a sample's shape, or a number for each place of the one axis named."""
    (x,) = inputs
    axes = options["axes"]
    return Parameters(_affine(x, options, x.shape[1:] if axes == "all" else x.shape[axis_named(axes, x)]))


def layer_norm(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Normalise each sample over all its axes (Ba et al. 2016), or each row of numbers along one of them."""
    (x,) = inputs
    eps = options["eps"]
    if options["axes"] == "all":
        axes = (1, *spatial(x))
        return _normalise(x, *_moments(x, axes), axes, params, eps, context)
    own = axis_named(options["axes"], x)
    return _normalise(x, *_moments(x, (own,)), (own,), params, eps, context, own=own)


def _layer_norm_on_axis(options: Options, axis: Axis) -> OneAxis | None:
    """Normalise all that there is, or the axis that is named."""
    return OneAxis(options) if options["axes"] == "all" else _ON_NAMED(options, axis)


_ON_NAMED = on_named("axes")


def channel_parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate weight and bias (C,) if affine."""
    (x,) = inputs
    return Parameters(_affine(x, options, x.shape[1]))


def _by_group(x: Array, groups: int, params: Params, options: Options, context: Context) -> Result:
    split = x.reshape(x.shape[0], groups, -1, *x.shape[2:]).reshape(x.shape[0], groups, -1)
    return _normalise(split, *_moments(split, (2,)), (2,), params, options["eps"], context, x.shape)


def group_norm(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Normalise each group of channels of each sample (Wu and He 2018)."""
    (x,) = inputs
    return _by_group(x, width(options["groups"], x.shape[1]), params, options, context)


def instance_norm(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Normalise each channel of each sample (Ulyanov et al. 2016)."""
    (x,) = inputs
    return _by_group(x, x.shape[1], params, options, context)


def local_response_norm(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return x/(k + alpha·s)^beta, s the sum of x² over `size` channels (Krizhevsky et al. 2012, 3.3).

    With `divide_alpha`, s is the mean over `size`, as Caffe and PyTorch have it. Of an even size the larger
    half lies before the channel.
    """
    (x,) = inputs
    size, kind = options["size"], real_type(x).type
    alpha = kind(options["alpha"] / (size if options["divide_alpha"] else 1))
    channels = x.shape[1]
    neighbours = Walk(channels, size // 2, (size - 1) // 2, range(channels), range(size))
    base = total(x * x, neighbours, 1)
    base *= alpha
    base += kind(options["k"])
    power = base ** kind(-options["beta"])
    return x * power, context.keep(_local_backward, x, base, power, neighbours, alpha, kind(options["beta"]))


def _local_backward(
    dy: Array, x: Array, base: Array, power: Array, neighbours: Walk, alpha: float, beta: float
) -> KernelGradients:
    pull = share(dy * x * power / base, neighbours, 1)
    return (dy * power - 2 * alpha * beta * x * pull,), {}


def scale_parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate weight (C,), all `init`."""
    (x,) = inputs
    return Parameters({"weight": np.full(x.shape[1], options["init"], real_type(x))})


def scale(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Multiply each channel by its trained factor (layer scale, Touvron et al. 2021)."""
    (x,) = inputs
    weight = params["weight"]
    return x * per_channel(weight, x), context.keep(_scale_backward, x, weight)


def _scale_backward(dy: Array, x: Array, weight: Array) -> KernelGradients:
    return (dy * per_channel(weight, dy),), {"weight": (dy * x).sum((0, *spatial(dy)))}


BATCH_NORM = Kernel(batch_norm, unchanged, batch_norm_parameters)
LAYER_NORM = Kernel(layer_norm, _layer_norm_on_axis, layer_norm_parameters)
GROUP_NORM = Kernel(group_norm, along(channels={"groups": 1}), channel_parameters)
INSTANCE_NORM = Kernel(instance_norm, unchanged, channel_parameters, axes=PLACED)
LOCAL_RESPONSE_NORM = Kernel(local_response_norm, unchanged)
SCALE = Kernel(scale, unchanged, scale_parameters, keeps_zeros=True)
