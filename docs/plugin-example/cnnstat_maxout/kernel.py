"""Maxout, executed: forward and backward in NumPy. Nothing here knows what `layer` calculates."""

from __future__ import annotations

import numpy as np

from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.projection import becomes


def maxout(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the largest of each group of channels; of complex numbers, that of the largest real part."""
    (x,) = inputs
    groups = x.reshape(len(x), -1, options["pieces"], *x.shape[2:])
    largest = groups.real.argmax(axis=2, keepdims=True)
    y = np.take_along_axis(groups, largest, axis=2).squeeze(2)
    return y, context.keep(_backward, groups.shape, largest)


def _backward(dy: Array, shape: tuple[int, ...], largest: Array) -> KernelGradients:
    """Give each dy to the channel that was the largest."""
    dx = np.zeros(shape, dy.dtype)
    np.put_along_axis(dx, largest, np.expand_dims(dy, 2), axis=2)
    return (dx.reshape(shape[0], -1, *shape[3:]),), {}


MAXOUT = Kernel(maxout, becomes("identity"))
