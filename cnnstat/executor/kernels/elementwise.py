"""Arithmetic on every value by itself. PyTorch's definitions, also of slopes where there are two."""

from __future__ import annotations

import numpy as np

from cnnstat.executor.kernel import Array, quiet
from cnnstat.executor.kernels.activation import elementwise
from cnnstat.executor.kernels.special import clip
from cnnstat.executor.parameters import real_type


def _clamp(x: Array, low: float | None, high: float | None) -> Array:
    """Return x within bounds, each of which may be missing; on a bound x itself, so that the slope is 1."""
    kind = x.dtype.type
    if low is None and high is None:
        raise ValueError("there is neither a least nor a largest value")
    if low is not None and high is not None and low > high:
        raise ValueError(f"the least value {low} is above the largest, {high}")
    y = x if low is None else np.where(x.real < low, kind(low), x)
    return y if high is None else np.where(y.real > high, kind(high), y)


def _clamp_slope(x: Array, low: float | None, high: float | None) -> Array:
    inside = np.ones(x.shape, bool)
    if low is not None:
        inside &= x >= low
    if high is not None:
        inside &= x <= high
    return inside


def _power(x: Array, exponent: float, scale: float, shift: float) -> Array:
    kind = real_type(x).type
    with quiet():  # no part of a number below 0 is a number
        y: Array = (kind(shift) + kind(scale) * x) ** exponent
    return y


def _power_slope(x: Array, exponent: float, scale: float, shift: float) -> Array:
    if not exponent * scale:
        return np.zeros_like(x)
    y: Array = x.dtype.type(exponent * scale) * _power(x, exponent - 1, scale, shift)
    return y


ABS = elementwise(lambda x: x * np.sign(x.real), at_x=np.sign)
"""|x|; the slope at 0 is 0."""
HARD_TANH = elementwise(lambda x: clip(x, -1, 1), at_y=lambda y: (y > -1) & (y < 1))
"""min(max(x, -1), 1); the slope in the corners is 0."""
CLAMP = elementwise(_clamp, "min", "max", at_x=_clamp_slope, keeps_zeros=False)
POWER = elementwise(_power, "exponent", "scale", "shift", at_x=_power_slope, keeps_zeros=False)
"""(shift + scale·x)^exponent (Caffe's Power)."""
