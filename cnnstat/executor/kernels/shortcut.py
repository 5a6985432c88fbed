"""The parameter-free shortcut of residual networks: skip rows and columns, add empty maps."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnstat.executor.axes import PLACED, per_axis, width
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.kernels.slice import placed
from cnnstat.executor.projection import along


def zero_pad_shortcut(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Take every stride-th cell and append zero maps up to `filters` (He et al. 2015, option A)."""
    (x,) = inputs
    steps = per_axis(options["stride"], x.ndim - 2)
    place = (slice(None), slice(None), *(slice(None, None, step) for step in steps))
    taken = x[place]
    channels = x.shape[1]
    y = np.zeros((x.shape[0], width(options["filters"], channels), *taken.shape[2:]), x.dtype)
    y[:, :channels] = taken
    return y, context.keep(_backward, x.shape, place)


def _backward(dy: Array, shape: tuple[int, ...], place: tuple[Any, ...]) -> KernelGradients:
    return placed(dy[:, : shape[1]], shape, place)


ZERO_PAD_SHORTCUT = Kernel(zero_pad_shortcut, along("stride", channels={"filters": 1}), axes=PLACED)
