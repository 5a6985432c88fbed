"""What rearranges values, and what is left of them along axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from cnnstat.base.axes import MOST_AXES
from cnnstat.importers.onnx.axes import axis_name, index_of, names_of
from cnnstat.importers.onnx.catalogue import Outside
from cnnstat.importers.onnx.nodes.batch import PLAIN
from cnnstat.importers.onnx.nodes.value import keeps_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.onnx.layers import Layers
    from cnnstat.importers.onnx.nodes.value import Node


Each: TypeAlias = "tuple[str, dict[str, Any]]"
"""A type that works value by value, and its options."""


def same(node: Node, layers: Layers) -> int | str:
    """Identity: what is read is what is put out."""
    return layers.shown(layers.value(node.inputs[0]))


def cast(node: Node, layers: Layers) -> int | str:
    """Cast and CastLike to a type in which the numbers stay what they are."""
    before, after = layers.value(node.inputs[0]), layers.value(node.outputs[0])
    if not keeps_numbers(before.kind, after.kind):
        raise Outside("it cuts numbers off")
    return layers.shown(before)


def folded(node: Node, layers: Layers) -> int | str:
    """Reshape, Flatten, Squeeze, Unsqueeze: by what shape inference says of both sides."""
    x, out = layers.value(node.inputs[0]), layers.value(node.outputs[0])
    if x.batch is None or out.batch is None:
        raise Outside("it folds samples into another axis")
    return reshape(node, layers, layers.shown(x), x.sample, out.sample)


def reshape(
    node: Node, layers: Layers, source: int | str, before: Sequence[int], after: Sequence[int]
) -> int | str:
    """Add what brings one shape of a sample into another, nothing where they are equal."""
    before, after = tuple(before), tuple(after)
    if before == after:
        return source
    if not 1 <= len(after) <= MOST_AXES + 1:
        raise Outside("a layer puts out 1 to 4 axes")
    if len(after) == 1:
        return layers.add(node, "flatten", [source], after)
    return layers.add(node, "reshape", [source], after, {"shape": [*after]})


def transpose(node: Node, layers: Layers) -> int | str:
    """Transpose; the axis of samples goes where it may, the others are permuted."""
    x = layers.value(node.inputs[0])
    shape = x.shape or ()
    order = [*(node.attributes.get("perm") or range(len(shape) - 1, -1, -1))]
    if x.batch is None:
        raise Outside("it has no axis of samples")
    own = [x.place(axis) for axis in order if axis != x.batch or x.folded != PLAIN]
    source = layers.shown(x)
    if own == sorted(own):
        return source
    return layers.add(node, "permute", [source], layers.value(node.outputs[0]).sample, {"order": own})


def reduce(mode: str, before: Each | None = None, after: Each | None = None) -> Any:
    """Return what makes a reduction a layer, with what is computed value by value before and after it."""

    def made(node: Node, layers: Layers) -> int | str:
        x, out = layers.value(node.inputs[0]), layers.value(node.outputs[0])
        axes = ints_of(node, layers, 1, "axes")
        rank = len(x.shape or ())
        if not axes:
            if node.attributes.get("noop_with_empty_axes", 0) and not before:
                return layers.shown(x)
            raise Outside("it is over the samples, too")
        names = [axis_name(x, axis) for axis in sorted(index_of(axis, rank) for axis in axes)]
        keeps = bool(node.attributes.get("keepdims", 1))
        whole = {"mean": "global_avg_pool", "max": "global_max_pool"}.get(mode)
        every = names_of(x.sample)
        if not out.sample:
            raise Outside("a layer puts out 1 to 4 axes")
        if keeps and whole and x.batch == 0 and names == [*every[1:]]:
            return layers.add(node, whole, [layers.shown(x)], out.sample)
        options: dict[str, Any] = {"axes": names} | ({} if mode == "mean" else {"mode": mode})
        options |= {} if keeps else {"keepdims": False}
        source = layers.shown(x)
        if before:
            source = layers.add(node, before[0], [source], x.sample, {**before[1]})
        source = layers.add(node, "reduce", [source], out.sample, options)
        return layers.add(node, after[0], [source], out.sample, {**after[1]}) if after else source

    return made


def depth_to_space(node: Node, layers: Layers) -> int | str:
    """DepthToSpace; in ONNX's own order a shuffle stands before what PyTorch calls `pixel_shuffle`."""
    x, factor = layers.plain(node), node.attributes["blocksize"]
    source, out = layers.shown(x), layers.value(node.outputs[0]).sample
    if node.attributes.get("mode", b"DCR") == b"DCR" and out[0] > 1:
        source = layers.add(node, "channel_shuffle", [source], x.sample, {"groups": factor**2})
    return layers.add(node, "pixel_shuffle", [source], out, {"factor": factor})


def unshuffle(node: Node, layers: Layers) -> int | str:
    """Return the exchange of places for channels, in PyTorch's order, that `patterns` has found."""
    x, out = layers.plain(node), layers.value(node.outputs[0]).sample
    return layers.add(
        node, "pixel_unshuffle", [layers.shown(x)], out, {"factor": node.attributes["blocksize"]}
    )


def space_to_depth(node: Node, layers: Layers) -> int | str:
    """SpaceToDepth: `pixel_unshuffle`, and a shuffle into ONNX's order."""
    x, factor = layers.plain(node), node.attributes["blocksize"]
    out = layers.value(node.outputs[0]).sample
    source = layers.add(node, "pixel_unshuffle", [layers.shown(x)], out, {"factor": factor})
    if x.sample[0] == 1:
        return source
    return layers.add(node, "channel_shuffle", [source], out, {"groups": x.sample[0]})


def expand(node: Node, layers: Layers) -> int | str:
    """Expand to the shape that it has."""
    x = layers.value(node.inputs[0])
    if x.shape != layers.value(node.outputs[0]).shape:
        raise Outside("it repeats values")
    return layers.shown(x)


def shuffle(node: Node, layers: Layers) -> int | str:
    """Return the channel shuffle that `patterns` has found in a reshape, a transpose and a reshape."""
    x = layers.plain(node)
    return layers.add(
        node, "channel_shuffle", [layers.shown(x)], x.sample, {"groups": node.attributes["groups"]}
    )


def ints_of(node: Node, layers: Layers, number: int, name: str) -> list[int]:
    """Return whole numbers that older operators have as an attribute and newer ones as an input."""
    if name in node.attributes:
        return [*node.attributes[name]]
    array = layers.array(node, number) if number < len(node.inputs) else None
    return [] if array is None else [int(each) for each in array.reshape(-1)]
