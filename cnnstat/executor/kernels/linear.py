"""Fully connected layers: linear, and the radial basis functions of LeNet-5's output."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnstat.executor.axes import add_bias, axis_named, check_axes, width
from cnnstat.executor.connections import aside, connections_of
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.parameters import Parameters, real_type, weight_and_bias
from cnnstat.executor.projection import on_named, one_unit

if TYPE_CHECKING:
    from cnnstat.executor.axes import Axis
    from cnnstat.executor.projection import OneAxis


def _axis(x: Array, options: Options) -> int:
    """Return the axis whose rows the units read: that of a vector, unless another is named.

    Raises:
        ValueError: x has axes of positions and none is named.
    """
    if options["axis"] is not None:
        return axis_named(options["axis"], x)
    check_axes(x, (0,))
    return 1


def linear_parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate weight (units, N) and bias (units,)."""
    (x,) = inputs
    fan_in = x.shape[_axis(x, options)]
    units = width(options["units"], fan_in)
    return weight_and_bias(rng, (units, fan_in), units, fan_in, x, bias=options["bias"])


def linear(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return y = x·wᵀ + b of each row along the axis, of N numbers to begin with and of `units` then."""
    (x,) = inputs
    axis = _axis(x, options)
    if x.ndim > 2:
        return _along(x, axis, params, context)
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


def _along(x: Array, axis: int, params: Params, context: Context) -> Result:
    """Multiply along an axis in its place: (N, before, inputs, behind) to (N, before, units, behind)."""
    weight = params["weight"]
    table = _table(x, axis)
    y = context.mac_counter.matmul(weight, table)
    if "bias" in params:
        y = y + params["bias"][:, None]
    y = y.reshape(*x.shape[:axis], -1, *x.shape[axis + 1 :])
    return y, context.keep(_along_backward, x, axis, weight, "bias" in params, context.mac_counter)


def _along_backward(
    dy: Array, x: Array, axis: int, weight: Array, biased: bool, mac_counter: Any
) -> KernelGradients:
    error = _table(dy, axis)
    dx = mac_counter.matmul(weight.T, error).reshape(x.shape)
    dw = mac_counter.matmul(_in_rows(dy, axis), _in_rows(x, axis).T)
    return (dx,), {"weight": dw} | ({"bias": error.sum((0, 1, 3))} if biased else {})


def _table(x: Array, axis: int) -> Array:
    """View x as (N, before, the axis, behind)."""
    return x.reshape(len(x), prod(x.shape[1:axis]), x.shape[axis], -1)


def _in_rows(x: Array, axis: int) -> Array:
    """Return a row for each place of the axis, with all numbers there."""
    return np.moveaxis(x, axis, 0).reshape(x.shape[axis], -1)


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


def _projected(options: Options, axis: Axis) -> OneAxis | None:
    """Keep the layer on the axis that it is about, and elsewhere nothing; of a vector one unit is all."""
    return one_unit(options, axis) if options["axis"] is None else _ON_AXIS(options, axis)


_ON_AXIS = on_named(anchored=True)
LINEAR = Kernel(linear, _projected, linear_parameters, connections_of(linear), contracts=True)
RBF = Kernel(rbf, one_unit, rbf_parameters, rbf_connections, contracts=True, axes=(0,))
