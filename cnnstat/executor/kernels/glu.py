"""The gate that halves an axis."""

from __future__ import annotations

import numpy as np

from cnnstat.executor.axes import axis_named
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.kernels.special import sigmoid
from cnnstat.executor.projection import on_named


def glu(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the first half of the axis times the sigmoid of the second."""
    (x,) = inputs
    axis = axis_named(options["axis"], x)
    a, b = np.split(x, 2, axis)
    gate = sigmoid(b)
    return a * gate, context.keep(_backward, a, gate, axis)


def _backward(dy: Array, a: Array, gate: Array, axis: int) -> KernelGradients:
    return (np.concatenate((dy * gate, dy * a * gate * (1 - gate)), axis),), {}


GLU = Kernel(glu, on_named(anchored=True))
