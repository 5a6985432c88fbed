"""Activations, element by element, and the softmax over channels. PyTorch's definitions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnstat.executor.axes import per_channel, spatial
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.kernels.special import above, bell, clip, erf, sigmoid
from cnnstat.executor.parameters import Parameters, real_type
from cnnstat.executor.projection import unchanged

if TYPE_CHECKING:
    from collections.abc import Callable


SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
"""Klambauer et al., Self-normalizing neural networks, 2017, section 2."""
TANH_GAIN = math.sqrt(2 / math.pi)
TANH_CUBE = 0.044715
"""Hendrycks and Gimpel, Gaussian error linear units, 2016, section 2."""


def _through(
    value: Callable[..., Array], slope: Callable[..., Array], *names: str, keep: str = "x"
) -> Kernel:
    """Make an element-wise kernel from f(x, *options) and its slope as a function of `keep`: x or y."""

    def run(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
        (x,) = inputs
        settings = tuple(options[name] for name in names)
        y = value(x, *settings)
        return y, context.keep(_times_slope, x if keep == "x" else y, slope, settings)

    return Kernel(run, unchanged)


def _times_slope(
    dy: Array, kept: Array, slope: Callable[..., Array], settings: tuple[Any, ...]
) -> KernelGradients:
    return (dy * slope(kept, *settings),), {}


def relu(x: Array) -> Array:
    """max(x, 0)."""
    return above(x, 0)


def relu_slope(y: Array) -> Array:
    """1 where y > 0; 0 at 0, as PyTorch has it."""
    inside: Array = y > 0
    return inside


def relu6(x: Array) -> Array:
    """min(max(x, 0), 6)."""
    return clip(x, 0, 6)


def relu6_slope(y: Array) -> Array:
    """1 strictly between the corners."""
    inside: Array = (y > 0) & (y < 6)
    return inside


def leaky_relu(x: Array, slope: float) -> Array:
    """x, or slope·x below 0."""
    y: Array = np.where(x.real > 0, x, x * real_type(x).type(slope))
    return y


def leaky_relu_slope(x: Array, slope: float) -> Array:
    """1, or slope from 0 down."""
    y: Array = np.where(x > 0, x.dtype.type(1), x.dtype.type(slope))
    return y


def _exponential(x: Array, scale: float, alpha: float) -> Array:
    kind = real_type(x).type
    below = kind(scale * alpha) * np.expm1(np.where(x.real > 0, 0, x))
    y: Array = np.where(x.real > 0, kind(scale) * x, below)
    return y


def _exponential_slope(x: Array, scale: float, alpha: float) -> Array:
    kind = x.dtype.type
    y: Array = np.where(x > 0, kind(scale), kind(scale * alpha) * np.exp(np.minimum(x, 0)))
    return y


def elu(x: Array, alpha: float) -> Array:
    """x, or alpha·(exp(x) - 1) below 0 (Clevert et al. 2015)."""
    return _exponential(x, 1.0, alpha)


def elu_slope(x: Array, alpha: float) -> Array:
    """1, or alpha·exp(x) below 0."""
    return _exponential_slope(x, 1.0, alpha)


def selu(x: Array) -> Array:
    """elu with the fixed point of Klambauer et al. 2017."""
    return _exponential(x, SELU_SCALE, SELU_ALPHA)


def selu_slope(x: Array) -> Array:
    """Its derivative."""
    return _exponential_slope(x, SELU_SCALE, SELU_ALPHA)


def gelu(x: Array, approximate: str) -> Array:
    """x times the normal distribution function of x, or its approximation by tanh."""
    if approximate == "tanh":
        y: Array = 0.5 * x * (1 + np.tanh(_bent(x)))
        return y
    return x * _share_below(x)


def _share_below(x: Array) -> Array:
    """The normal distribution function."""
    y: Array = 0.5 * (1 + erf(x * real_type(x).type(math.sqrt(0.5))))
    return y


def _bent(x: Array) -> Array:
    y: Array = TANH_GAIN * x * (1 + TANH_CUBE * x * x)
    return y


def gelu_slope(x: Array, approximate: str) -> Array:
    """Its derivative."""
    if approximate == "tanh":
        t = np.tanh(_bent(x))
        y: Array = 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * TANH_GAIN * (1 + 3 * TANH_CUBE * x * x)
        return y
    slope: Array = _share_below(x) + x * bell(x)
    return slope


def silu(x: Array) -> Array:
    """x·sigmoid(x)."""
    return x * sigmoid(x)


def silu_slope(x: Array) -> Array:
    """Its derivative."""
    s = sigmoid(x)
    y: Array = s * (1 + x * (1 - s))
    return y


def sigmoid_slope(y: Array) -> Array:
    """y·(1 - y)."""
    slope: Array = y * (1 - y)
    return slope


def hard_sigmoid(x: Array) -> Array:
    """relu6(x + 3)/6 (Howard et al., MobileNetV3, 2019)."""
    return clip(x + 3, 0, 6) / 6


def hard_sigmoid_slope(x: Array) -> Array:
    """1/6 strictly between -3 and 3."""
    y: Array = ((x > -3) & (x < 3)) * x.dtype.type(1 / 6)
    return y


def hard_swish(x: Array) -> Array:
    """x·relu6(x + 3)/6 (Howard et al. 2019)."""
    return x * clip(x + 3, 0, 6) / 6


def hard_swish_slope(x: Array) -> Array:
    """0 up to -3, 1 from 3 on, x/3 + 1/2 between."""
    return np.where(x < 3, np.where(x > -3, x / 3 + x.dtype.type(0.5), 0), x.dtype.type(1))


def tanh(x: Array) -> Array:
    """The hyperbolic tangent."""
    y: Array = np.tanh(x)
    return y


def tanh_slope(y: Array) -> Array:
    """1 - y²."""
    slope: Array = 1 - y * y
    return slope


def scaled_tanh(x: Array, amplitude: float, slope: float) -> Array:
    """A·tanh(S·x), LeCun et al. 1998, eq. (6)."""
    y: Array = amplitude * np.tanh(slope * x)
    return y


def scaled_tanh_slope(y: Array, amplitude: float, slope: float) -> Array:
    """S·(A - y²/A)."""
    result: Array = slope * (amplitude - y * y / amplitude)
    return result


def prelu_parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate weight (C,), or (1,) where it is shared: 0.25, as He et al. 2015 begin."""
    (x,) = inputs
    return Parameters({"weight": np.full(1 if options["shared"] else x.shape[1], 0.25, real_type(x))})


def prelu(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return x, or below 0 the trained slope times x."""
    (x,) = inputs
    weight = params["weight"]
    y = np.where(x.real > 0, x, x * per_channel(weight, x))
    return y, context.keep(_prelu_backward, x, weight)


def _prelu_backward(dy: Array, x: Array, weight: Array) -> KernelGradients:
    dx = np.where(x > 0, dy, dy * per_channel(weight, x))
    per_map = (dy * np.minimum(x, 0)).sum((0, *spatial(x)))
    return (dx,), {"weight": per_map if weight.size == per_map.size else per_map.sum(keepdims=True)}


def softmax(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return exp(x) over its sum over channels. Taking the maximum off first changes nothing but overflow."""
    (x,) = inputs
    raised = np.exp(x - x.real.max(1, keepdims=True))
    y = raised / raised.sum(1, keepdims=True)
    return y, context.keep(_softmax_backward, y)


def _softmax_backward(dy: Array, y: Array) -> KernelGradients:
    weighed = dy * y
    return (weighed - y * weighed.sum(1, keepdims=True),), {}


def log_softmax(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the logarithm of the softmax, computed without it."""
    (x,) = inputs
    low = x - x.real.max(1, keepdims=True)
    y = low - np.log(np.exp(low).sum(1, keepdims=True))
    return y, context.keep(_log_softmax_backward, y)


def _log_softmax_backward(dy: Array, y: Array) -> KernelGradients:
    return (dy - np.exp(y) * dy.sum(1, keepdims=True),), {}


RELU = _through(relu, relu_slope, keep="y")
RELU6 = _through(relu6, relu6_slope, keep="y")
LEAKY_RELU = _through(leaky_relu, leaky_relu_slope, "slope")
PRELU = Kernel(prelu, unchanged, prelu_parameters)
ELU = _through(elu, elu_slope, "alpha")
SELU = _through(selu, selu_slope)
GELU = _through(gelu, gelu_slope, "approximate")
SILU = _through(silu, silu_slope)
HARD_SWISH = _through(hard_swish, hard_swish_slope)
HARD_SIGMOID = _through(hard_sigmoid, hard_sigmoid_slope)
SIGMOID = _through(sigmoid, sigmoid_slope, keep="y")
TANH = _through(tanh, tanh_slope, keep="y")
SCALED_TANH = _through(scaled_tanh, scaled_tanh_slope, "amplitude", "slope", keep="y")
SOFTMAX = Kernel(softmax, unchanged)
LOG_SOFTMAX = Kernel(log_softmax, unchanged)
