"""The numbers a layer stores, and how they are drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array, Inputs, Options

PIECE = 1 << 18
"""Numbers drawn at a time."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers a layer stores, by PyTorch's names.

    `trained` are changed by training; `fixed` are parameters that are not (LeNet-5's code book); `buffers`
    are statistics, no parameters at all, and are updated in place by a forward pass in training.
    """

    trained: dict[str, Array] = field(default_factory=dict)
    fixed: dict[str, Array] = field(default_factory=dict)
    buffers: dict[str, Array] = field(default_factory=dict)

    @property
    def all(self) -> dict[str, Array]:
        """Everything under one roof, as `forward` wants it."""
        return {**self.trained, **self.fixed, **self.buffers}

    def frozen(self) -> Parameters:
        """Return the same tensors, none of them trained."""
        return Parameters({}, {**self.trained, **self.fixed}, self.buffers)


def shapes(parameters: Parameters) -> dict[str, tuple[int, ...]]:
    """Return the shape of each tensor by its name."""
    return {name: value.shape for name, value in parameters.all.items()}


def no_parameters(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate nothing: most layers store no numbers."""
    return Parameters()


def real_type(x: Array) -> np.dtype[Any]:
    """Return the type parameters get beside x: that of its real part."""
    return x.real.dtype


def he_normal(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, like: Array) -> Array:
    """Draw weights with variance 2/fan_in (He et al., Delving deep into rectifiers, 2015)."""
    return normal(rng, shape, real_type(like), math.sqrt(2 / fan_in))


def normal(
    rng: np.random.Generator, shape: tuple[int, ...], kind: np.dtype[Any], deviation: float = 1.0
) -> Array:
    """Draw normal numbers, in float64 and then rounded once; in pieces, for the sake of memory."""
    values = np.empty(math.prod(shape), kind)
    for start in range(0, len(values), PIECE):
        part = values[start : start + PIECE]
        part[:] = rng.standard_normal(len(part)) * deviation
    return values.reshape(shape)


def draw_bias(rng: np.random.Generator, count: int, fan_in: int, like: Array) -> Array:
    """Draw biases, uniform within 1/sqrt(fan_in) as PyTorch does: a zero bias would hide a missing one."""
    bound = 1 / math.sqrt(fan_in)
    return rng.uniform(-bound, bound, count).astype(real_type(like))


def weight_and_bias(
    rng: np.random.Generator, shape: tuple[int, ...], units: int, fan_in: int, like: Array, *, bias: bool
) -> Parameters:
    """Draw a trained weight of a shape and, if wanted, a bias for each of `units`."""
    trained = {"weight": he_normal(rng, shape, fan_in, like)}
    if bias:
        trained["bias"] = draw_bias(rng, units, fan_in, like)
    return Parameters(trained)
