"""Dropout of single values and of whole branches, with inverted scaling; nothing happens outside training."""

from __future__ import annotations

import numpy as np

from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.parameters import real_type
from cnnstat.executor.projection import unchanged


def _mask(shape: tuple[int, ...], rate: float, like: Array, context: Context) -> Array:
    """Draw 0 with probability `rate`, else 1/(1 - rate).

    Drawn in float32 whatever the type of x, so that one seed gives one mask for every precision.
    """
    kept = context.rng().random(shape, dtype=np.float32) >= rate
    factor = 1 / (1 - rate) if rate < 1 else 0.0
    mask: Array = kept * real_type(like).type(factor)
    return mask


def _masked(x: Array, shape: tuple[int, ...], rate: float, context: Context) -> Result:
    if not context.training or rate == 0:
        return x, context.keep(_untouched)
    mask = _mask(shape, rate, x, context)
    return x * mask, context.keep(_masked_backward, mask)


def _untouched(dy: Array) -> KernelGradients:
    return (dy,), {}


def _masked_backward(dy: Array, mask: Array) -> KernelGradients:
    return (dy * mask,), {}


def dropout(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Drop single values (Srivastava et al. 2014)."""
    (x,) = inputs
    return _masked(x, x.shape, options["rate"], context)


def drop_path(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Drop whole samples of a branch (stochastic depth, Huang et al. 2016)."""
    (x,) = inputs
    return _masked(x, (x.shape[0], *(1,) * (x.ndim - 1)), options["rate"], context)


DROPOUT = Kernel(dropout, unchanged, keeps_zeros=True)
DROP_PATH = Kernel(drop_path, unchanged, keeps_zeros=True)
