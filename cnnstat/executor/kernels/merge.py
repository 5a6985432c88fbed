"""Joins: the sum, the difference, the product, the largest value and the concatenation of branches."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.axes import at, axis_named
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.projection import OneAxis, on_named, unchanged

if TYPE_CHECKING:
    from cnnstat.executor.axes import Axis


def _check_shapes(inputs: Inputs, options: Options) -> None:
    """Refuse inputs of different shapes, unless axes of length 1 are to be repeated."""
    shapes = {x.shape for x in inputs}
    if len(shapes) != 1 and not options["broadcast"]:
        raise ValueError(f"cannot join arrays of different shapes {sorted(shapes)}")
    _check_ranks(inputs)


def _check_ranks(inputs: Inputs) -> None:
    """Refuse inputs of different ranks, of which NumPy would match the last axes."""
    if len({x.ndim for x in inputs}) != 1:
        raise ValueError(f"cannot join arrays of {sorted({x.ndim for x in inputs})} axes")


def add(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the sum of inputs."""
    _check_shapes(inputs, options)
    return reduce(np.add, inputs), context.keep(_add_backward, tuple(x.shape for x in inputs))


def _add_backward(dy: Array, shapes: tuple[tuple[int, ...], ...]) -> KernelGradients:
    return tuple(_folded(dy, shape) for shape in shapes), {}


def subtract(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the first input less the second."""
    _check_shapes(inputs, options)
    a, b = inputs
    return a - b, context.keep(_subtract_backward, a.shape, b.shape)


def _subtract_backward(dy: Array, a: tuple[int, ...], b: tuple[int, ...]) -> KernelGradients:
    return (_folded(dy, a), -_folded(dy, b)), {}


def maximum(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the largest of the inputs, decided by the real part; NaN stays."""
    _check_shapes(inputs, options)
    shape = np.broadcast_shapes(*(x.shape for x in inputs))
    y = np.broadcast_to(inputs[0], shape)
    first = np.zeros(shape, np.intp)
    for number, x in enumerate(inputs[1:], 1):
        larger = (x.real > y.real) | np.isnan(x.real)
        y = np.where(larger, x, y)
        first = np.where(larger, number, first)
    return y, context.keep(_maximum_backward, first, tuple(x.shape for x in inputs))


def _maximum_backward(dy: Array, first: Array, shapes: tuple[tuple[int, ...], ...]) -> KernelGradients:
    """Give dy to the first of the inputs that have the largest value."""
    return tuple(_folded(dy * (first == i), shape) for i, shape in enumerate(shapes)), {}


def multiply(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the product of inputs; an axis of length 1 is repeated to meet the others."""
    _check_ranks(inputs)
    return reduce(np.multiply, inputs), context.keep(_multiply_backward, inputs)


def _multiply_backward(dy: Array, inputs: Inputs) -> KernelGradients:
    others = (reduce(np.multiply, inputs[:i] + inputs[i + 1 :]) for i in range(len(inputs)))
    return tuple(_folded(dy * other, x.shape) for other, x in zip(others, inputs, strict=True)), {}


def _folded(d: Array, shape: tuple[int, ...]) -> Array:
    """Sum over the axes along which an input was repeated."""
    axes = tuple(axis for axis, (big, small) in enumerate(zip(d.shape, shape, strict=True)) if big != small)
    y: Array = d.sum(axes, keepdims=True) if axes else d
    return y


def concat(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Put all inputs one behind the other along an axis."""
    axis = axis_named(options["axis"], inputs[0])
    ends = np.cumsum([x.shape[axis] for x in inputs])
    return np.concatenate(inputs, axis), context.keep(_concat_backward, tuple(ends.tolist()), axis)


def _concat_backward(dy: Array, ends: tuple[int, ...], axis: int) -> KernelGradients:
    return tuple(dy[at(axis, slice(a, b))] for a, b in zip((0, *ends), ends, strict=False)), {}


_ALONG = on_named(anchored=True)


def _concatenated(options: Options, axis: Axis) -> OneAxis | None:
    """Concatenate along the axis itself; along any other all parts of a place meet there."""
    if options["axis"] == axis.name:
        return _ALONG(options, axis)
    return OneAxis({"broadcast": False}, "add")


ADD = Kernel(add, unchanged, joins=True)
SUBTRACT = Kernel(subtract, unchanged)
MULTIPLY = Kernel(multiply, unchanged)
MAXIMUM = Kernel(maximum, unchanged)
CONCAT = Kernel(concat, _concatenated)
