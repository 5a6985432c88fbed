"""The softmax along one axis, and its logarithm."""

from __future__ import annotations

import numpy as np

from cnnstat.executor.axes import axis_named
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.projection import on_named


def softmax(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return exp(x) over its sum along the axis. Less the maximum, it overflows nowhere and is the same."""
    (x,) = inputs
    axis = axis_named(options["axis"], x)
    raised = np.exp(x - x.real.max(axis, keepdims=True))
    y = raised / raised.sum(axis, keepdims=True)
    return y, context.keep(_softmax_backward, y, axis)


def _softmax_backward(dy: Array, y: Array, axis: int) -> KernelGradients:
    weighed = dy * y
    return (weighed - y * weighed.sum(axis, keepdims=True),), {}


def log_softmax(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the logarithm of the softmax, computed without it."""
    (x,) = inputs
    axis = axis_named(options["axis"], x)
    low = x - x.real.max(axis, keepdims=True)
    y = low - np.log(np.exp(low).sum(axis, keepdims=True))
    return y, context.keep(_log_softmax_backward, y, axis)


def _log_softmax_backward(dy: Array, y: Array, axis: int) -> KernelGradients:
    return (dy - np.exp(y) * dy.sum(axis, keepdims=True),), {}


SOFTMAX = Kernel(softmax, on_named())
LOG_SOFTMAX = Kernel(log_softmax, on_named())
