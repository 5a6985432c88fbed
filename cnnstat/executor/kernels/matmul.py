"""The product of two inputs as matrices, one for each sample and each axis before the last two."""

from __future__ import annotations

from typing import Any

from cnnstat.executor.axes import PLACED
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.projection import placeless


def _turned(x: Array, transposed: bool) -> Array:
    return x.swapaxes(-1, -2) if transposed else x


def matmul(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return A·B times `scale`, with A or B transposed before if that is asked for."""
    a, b = inputs
    if a.shape[:-2] != b.shape[:-2]:
        raise ValueError(f"matrices of {a.shape[:-2]} and {b.shape[:-2]} do not meet one by one")
    turns = options["transpose_a"], options["transpose_b"]
    y = context.mac_counter.matmul(_turned(a, turns[0]), _turned(b, turns[1]))
    scale = None if options["scale"] == 1 else y.real.dtype.type(options["scale"])
    if scale is not None:
        y = y * scale
    return y, context.keep(_backward, a, b, turns, scale, context.mac_counter)


def _backward(
    dy: Array, a: Array, b: Array, turns: tuple[bool, bool], scale: Any, mac_counter: Any
) -> KernelGradients:
    """Give back dA = dY·Bᵀ and dB = Aᵀ·dY, turned as A and B were."""
    error = dy if scale is None else dy * scale
    da = mac_counter.matmul(error, _turned(b, not turns[1]))
    db = mac_counter.matmul(_turned(a, not turns[0]), error)
    return (_turned(da, turns[0]), _turned(db, turns[1])), {}


# Rows meet columns: no axis stands for itself.
MATMUL = Kernel(matmul, placeless, axes=PLACED)
