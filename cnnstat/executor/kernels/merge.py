"""Joins: the sum, the product and the concatenation of branches."""

from __future__ import annotations

from functools import reduce

import numpy as np

from cnnstat.executor.axes import at
from cnnstat.executor.kernel import Array, Context, Inputs, Kernel, KernelGradients, Options, Params, Result
from cnnstat.executor.projection import becomes, unchanged


def add(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the sum of inputs of one shape."""
    shapes = {x.shape for x in inputs}
    if len(shapes) != 1:
        raise ValueError(f"cannot add arrays of different shapes {sorted(shapes)}")
    return reduce(np.add, inputs), context.keep(_add_backward, len(inputs))


def _add_backward(dy: Array, count: int) -> KernelGradients:
    return (dy,) * count, {}


def multiply(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Return the product of inputs; an axis of length 1 is repeated to meet the others."""
    return reduce(np.multiply, inputs), context.keep(_multiply_backward, inputs)


def _multiply_backward(dy: Array, inputs: Inputs) -> KernelGradients:
    others = (reduce(np.multiply, inputs[:i] + inputs[i + 1 :]) for i in range(len(inputs)))
    return tuple(_folded(dy * other, x.shape) for other, x in zip(others, inputs, strict=True)), {}


def _folded(d: Array, shape: tuple[int, ...]) -> Array:
    """Sum over the axes along which an input was repeated."""
    axes = tuple(axis for axis, (big, small) in enumerate(zip(d.shape, shape, strict=True)) if big != small)
    y: Array = d.sum(axes, keepdims=True)
    return y


def concat(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
    """Put the channels of all inputs one behind the other."""
    ends = np.cumsum([x.shape[1] for x in inputs])
    return np.concatenate(inputs, 1), context.keep(_concat_backward, tuple(ends.tolist()))


def _concat_backward(dy: Array, ends: tuple[int, ...]) -> KernelGradients:
    return tuple(dy[at(1, slice(a, b))] for a, b in zip((0, *ends), ends, strict=False)), {}


ADD = Kernel(add, unchanged, joins=True)
MULTIPLY = Kernel(multiply, unchanged)
CONCAT = Kernel(concat, becomes("add"))
