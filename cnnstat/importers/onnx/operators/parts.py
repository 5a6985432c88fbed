"""What joins values, takes parts of them, or frames them."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cnnstat.importers.onnx.axes import axis_name, compact, index_of, names_of
from cnnstat.importers.onnx.catalogue import Outside
from cnnstat.importers.onnx.nodes.batch import PLAIN
from cnnstat.importers.onnx.operators.elementwise import parameter
from cnnstat.importers.onnx.operators.shape import ints_of, reshape
from cnnstat.importers.onnx.operators.window import sides

if TYPE_CHECKING:
    from cnnstat.importers.onnx.layers import Layers
    from cnnstat.importers.onnx.nodes.value import Node


_LOWEST = -3.4028234663852886e38
"""The lowest number of float32, which no maximum is, either, where there is another number beside it."""


def concat(node: Node, layers: Layers) -> int | str:
    """Concat; constants are parameters, the same for every sample."""
    given = [layers.value(name) for name in node.inputs]
    like = next((value for value in given if not value.constant), None)
    if like is None:
        raise Outside("all its inputs are constants")
    name = axis_name(like, node.attributes["axis"])
    reads: list[int | str] = []
    for value in given:
        if value.constant:
            shape = value.shape or ()
            if like.batch is None or len(shape) <= like.batch or shape[like.batch] != 1:
                raise Outside(f"{value.name} is a constant for several samples")
            own = (
                *shape[: like.batch],
                *(shape[like.batch : like.batch + 1] * (like.folded != PLAIN)),
                *shape[like.batch + 1 :],
            )
            reads.append(parameter(node, layers, value, like, own))
        elif (value.batch, value.folded) != (like.batch, like.folded):
            raise Outside("samples are along different axes of its inputs")
        else:
            reads.append(layers.shown(value))
    if len(reads) == 1:
        return reads[0]
    options = {} if name == "channels" else {"axis": name}
    return layers.add(node, "concat", reads, layers.value(node.outputs[0]).sample, options)


def split(node: Node, layers: Layers) -> None:
    """Split: equal parts are `split`, others `slice`; only parts that are read."""
    x = layers.value(node.inputs[0])
    axis = index_of(node.attributes.get("axis", 0), len(x.shape or ()))
    name, source = axis_name(x, axis), layers.shown(x)
    sizes = [(layers.value(out).shape or ())[axis] for out in node.outputs]
    if len(sizes) == 1:
        layers.put(node.outputs[0], source)
        return
    equal, start = len({*sizes}) == 1, 0
    of_axis = {} if name == "channels" else {"axis": name}
    for number, (out, size) in enumerate(zip(node.outputs, sizes, strict=True)):
        if layers.readers[out]:
            part: dict[str, Any] = {"parts": len(sizes), "take": number, **of_axis}
            kind = "split" if equal else "slice"
            options = part if equal else _range(name, start, size, sum(sizes))
            one = replace(node, outputs=[out])
            layers.put(out, layers.add(one, kind, [source], layers.value(out).sample, options))
        start += size


def slice_(node: Node, layers: Layers) -> int | str:
    """Slice, one layer for each axis that is cut, and a pool of windows of 1 where it takes steps."""
    x = layers.value(node.inputs[0])
    shape = x.shape or ()
    starts, ends = (ints_of(node, layers, i, name) for i, name in ((1, "starts"), (2, "ends")))
    axes = ints_of(node, layers, 3, "axes") or [*range(len(starts))]
    steps = ints_of(node, layers, 4, "steps") or [1] * len(starts)
    source, sizes = layers.shown(x), [*x.sample]
    for start, end, each, step in zip(starts, ends, axes, steps, strict=True):
        axis = index_of(each, len(shape))
        begin, stop, stride = slice(start, end, step).indices(shape[axis])
        if (begin, stop, stride) == (0, shape[axis], 1):
            continue
        name = axis_name(x, axis)
        place = names_of(x.sample).index(name)
        if stride < 1 or stop <= begin or (stride > 1 and not place):
            raise Outside("it goes backwards, or takes some of the channels")
        if (begin, stop) != (0, shape[axis]):
            options = _range(name, begin, stop - begin, shape[axis])
            sizes[place] = stop - begin
            source = layers.add(node, "slice", [source], tuple(sizes), options)
        if stride > 1:  # a window of one value keeps it: so each n-th one is left
            steps_of = [stride if i == place else 1 for i in range(1, len(sizes))]
            sizes[place] = -(-sizes[place] // stride)
            kept = {"kernel": 1, "stride": compact(steps_of)}
            source = layers.add(node, "max_pool", [source], tuple(sizes), kept)
    return source


def gather(node: Node, layers: Layers) -> int | str:
    """Gather of one place of an axis."""
    x, places = layers.value(node.inputs[0]), layers.array(node, 1)
    if x.constant or places is None or places.size != 1:
        raise Outside("it picks several places")
    axis = index_of(node.attributes.get("axis", 0), len(x.shape or ()))
    size, name = (x.shape or ())[axis], axis_name(x, axis)
    first = index_of(int(places.reshape(-1)[0]), size, "place")
    source, cut = layers.shown(x), [*x.sample]
    if size > 1:
        cut[names_of(x.sample).index(name)] = 1
        source = layers.add(node, "slice", [source], tuple(cut), _range(name, first, 1, size))
    return reshape(node, layers, source, cut, layers.value(node.outputs[0]).sample)


def pad(node: Node, layers: Layers) -> int | str:
    """Pad of places; of zeros behind the channels it is `zero_pad_shortcut`."""
    x = layers.plain(node)
    pads = ints_of(node, layers, 1, "pads")
    rank = len(x.shape or ())
    axes = ints_of(node, layers, 3, "axes") or [*range(rank)]
    before, after = [0] * rank, [0] * rank
    for axis, low, high in zip(axes, pads[: len(axes)], pads[len(axes) :], strict=True):
        before[axis], after[axis] = low, high
    array = layers.array(node, 2) if len(node.inputs) > 2 else None
    value = node.attributes.get("value", 0.0) if array is None else float(array.reshape(-1)[0])
    mode = node.attributes.get("mode", b"constant").decode()
    modes = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}
    if value == -inf and _for_maxima(node, layers):
        value = _LOWEST
    out, source = layers.value(node.outputs[0]).sample, layers.shown(x)
    if not any((*before, *after)):
        return source
    channels_alone = not any((*before, after[0], *after[2:])) and mode == "constant" and not value
    if channels_alone and after[1] > 0:
        return layers.add(node, "zero_pad_shortcut", [source], out, {"filters": out[0]})
    if any((before[0], after[0], before[1], after[1])) or min(*before, *after) < 0 or mode not in modes:
        raise Outside("it pads more than places")
    options = sides(before[2:], after[2:])
    options |= {} if mode == "constant" else {"mode": modes[mode]}
    options |= {"value": value} if value else {}
    return layers.add(node, "pad", [source], out, options)


def _for_maxima(node: Node, layers: Layers) -> bool:
    """Say whether only maxima of what a node puts out are read."""
    readers = [each for each in layers.model.nodes if node.outputs[0] in each.inputs]
    return node.outputs[0] not in layers.model.outputs and all(each.op == "MaxPool" for each in readers)


def _range(name: str, start: int, size: int, whole: int) -> dict[str, Any]:
    options: dict[str, Any] = {} if name == "channels" else {"axis": name}
    options |= {"start": start} if start else {}
    return options | ({"stop": start + size} if start + size < whole else {})
