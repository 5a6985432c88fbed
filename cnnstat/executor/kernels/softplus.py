"""Activations made of the softplus, and softsign, element by element."""

from __future__ import annotations

import numpy as np

from cnnstat.executor.kernel import Array  # noqa: TC001 - in the signatures
from cnnstat.executor.kernels.activation import elementwise
from cnnstat.executor.kernels.special import above, magnitude, sigmoid
from cnnstat.executor.parameters import real_type


def softplus(x: Array, beta: float) -> Array:
    """Return log(1 + exp(beta·x))/beta, where exp overflows nowhere."""
    scaled = x * real_type(x).type(beta)
    above_0 = above(scaled, 0)
    # -|x| is x - 2·max(x, 0), of which both parts take the same side at 0.
    y: Array = (above_0 + np.log1p(np.exp(scaled - 2 * above_0))) / real_type(x).type(beta)
    return y


def _softplus_slope(x: Array, beta: float) -> Array:
    return sigmoid(x * x.dtype.type(beta))


def _mish(x: Array) -> Array:
    y: Array = x * np.tanh(softplus(x, 1.0))
    return y


def _mish_slope(x: Array) -> Array:
    t = np.tanh(softplus(x, 1.0))
    y: Array = t + x * (1 - t * t) * sigmoid(x)
    return y


SOFTPLUS = elementwise(softplus, "beta", at_x=_softplus_slope, keeps_zeros=False)
MISH = elementwise(_mish, at_x=_mish_slope)
"""x·tanh(softplus(x)) (Misra 2019)."""
SOFTSIGN = elementwise(lambda x: x / (1 + magnitude(x)), at_x=lambda x: 1 / (1 + magnitude(x)) ** 2)
"""x/(1 + |x|) (Glorot and Bengio 2010)."""
