"""Sums and products of values at one place, of inputs with each other and with constants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.catalogue import Outside
from cnnstat.importers.onnx.nodes.batch import PLAIN
from cnnstat.importers.onnx.nodes.value import is_float
from cnnstat.importers.onnx.operators.activation import each, reshaped
from cnnstat.importers.onnx.operators.norm import decimal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.onnx.layers import Layers
    from cnnstat.importers.onnx.nodes.value import Node, Value


def add(node: Node, layers: Layers) -> int:
    """Add and Sum; a number that is added is a `power` with a shift."""
    number, x = _number(node, layers)
    if x is not None:
        return _power(node, layers, x, {"shift": number})
    return _joined(node, layers, "add", _given(node, layers))


def subtract(node: Node, layers: Layers) -> int:
    """Sub."""
    number, x = _number(node, layers)
    if x is not None:
        first = x.name == node.inputs[0]
        return _power(node, layers, x, {"shift": -number} if first else {"scale": -1, "shift": number})
    return _joined(node, layers, "subtract", _given(node, layers))


def multiply(node: Node, layers: Layers) -> int:
    """Mul; a constant for each channel is a `scale`."""
    number, x = _number(node, layers)
    if x is not None:
        return _power(node, layers, x, {"scale": number})
    given = _given(node, layers)
    constants = [value for value in given if value.constant]
    if len(given) == 2 and len(constants) == 1:
        x = next(value for value in given if not value.constant)
        factors = constants[0]
        channels = (x.sample[:1] + (1,) * (len(x.sample) - 1)) if x.batch == 0 and x.folded == PLAIN else None
        if channels is not None and _aligned(factors, x) == channels and channels[0] > 1:
            weight = {"weight": reshaped(factors, channels[:1])}
            return layers.add(node, "scale", [layers.shown(x)], x.sample, None, weight)
    return _joined(node, layers, "multiply", given)


def divide(node: Node, layers: Layers) -> int:
    """Div: by a number it is a `power`, by another input a product with the reciprocal."""
    number, x = _number(node, layers)
    if not is_float(layers.value(node.outputs[0]).kind):
        raise Outside("it divides whole numbers")
    if x is not None and x.name == node.inputs[0] and number:
        return _power(node, layers, x, {"scale": decimal(1 / number)})
    a, b = _given(node, layers)
    if x is not None or b.constant or a.constant:
        raise Outside("it divides a constant, or by one that is no number")
    inverse = layers.add(node, "power", [layers.shown(b)], b.sample, {"exponent": -1})
    out = layers.value(node.outputs[0]).sample
    return layers.add(node, "multiply", [layers.shown(a), inverse], out)


def maximum(node: Node, layers: Layers) -> int:
    """Max of inputs; with a number it is a `clamp`."""
    number, x = _number(node, layers)
    if x is not None:
        return (
            each_of(node, layers, x, "relu", {})
            if number == 0
            else each_of(node, layers, x, "clamp", {"min": number})
        )
    return _joined(node, layers, "maximum", _given(node, layers))


def minimum(node: Node, layers: Layers) -> int:
    """Min with a number, which is a `clamp`."""
    number, x = _number(node, layers)
    if x is None:
        raise Outside("the least of several inputs has no layer")
    return each_of(node, layers, x, "clamp", {"max": number})


def power(node: Node, layers: Layers) -> int:
    """Pow with a number as exponent."""
    number, x = _number(node, layers)
    if x is None or x.name != node.inputs[0]:
        raise Outside("its exponent is no number")
    return _power(node, layers, x, {"exponent": number})


def negative(node: Node, layers: Layers) -> int:
    """Neg."""
    return each(node, layers, "power", {"scale": -1})


def square_root(node: Node, layers: Layers) -> int:
    """Sqrt."""
    return each(node, layers, "power", {"exponent": 0.5})


def reciprocal(node: Node, layers: Layers) -> int:
    """Reciprocal."""
    return each(node, layers, "power", {"exponent": -1})


def each_of(node: Node, layers: Layers, x: Value, kind: str, options: dict[str, Any]) -> int:
    """Add a layer that works on each value of one of a node's inputs."""
    return layers.add(node, kind, [layers.shown(x)], x.sample, options)


def parameter(node: Node, layers: Layers, value: Value, like: Value, shape: Sequence[int]) -> int:
    """Add a `parameter` for a constant that stands beside an input."""
    tensors = {"weight": reshaped(value, tuple(shape))}
    options = {"shape": [*shape]}
    return layers.add(node, "parameter", [layers.shown(like)], tuple(shape), options, tensors)


def learned(node: Node, layers: Layers) -> int:
    """Return a stored tensor, of the shape that the node says, as a layer of its own."""
    value, shape = layers.value(node.inputs[0]), tuple(node.attributes["shape"])
    tensors = {"weight": reshaped(value, shape)}
    return layers.add(node, "parameter", [layers.nearest(len(shape))], shape, {"shape": [*shape]}, tensors)


def _power(node: Node, layers: Layers, x: Value, options: dict[str, Any]) -> int:
    return each_of(node, layers, x, "power", options)


def _given(node: Node, layers: Layers) -> list[Value]:
    return [layers.value(name) for name in node.inputs]


def _number(node: Node, layers: Layers) -> tuple[float, Value | None]:
    """Return the number that one of two inputs is, and the other input, None where there is none."""
    given = _given(node, layers)
    if len(given) == 2:
        for value, other in (given, given[::-1]):
            if value.array is not None and value.array.size == 1 and not other.constant:
                return decimal(float(value.array.reshape(-1)[0])), other
    return 0.0, None


def _aligned(constant: Value, x: Value) -> tuple[int, ...] | None:
    """Return the shape of a constant beside a sample of x, None where it has more axes, or one of samples."""
    shape, whole = constant.shape or (), x.shape or ()
    if len(shape) > len(whole) or x.batch is None:
        return None
    full = (1,) * (len(whole) - len(shape)) + shape
    own = (1,) * (x.folded != PLAIN)
    return (*full[: x.batch], *own, *full[x.batch + 1 :]) if full[x.batch] == 1 else None


def _joined(node: Node, layers: Layers, kind: str, given: list[Value]) -> int:
    """Add a layer that joins inputs; constants among them become parameters."""
    out = layers.value(node.outputs[0])
    like = next((value for value in given if not value.constant), None)
    if like is None:
        raise Outside("all its inputs are constants")
    if len(given) == 1:
        raise Outside("it joins one input")
    reads: list[int | str] = []
    shapes = []
    for value in given:
        if value.constant:
            shape = _aligned(value, like)
            if shape is None or len(shape) != len(like.sample):
                raise Outside(f"{value.name} does not stand beside a sample")
            reads.append(parameter(node, layers, value, like, shape))
            shapes.append(shape)
        else:
            behind = len(out.shape or ()) - (out.batch or 0)
            if (
                value.batch is None
                or len(value.shape or ()) - value.batch != behind
                or value.folded != out.folded
            ):
                raise Outside("samples are along different axes of its inputs")
            reads.append(layers.shown(value))
            shapes.append(value.sample)
    if len({*map(len, shapes)}) > 1:
        raise Outside("its inputs have different numbers of axes")
    options = {"broadcast": True} if kind != "multiply" and len({*shapes}) > 1 else {}
    return layers.add(node, kind, reads, out.sample, options)
