"""Fully connected layers: linear, and the radial basis functions of LeNet-5's output."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnstat.executor.axes import add_bias, width
from cnnstat.executor.connections import aside, connections_of
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.parameters import Parameters, real_type, weight_and_bias
from cnnstat.executor.projection import one_unit


def linear_parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate weight (units, N) and bias (units,)."""
    (x,) = inputs
    fan_in = x.shape[1]
    units = width(options["units"], fan_in)
    return weight_and_bias(rng, (units, fan_in), units, fan_in, x, bias=options["bias"])


def linear(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return y = x·wᵀ + b, from (batch, N) to (batch, units)."""
    (x,) = inputs
    weight = params["weight"]
    y = context.mac_counter.matmul(x, weight.T)
    if "bias" in params:
        y = add_bias(y, params["bias"])
    return y, context.keep(_linear_backward, x, weight, "bias" in params, context.mac_counter)


def _linear_backward(dy: Array, x: Array, weight: Array, biased: bool, mac_counter: Any) -> KernelGradients:
    dx = mac_counter.matmul(dy, weight)
    # A single sample makes an outer product, at which BLAS is slow.
    product = mac_counter.multiply if len(x) == 1 else mac_counter.matmul
    gradients = {"weight": product(dy.T, x)}
    return (dx,), gradients | ({"bias": dy.sum(0)} if biased else {})


def rbf_parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate weight (units, N): a code book of -1 and +1, fixed unless `learned`."""
    (x,) = inputs
    codes = rng.choice([-1.0, 1.0], (width(options["units"], x.shape[1]), x.shape[1])).astype(real_type(x))
    book = {"weight": codes}
    return Parameters(trained=book) if options["learned"] else Parameters(fixed=book)


def rbf(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the squared distance of each x (batch, N) to each code: LeCun et al. 1998, eq. (7)."""
    (x,) = inputs
    apart = x[:, None] - params["weight"]
    y = context.mac_counter.multiply(apart, apart).sum(-1)
    return y, context.keep(_rbf_backward, apart, bool(options["learned"]))


def _rbf_backward(dy: Array, apart: Array, learned: bool) -> KernelGradients:
    pull = 2 * dy[..., None] * apart
    return (pull.sum(1),), {"weight": -pull.sum(0)} if learned else {}


def rbf_connections(inputs: Inputs, params: Params, options: Options) -> Array:
    """Count the inputs of each unit: the squared distance of ones from codes of zeros."""
    ones, zeros = np.ones_like(inputs[0]), np.zeros_like(params["weight"])
    y, _ = rbf((ones,), {"weight": zeros}, options, aside())
    return y


# A product over the last axis of a map would be another layer.
LINEAR = Kernel(linear, one_unit, linear_parameters, connections_of(linear), contracts=True, axes=(0,))
RBF = Kernel(rbf, one_unit, rbf_parameters, rbf_connections, contracts=True, axes=(0,))
