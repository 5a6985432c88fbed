"""Activations, element by element. PyTorch's definitions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from cnnstat.executor.axes import per_channel, spatial
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.kernels.special import above, bell, clip, erf, sigmoid
from cnnstat.executor.parameters import Parameters, real_type
from cnnstat.executor.projection import unchanged

if TYPE_CHECKING:
    from collections.abc import Callable

Function: TypeAlias = "Callable[..., Array]"

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
"""Klambauer et al., Self-normalizing neural networks, 2017, section 2."""
TANH_GAIN = math.sqrt(2 / math.pi)
TANH_CUBE = 0.044715
"""Hendrycks and Gimpel, Gaussian error linear units, 2016, section 2."""


def elementwise(
    value: Function,
    *names: str,
    at_x: Function | None = None,
    at_y: Function | None = None,
    keeps_zeros: bool = True,
) -> Kernel:
    """Make a kernel from f(x, *options) and its slope, a function of x or of y and of the same options.

    Most functions are 0 at 0; the others say that they do not keep zeros.
    """
    slope = at_x or at_y
    assert slope is not None

    def run(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
        (x,) = inputs
        settings = tuple(options[name] for name in names)
        y = value(x, *settings)
        return y, context.keep(_times_slope, y if at_y else x, slope, settings)

    return Kernel(run, unchanged, keeps_zeros=keeps_zeros)


def _times_slope(dy: Array, kept: Array, slope: Function, settings: tuple[Any, ...]) -> KernelGradients:
    return (dy * slope(kept, *settings),), {}


def _leaky(x: Array, slope: float) -> Array:
    y: Array = np.where(x.real > 0, x, x * real_type(x).type(slope))
    return y


def _exponential(x: Array, alpha: float, scale: float = 1.0) -> Array:
    kind = real_type(x).type
    below = kind(scale * alpha) * np.expm1(np.where(x.real > 0, 0, x))
    y: Array = np.where(x.real > 0, kind(scale) * x, below)
    return y


def _exponential_slope(x: Array, alpha: float, scale: float = 1.0) -> Array:
    kind = x.dtype.type
    y: Array = np.where(x > 0, kind(scale), kind(scale * alpha) * np.exp(np.minimum(x, 0)))
    return y


def _gelu(x: Array, approximate: str) -> Array:
    y: Array = x * (0.5 * (1 + np.tanh(_bent(x))) if approximate == "tanh" else _share_below(x))
    return y


def _gelu_slope(x: Array, approximate: str) -> Array:
    if approximate == "tanh":
        t = np.tanh(_bent(x))
        y: Array = 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * TANH_GAIN * (1 + 3 * TANH_CUBE * x * x)
        return y
    slope: Array = _share_below(x) + x * bell(x)
    return slope


def _share_below(x: Array) -> Array:
    """The normal distribution function."""
    y: Array = 0.5 * (1 + erf(x * real_type(x).type(math.sqrt(0.5))))
    return y


def _bent(x: Array) -> Array:
    y: Array = TANH_GAIN * x * (1 + TANH_CUBE * x * x)
    return y


def _silu_slope(x: Array) -> Array:
    s = sigmoid(x)
    y: Array = s * (1 + x * (1 - s))
    return y


def _hard_swish_slope(x: Array) -> Array:
    """0 up to -3, 1 from 3 on, x/3 + 1/2 between."""
    return np.where(x < 3, np.where(x > -3, x / 3 + x.dtype.type(0.5), 0), x.dtype.type(1))


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


RELU = elementwise(lambda x: above(x, 0), at_y=lambda y: y > 0)
"""max(x, 0); the slope at 0 is 0, as PyTorch has it."""
RELU6 = elementwise(lambda x: clip(x, 0, 6), at_y=lambda y: (y > 0) & (y < 6))
"""min(max(x, 0), 6); the slope in the corners is 0."""
LEAKY_RELU = elementwise(
    _leaky, "slope", at_x=lambda x, slope: np.where(x > 0, x.dtype.type(1), x.dtype.type(slope))
)
"""x, or slope·x below 0; the slope at 0 is that of below."""
PRELU = Kernel(prelu, unchanged, prelu_parameters, keeps_zeros=True)
ELU = elementwise(_exponential, "alpha", at_x=_exponential_slope)
"""x, or alpha·(exp(x) - 1) below 0 (Clevert et al. 2015)."""
SELU = elementwise(
    lambda x: _exponential(x, SELU_ALPHA, SELU_SCALE),
    at_x=lambda x: _exponential_slope(x, SELU_ALPHA, SELU_SCALE),
)
"""elu with the fixed point of Klambauer et al. 2017."""
GELU = elementwise(_gelu, "approximate", at_x=_gelu_slope)
"""x times the normal distribution function of x, or its approximation by tanh."""
SILU = elementwise(lambda x: x * sigmoid(x), at_x=_silu_slope)
HARD_SWISH = elementwise(lambda x: x * clip(x + 3, 0, 6) / 6, at_x=_hard_swish_slope)
"""x·relu6(x + 3)/6 (Howard et al., MobileNetV3, 2019)."""
HARD_SIGMOID = elementwise(
    lambda x: clip(x + 3, 0, 6) / 6,
    at_x=lambda x: ((x > -3) & (x < 3)) * x.dtype.type(1 / 6),
    keeps_zeros=False,
)
"""relu6(x + 3)/6 (Howard et al. 2019)."""
SIGMOID = elementwise(sigmoid, at_y=lambda y: y * (1 - y), keeps_zeros=False)
TANH = elementwise(np.tanh, at_y=lambda y: 1 - y * y)
SCALED_TANH = elementwise(
    lambda x, a, s: a * np.tanh(s * x), "amplitude", "slope", at_y=lambda y, a, s: s * (a - y * y / a)
)
"""A·tanh(S·x), LeCun et al. 1998, eq. (6)."""
