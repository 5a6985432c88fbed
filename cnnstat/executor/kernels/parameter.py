"""Trained numbers that no input is read for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.parameters import Parameters, normal, real_type
from cnnstat.executor.projection import OneAxis

if TYPE_CHECKING:
    from cnnstat.executor.axes import Axis

SPREAD = 0.02
"""Of the first values, as ViT begins (Dosovitskiy et al. 2020, their code)."""


def parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate weight, of the shape of a sample of x; or of the shape given, with x's sizes for zeros."""
    (x,) = inputs
    given = options["shape"]
    if given is not None and len(given) != x.ndim - 1:
        raise ValueError(f"{len(given)} sizes for samples of shape {x.shape[1:]}")
    shape = x.shape[1:] if given is None else tuple(a or b for a, b in zip(given, x.shape[1:], strict=True))
    return Parameters({"weight": normal(rng, shape, real_type(x)) * real_type(x).type(SPREAD)})


def parameter(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the same numbers for every sample; of x only its length is read."""
    (x,) = inputs
    weight = params["weight"]
    return np.broadcast_to(weight, (len(x), *weight.shape)).copy(), context.keep(_backward, x.shape)


def _backward(dy: Array, shape: tuple[int, ...]) -> KernelGradients:
    """Add up what comes back to the samples; the input has no gradient."""
    return (np.zeros(shape, dy.dtype),), {"weight": dy.sum(0)}


def _on_axis(options: Options, axis: Axis) -> OneAxis:
    given = options["shape"]
    return OneAxis({"shape": None if given is None else (1, given[1 + axis.number])})


PARAMETER = Kernel(parameter, _on_axis, parameters)
