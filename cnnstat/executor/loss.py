"""Losses: one number from a network's output, and its gradient.

A loss takes y (N, K) and the class of each sample (N,); `projection` takes any outputs. Each is safe for a
complex step: `value` of a complex y carries the derivative in its imaginary part.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cnnstat.executor.backward import BackwardError
from cnnstat.executor.choices import PROJECTION
from cnnstat.executor.kernel import is_finite, quiet

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Batch, Executor

Value: TypeAlias = "Callable[[Array, Array], Array]"
FLOOR = 1.0
"""The j of LeCun et al. 1998, eq. (9): classes already further off than this are pushed no more."""

FLAT = 1e-7
"""A loss whose gradient is this small beside it, or beside 1, is as good as constant."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss over classes: its value and its gradient dL/dy."""

    value: Value
    gradient: Value


def _of_class(y: Array, classes: Array) -> Array:
    picked: Array = y[np.arange(len(y)), classes]
    return picked


def _at_class(y: Array, classes: Array, given: Array | float) -> Array:
    dy = np.zeros_like(y)
    dy[np.arange(len(y)), classes] = given
    return dy


def _mean(values: Array) -> Array:
    return np.asarray(values.mean())


def _log_sum_exp(y: Array) -> Array:
    """Return log of the sum of exp(y) over classes; the largest real part is set apart against overflow."""
    top = y.real.max(1, keepdims=True)
    total: Array = np.log(np.exp(y - top).sum(1)) + top[:, 0]
    return total


def softmax(y: Array) -> Array:
    """Return exp(y) over its sum over classes."""
    share: Array = np.exp(y - _log_sum_exp(y)[:, None])
    return share


def cross_entropy(y: Array, classes: Array) -> Array:
    """-mean log softmax(y)[class], from logits."""
    return _mean(_log_sum_exp(y) - _of_class(y, classes))


def cross_entropy_gradient(y: Array, classes: Array) -> Array:
    """(softmax(y) - 1 at the class)/N."""
    return (softmax(y) - _at_class(y, classes, 1)) / len(y)


def likelihood(y: Array, classes: Array) -> Array:
    """-mean log y[class], from probabilities: the cross-entropy of a network that ends in a softmax."""
    return _mean(-np.log(_of_class(y, classes)))


def likelihood_gradient(y: Array, classes: Array) -> Array:
    """-1/(N·y) at the class."""
    return _at_class(y, classes, -1 / (_of_class(y, classes) * len(y)))


def log_likelihood(y: Array, classes: Array) -> Array:
    """-mean y[class], from logarithms of probabilities."""
    return _mean(-_of_class(y, classes))


def log_likelihood_gradient(y: Array, classes: Array) -> Array:
    """-1/N at the class."""
    return _at_class(y, classes, -1 / len(y))


def mse(y: Array, classes: Array) -> Array:
    """Mean y[class], where y are squared distances to the classes' codes: LeCun et al. 1998, eq. (8)."""
    return _mean(_of_class(y, classes))


def mse_gradient(y: Array, classes: Array) -> Array:
    """1/N at the class."""
    return _at_class(y, classes, 1 / len(y))


def rbf(y: Array, classes: Array) -> Array:
    """Mean y[class] + log(exp(-j) + sum of exp(-y)): LeCun et al. 1998, eq. (9), which adds competition."""
    return _mean(_of_class(y, classes) + _log_sum_exp(_with_floor(y)))


def rbf_gradient(y: Array, classes: Array) -> Array:
    """(1 at the class - exp(-y)/(exp(-j) + sum of exp(-y)))/N."""
    return (_at_class(y, classes, 1) - softmax(_with_floor(y))[:, :-1]) / len(y)


def _with_floor(y: Array) -> Array:
    return np.concatenate([-y, np.full((len(y), 1), -FLOOR, y.dtype)], 1)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A loss that a network went forward to and back from, and the norm of its gradient of the input.

    `fault` says which layer does not return what it should, if any; then there is no gradient and no norm.
    """

    name: str
    value: float
    gradient_norm: float
    fault: str = ""


LOSSES = {
    "cross_entropy": Loss(cross_entropy, cross_entropy_gradient),
    "negative_log_likelihood": Loss(likelihood, likelihood_gradient),
    "nll_of_logarithms": Loss(log_likelihood, log_likelihood_gradient),
    "mse": Loss(mse, mse_gradient),
    "rbf": Loss(rbf, rbf_gradient),
}
_BY_LAST = {
    "linear": "cross_entropy",
    "softmax": "negative_log_likelihood",
    "log_softmax": "nll_of_logarithms",
    "rbf": "rbf",
}


def chosen(kind: str, outputs: tuple[Array, ...]) -> str:
    """Return the loss that goes with the outputs of a network that ends in a layer of type `kind`.

    A single class is always the right one: nothing is to be learnt from its cross-entropy.
    """
    vector = len(outputs) == 1 and outputs[0].ndim == 2
    if not vector or (kind == "linear" and outputs[0].shape[1] == 1):
        return PROJECTION
    return _BY_LAST.get(kind, PROJECTION)


@dataclass(frozen=True, slots=True)
class Objective:
    """A loss with its targets: classes, or for a projection one weight for each output number.

    `tilt` is added to dL/dy of each output, if there is any, and to the loss what goes with it.
    """

    name: str
    targets: tuple[Array, ...]
    tilt: tuple[Array, ...] = ()

    def value(self, outputs: tuple[Array, ...]) -> Array:
        """Return the loss, complex for complex outputs."""
        if self.name == PROJECTION:
            value = _projected(outputs, self.targets)
        else:
            value = LOSSES[self.name].value(outputs[0], self.targets[0])
        return value + _projected(outputs, self.tilt) if self.tilt else value

    def gradient(self, outputs: tuple[Array, ...]) -> tuple[Array, ...]:
        """Return dL/dy of each output."""
        if self.name == PROJECTION:
            given = self.targets
        else:
            given = (LOSSES[self.name].gradient(outputs[0], self.targets[0]),)
        return tuple(dy + tilt for dy, tilt in zip(given, self.tilt, strict=True)) if self.tilt else given


def _projected(outputs: tuple[Array, ...], weights: tuple[Array, ...]) -> Array:
    return np.asarray(sum((y * w).sum() for y, w in zip(outputs, weights, strict=True)))


def objective(name: str, outputs: tuple[Array, ...], seed: int) -> Objective:
    """Draw targets for a loss.

    Raises:
        ValueError: the loss needs one vector of classes, and the network puts out something else.
    """
    rng = np.random.default_rng([seed, len(outputs)])
    if name == PROJECTION:
        drawn = (rng.standard_normal(y.shape).astype(y.dtype) for y in outputs)
        return Objective(name, tuple(drawn))
    if len(outputs) > 1 or outputs[0].ndim != 2:
        raise ValueError(f"the loss {name} needs one vector of classes as output")
    return Objective(name, (rng.integers(outputs[0].shape[1], size=len(outputs[0])),))


def sloping_objective(name: str, outputs: tuple[Array, ...], seed: int) -> Objective:
    """Return a loss that has a slope at these outputs: a projection where the one of that name has none.

    The likelihood of a class is infinite where its probability has become zero; cross-entropy is constant
    where there is but one class, or one far above all others: then zero would be compared with zero.
    """
    target = objective(name, outputs, seed)
    with quiet():
        value, gradients = target.value(outputs), target.gradient(outputs)
        finite = is_finite(value) and all(map(is_finite, gradients))
        slope = math.hypot(*(float(np.linalg.norm(gradient)) for gradient in gradients))
        sloping = finite and slope > FLAT * max(abs(float(value)), 1.0)
    return target if sloping else objective(PROJECTION, outputs, seed)


def evaluate(
    network: Executor, x: Batch, *, seed: int, name: str | None = None, training: bool = False
) -> Evaluated:
    """Go forward to a loss, by default the one that suits the network, and all the way back.

    Raises:
        ValueError: the loss needs one vector of classes, and the network puts out something else.
    """
    found = network.forward(x, training=training)
    outputs = found if isinstance(found, tuple) else (found,)
    target = objective(name or chosen(network.program.last, outputs), outputs, seed)
    value, fault, norm = float(target.value(outputs)), "", math.nan
    try:
        inputs = network.named(network.backward(target.gradient(outputs)).input)
        norm = math.hypot(*(float(np.linalg.norm(each)) for each in inputs.values()))
    except BackwardError as error:
        fault = str(error)
    return Evaluated(target.name, value, norm, fault)
