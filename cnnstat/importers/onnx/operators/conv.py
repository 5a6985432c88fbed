"""Conv and ConvTranspose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cnnstat.importers.onnx.axes import compact
from cnnstat.importers.onnx.catalogue import Outside
from cnnstat.importers.onnx.operators.window import padding_of, sizes_of

if TYPE_CHECKING:
    from cnnstat.importers.onnx.layers import Layers
    from cnnstat.importers.onnx.nodes.value import Node, Value


def conv(node: Node, layers: Layers) -> int:
    """Conv: of as many groups as channels it is a `depthwise_conv`."""
    x, weight, bias = layers.plain(node), _weight(node, layers), layers.input(node, 2)
    shape = weight.shape or ()
    groups, channels = _groups(node), x.sample[0]
    kernel = shape[2:]
    stride, dilation = sizes_of(node, "strides", len(kernel)), sizes_of(node, "dilations", len(kernel))
    options: dict[str, Any] = {"kernel": compact(kernel)}
    depthwise = groups == channels > 1 and shape[1] == 1 and not shape[0] % channels
    if depthwise:
        options |= {} if shape[0] == channels else {"multiplier": shape[0] // channels}
    else:
        options = {"filters": shape[0], **options}
    options |= {} if compact(stride) == 1 else {"stride": compact(stride)}
    options |= padding_of(node, x.sample[1:], kernel, stride, dilation)
    options |= {} if compact(dilation) == 1 else {"dilation": compact(dilation)}
    if not depthwise and groups > 1:
        options["groups"] = groups
    if weight.rows is not None:
        options["table"], weight = _table(weight), replace(weight, shape=(len(weight.rows), *kernel))
    return _added(node, layers, "depthwise_conv" if depthwise else "conv", x, options, weight, bias)


def _table(weight: Value) -> list[list[int]]:
    """Return the maps that each filter reads, of kernels in this order.

    Raises:
        Outside: kernels are in another order, or a filter has none.
    """
    places = [(int(filter_), int(map_)) for filter_, map_ in weight.rows]
    table: list[list[int]] = [[] for _ in range((weight.shape or (0,))[0])]
    for filter_, map_ in places:
        table[filter_].append(map_)
    if places != sorted({*places}) or not all(table):
        raise Outside("its kernels are for other filters than in order")
    return table


def transposed(node: Node, layers: Layers) -> int:
    """ConvTranspose with explicit padding."""
    x, weight, bias = layers.plain(node), _weight(node, layers), layers.input(node, 2)
    shape, groups = weight.shape or (), _groups(node)
    kernel = shape[2:]
    rank = len(kernel)
    stride, dilation = sizes_of(node, "strides", rank), sizes_of(node, "dilations", rank)
    more = node.attributes.get("output_padding") or [0] * rank
    if "output_shape" in node.attributes or node.attributes.get("auto_pad", b"NOTSET") not in (
        b"NOTSET",
        b"VALID",
    ):
        raise Outside("its padding follows from the size of its output")
    options: dict[str, Any] = {"filters": shape[1] * groups, "kernel": compact(kernel)}
    options |= {} if compact(stride) == 1 else {"stride": compact(stride)}
    options |= padding_of(node, x.sample[1:], kernel, stride, dilation)
    options |= {} if not any(more) else {"output_padding": compact(more)}
    options |= {} if compact(dilation) == 1 else {"dilation": compact(dilation)}
    options |= {} if groups == 1 else {"groups": groups}
    return _added(node, layers, "transposed_conv", x, options, weight, bias)


def _added(
    node: Node,
    layers: Layers,
    kind: str,
    x: Value,
    options: dict[str, Any],
    weight: Value,
    bias: Value | None,
) -> int:
    if bias is not None and not _named(bias) and bias.array is not None and not bias.array.any():
        bias = None  # zeros that are no tensor of the model's are no parameters: an exporter made them up
    if bias is None:
        options["bias"] = False
    elif not bias.constant:
        raise Outside("its bias is no constant")
    out = layers.value(node.outputs[0]).sample
    return layers.add(node, kind, [layers.shown(x)], out, options, {"weight": weight, "bias": bias})


def _named(value: Value) -> bool:
    """Say whether a constant is a tensor that the model stores by name, and not one that stands in a node."""
    return value.at is not None and not value.at.key.startswith("\0")


def _groups(node: Node) -> int:
    groups: int = node.attributes.get("group", 1)
    if groups < 1:
        raise Outside(f"it has {groups} groups")
    return groups


def _weight(node: Node, layers: Layers) -> Value:
    weight = layers.input(node, 1)
    if weight is None or not weight.constant or weight.shape is None:
        raise Outside("its weights are no constant")
    return weight
