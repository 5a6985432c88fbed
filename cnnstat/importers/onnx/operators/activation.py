"""Functions of each value, and softmax."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.axes import axis_name, index_of
from cnnstat.importers.onnx.catalogue import Outside
from cnnstat.importers.onnx.operators.norm import decimal

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.importers.onnx.layers import Layers
    from cnnstat.importers.onnx.nodes.value import Node

_HUGE = 1e30
"""A bound that no value meets: exporters write the largest number of the type where there is none."""


def plain(kind: str) -> Callable[[Node, Layers], int]:
    """Return what makes a node a layer of this type without options."""

    def made(node: Node, layers: Layers) -> int:
        return each(node, layers, kind)

    return made


def each(node: Node, layers: Layers, kind: str, options: dict[str, Any] | None = None) -> int:
    """Add a layer that works on each value of a node's first input."""
    x = layers.value(node.inputs[0])
    return layers.add(node, kind, [layers.shown(x)], x.sample, options)


def leaky_relu(node: Node, layers: Layers) -> int:
    """LeakyRelu."""
    slope = decimal(node.attributes.get("alpha", 0.01))
    return each(node, layers, "leaky_relu", {} if slope == 0.01 else {"slope": slope})


def elu(node: Node, layers: Layers) -> int:
    """Elu."""
    alpha = decimal(node.attributes.get("alpha", 1.0))
    return each(node, layers, "elu", {} if alpha == 1 else {"alpha": alpha})


def selu(node: Node, layers: Layers) -> int:
    """Selu with the paper's constants."""
    alpha, gamma = node.attributes.get("alpha", 1.67326), node.attributes.get("gamma", 1.0507)
    if abs(alpha - 1.67326) > 1e-4 or abs(gamma - 1.0507) > 1e-4:
        raise Outside("its constants are not the paper's")
    return each(node, layers, "selu")


def prelu(node: Node, layers: Layers) -> int:
    """PRelu with a slope for each channel, or one for all."""
    x, slope = layers.plain(node), layers.input(node, 1)
    if slope is None or not slope.constant or slope.shape is None:
        raise Outside("its slopes are no constant")
    channels, rank = x.sample[0], len(x.sample)
    shared = all(size == 1 for size in slope.shape)
    if not shared and tuple(slope.shape) not in (
        (channels, *(1,) * (rank - 1)),
        (1, channels, *(1,) * (rank - 1)),
    ):
        raise Outside("its slopes are not one for each channel")
    weight = reshaped(slope, (1 if shared else channels,))
    options = {"shared": True} if shared and channels != 1 else {}
    return layers.add(node, "prelu", [layers.shown(x)], x.sample, options, {"weight": weight})


def reshaped(value: Any, shape: tuple[int, ...]) -> Any:
    """Return a constant with its numbers in another shape."""
    from msgspec.structs import replace  # noqa: PLC0415

    if value.shape == shape:
        return value
    array = None if value.array is None else value.array.reshape(shape)
    at = value.at and value.at.turned(("reshape", shape))
    return replace(value, shape=shape, array=array, at=at)


def hard_sigmoid(node: Node, layers: Layers) -> int:
    """HardSigmoid; of another slope than ours it is a `power` and a `clamp`."""
    alpha, beta = decimal(node.attributes.get("alpha", 0.2)), decimal(node.attributes.get("beta", 0.5))
    if abs(alpha - 1 / 6) < 1e-6 and beta == 0.5:
        return each(node, layers, "hard_sigmoid")
    line = each(node, layers, "power", {"scale": alpha, "shift": beta})
    return layers.add(node, "clamp", [line], layers.built[line].shape, {"min": 0, "max": 1})


def gelu(node: Node, layers: Layers) -> int:
    """Gelu."""
    form = node.attributes.get("approximate", b"none").decode()
    return each(node, layers, "gelu", {} if form == "none" else {"approximate": form})


def clip(node: Node, layers: Layers) -> int | str:
    """Clip: between 0 and 6 relu6, from 0 on relu, between -1 and 1 hard_tanh; with no bounds nothing."""
    bounds: list[float | None] = []
    for number, name in ((1, "min"), (2, "max")):
        array = layers.array(node, number)
        bound = node.attributes.get(name) if array is None else float(array.reshape(-1)[0])
        bounds.append(None if bound is None or not isfinite(bound) or abs(bound) > _HUGE else decimal(bound))
    low, high = bounds
    if low is None and high is None:
        return layers.shown(layers.value(node.inputs[0]))
    known = {(0, 6): "relu6", (0, None): "relu", (-1, 1): "hard_tanh"}
    if (low, high) in known:
        return each(node, layers, known[low, high])  # type: ignore[index]
    given = {"min": low, "max": high}
    return each(node, layers, "clamp", {name: bound for name, bound in given.items() if bound is not None})


def softmax(node: Node, layers: Layers) -> int:
    """Softmax along one axis."""
    return _softmax(node, layers, "softmax")


def log_softmax(node: Node, layers: Layers) -> int:
    """LogSoftmax along one axis."""
    return _softmax(node, layers, "log_softmax")


def _softmax(node: Node, layers: Layers, kind: str) -> int:
    x = layers.value(node.inputs[0])
    shape, old = x.shape or (), layers.model.opset < 13
    axis = index_of(node.attributes.get("axis", 1 if old else -1), len(shape))
    if old and any(size != 1 for size in shape[axis + 1 :]):
        raise Outside("it is over several axes")
    name = axis_name(x, axis)
    return each(node, layers, kind, {} if name == "channels" else {"axis": name})


def dropout(node: Node, layers: Layers) -> int | str:
    """Dropout, which does nothing but in training, and of a rate of 0 nothing at all."""
    x, training = layers.value(node.inputs[0]), layers.array(node, 2)
    if training is not None and training.any():
        raise Outside("it drops values in evaluation, too")
    if any(layers.readers[name] for name in node.outputs[1:]):
        raise Outside("its mask is read")
    given = layers.array(node, 1)
    rate = decimal(float(node.attributes.get("ratio", 0.5) if given is None else given.reshape(-1)[0]))
    if not rate:
        return layers.shown(x)
    options: dict[str, Any] = {} if rate == 0.5 else {"rate": rate}
    return layers.add(node, "dropout", [layers.shown(x)], x.sample, options)
