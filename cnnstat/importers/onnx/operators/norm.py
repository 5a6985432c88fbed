"""Normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.axes import axis_name, index_of
from cnnstat.importers.onnx.catalogue import Outside

if TYPE_CHECKING:
    from cnnstat.importers.onnx.layers import Layers
    from cnnstat.importers.onnx.nodes.value import Node, Value


def batch_norm(node: Node, layers: Layers) -> int:
    """BatchNormalization; ONNX's momentum is the weight of the old statistics, ours that of the new.

    With the samples' own statistics it also puts out those that it keeps, and is none of ours.
    """
    if node.attributes.get("training_mode", 0) or any(node.outputs[1:]):
        raise Outside("it takes the statistics of the samples at hand")
    x = layers.plain(node)
    names = ("weight", "bias", "running_mean", "running_var")
    tensors = {name: layers.input(node, i) for i, name in enumerate(names, 1)}
    _check(tensors, x.sample[:1])
    options = _eps(node)
    momentum = round(1 - node.attributes.get("momentum", 0.9), 6)
    options |= {} if momentum == 0.1 else {"momentum": momentum}
    return layers.add(node, "batch_norm", [layers.shown(x)], x.sample, options, tensors)


def layer_norm(node: Node, layers: Layers) -> int:
    """LayerNormalization, along the last axis or over the whole sample."""
    x, rank = layers.input(node, 0), len(layers.value(node.inputs[0]).shape or ())
    if x is None or any(layers.readers[name] for name in node.outputs[1:]):
        raise Outside("its statistics are read")
    first = index_of(node.attributes.get("axis", -1), rank)
    tensors = {"weight": layers.input(node, 1), "bias": layers.input(node, 2)}
    if first == rank - 1:
        options = {"axes": axis_name(x, first)} if len(x.sample) > 1 else {}
        _check(tensors, x.sample[-1:])
    elif x.batch == 0 and first == 1:
        options = {}
        _check(tensors, x.sample)
    else:
        raise Outside("it is over several axes, but not all")
    return layers.add(node, "layer_norm", [layers.shown(x)], x.sample, options | _eps(node), tensors)


def group_norm(node: Node, layers: Layers) -> int:
    """GroupNormalization with a scale for each channel, as from opset 21 on.

    Before that it has one for each group, which is none where it is 1: then exporters have others behind it.
    """
    x = layers.plain(node)
    tensors = {"weight": layers.input(node, 1), "bias": layers.input(node, 2)}
    options = {"groups": node.attributes["num_groups"], **_eps(node)}
    scale, shift = (None if each is None else each.array for each in tensors.values())
    if layers.model.opset < 21 and scale is not None and shift is not None:
        if (scale == 1).all() and (shift == 0).all():
            options["affine"] = False
            return layers.add(node, "group_norm", [layers.shown(x)], x.sample, options)
        if options["groups"] not in (1, x.sample[0]):
            raise Outside("it has a scale for each group")
    _check(tensors, x.sample[:1])
    return layers.add(node, "group_norm", [layers.shown(x)], x.sample, options, tensors)


def instance_norm(node: Node, layers: Layers) -> int:
    """InstanceNormalization; scales of 1 and shifts of 0 are what exporters write where there are none."""
    x = layers.plain(node)
    tensors = {"weight": layers.input(node, 1), "bias": layers.input(node, 2)}
    _check(tensors, x.sample[:1])
    scale, shift = (None if each is None else each.array for each in tensors.values())
    if scale is not None and shift is not None and (scale == 1).all() and (shift == 0).all():
        return layers.add(node, "instance_norm", [layers.shown(x)], x.sample, _eps(node))
    return layers.add(
        node, "instance_norm", [layers.shown(x)], x.sample, {"affine": True, **_eps(node)}, tensors
    )


def lrn(node: Node, layers: Layers) -> int:
    """LRN, which divides alpha by the size."""
    x = layers.plain(node)
    size = node.attributes["size"]
    if size % 2 == 0:
        raise Outside("of an even size the odd channel lies on the other side")
    options = {
        "size": size,
        "alpha": decimal(node.attributes.get("alpha", 1e-4)),
        "beta": decimal(node.attributes.get("beta", 0.75)),
        "k": decimal(node.attributes.get("bias", 1.0)),
        "divide_alpha": True,
    }
    return layers.add(node, "local_response_norm", [layers.shown(x)], x.sample, options)


def decimal(value: float) -> float:
    """Return a number of float32 as it was written: the shortest that rounds to it."""
    return float(f"{value:.7g}")


def _eps(node: Node) -> dict[str, Any]:
    eps = decimal(node.attributes.get("epsilon", 1e-5))
    return {} if eps == 1e-5 else {"eps": eps}


def _check(tensors: dict[str, Value | None], shape: tuple[int, ...]) -> None:
    """Refuse scales and shifts that are worked out, missing, or of another shape."""
    for name, value in tensors.items():
        if value is None or not value.constant or value.shape != shape:
            raise Outside(f"its {name} is no constant of {shape}")
