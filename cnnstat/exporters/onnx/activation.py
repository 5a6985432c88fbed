"""Activations and other functions of single values; softmax and the gate of glu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnstat.exporters.onnx.writer import LayerWriter, Place
    from cnnstat.layers.activation import Elu, Gelu, HardSigmoid, LeakyRelu, Prelu, ScaledTanh
    from cnnstat.layers.elementwise import Clamp, Power
    from cnnstat.layers.glu import Glu
    from cnnstat.layers.softmax import LogSoftmax, Softmax
    from cnnstat.layers.softplus import Softplus


def operator(op: str) -> LayerWriter:
    """Return what writes a layer that is an operator of ONNX, without attributes."""

    def write(layer: Any, at: Place) -> str:
        return at.add(op, at.x)

    return write


def clipped(low: float, high: float) -> LayerWriter:
    """Return what writes Clip between fixed bounds."""

    def write(layer: Any, at: Place) -> str:
        return at.add("Clip", at.x, at.numbers("min", low), at.numbers("max", high))

    return write


def leaky_relu(layer: LeakyRelu, at: Place) -> str:
    """Write LeakyRelu."""
    return at.add("LeakyRelu", at.x, alpha=layer.slope)


def prelu(layer: Prelu, at: Place) -> str:
    """Write PRelu, with a slope per channel or one for all."""
    return at.add("PRelu", at.x, at.per_channel("weight"))


def elu(layer: Elu, at: Place) -> str:
    """Write Elu."""
    return at.add("Elu", at.x, alpha=layer.alpha)


def gelu(layer: Gelu, at: Place) -> str:
    """Write Gelu, exact or by tanh."""
    return at.add("Gelu", at.x, approximate=layer.approximate)


def silu(layer: Any, at: Place) -> str:
    """Write x·sigmoid(x): an operator of its own, Swish, came with version 24."""
    return at.add("Mul", at.x, at.add("Sigmoid", at.x))


def hard_sigmoid(layer: HardSigmoid, at: Place) -> str:
    """Write HardSigmoid with the slope 1/6 of PyTorch's; ONNX's own is 0.2."""
    return at.add("HardSigmoid", at.x, alpha=1 / 6, beta=0.5)


def scaled_tanh(layer: ScaledTanh, at: Place) -> str:
    """Write A·tanh(S·x)."""
    inner = at.add("Mul", at.x, at.numbers("slope", layer.slope))
    return at.add("Mul", at.add("Tanh", inner), at.numbers("amplitude", layer.amplitude))


def softplus(layer: Softplus, at: Place) -> str:
    """Write log(1 + exp(beta·x))/beta."""
    if layer.beta == 1:
        return at.add("Softplus", at.x)
    beta = at.numbers("beta", layer.beta)
    return at.add("Div", at.add("Softplus", at.add("Mul", at.x, beta)), beta)


def clamp(layer: Clamp, at: Place) -> str:
    """Write Clip; a bound that is not given is left out."""
    given = ("min", layer.min), ("max", layer.max)
    bounds = ("" if value is None else at.numbers(name, value) for name, value in given)
    return at.add("Clip", at.x, *bounds)


def power(layer: Power, at: Place) -> str:
    """Write (shift + scale·x)^exponent, without what changes nothing."""
    x = at.x
    if layer.scale != 1:
        x = at.add("Mul", x, at.numbers("scale", layer.scale))
    if layer.shift != 0:
        x = at.add("Add", x, at.numbers("shift", layer.shift))
    return x if layer.exponent == 1 else at.add("Pow", x, at.numbers("exponent", layer.exponent))


def glu(layer: Glu, at: Place) -> str:
    """Write the first half of the axis times the sigmoid of the second."""
    axis = at.axis(layer.axis)
    a, b = at.halves(axis)
    return at.add("Mul", a, at.add("Sigmoid", b))


def softmax(layer: Softmax, at: Place) -> str:
    """Write Softmax."""
    return at.add("Softmax", at.x, axis=at.axis(layer.axis))


def log_softmax(layer: LogSoftmax, at: Place) -> str:
    """Write LogSoftmax."""
    return at.add("LogSoftmax", at.x, axis=at.axis(layer.axis))
