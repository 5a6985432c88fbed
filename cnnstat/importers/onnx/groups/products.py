"""Functions and products of values: what a number is multiplied with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cnnstat.importers.onnx.groups.near import Near, changed
from cnnstat.importers.onnx.patterns.shuffles import shuffle_of

if TYPE_CHECKING:
    from cnnstat.importers.onnx.layers import Built
    from cnnstat.layers.base import Shape

_SLOPE, _AMPLITUDE = 2 / 3, 1.7159
"""The defaults of `scaled_tanh`: two thirds are another number in float32."""


def scaled_tanh(near: Near, layer: Built) -> Built | None:
    """A·tanh(S·x)."""
    if layer.options.keys() != {"scale"}:
        return None
    tanh = near.before(layer, "tanh")
    line = near.before(tanh, "power", scale=None) if tanh else None
    if line is None:
        return None
    numbers = {
        "slope": (line.options["scale"], _SLOPE),
        "amplitude": (layer.options["scale"], _AMPLITUDE),
    }
    options = {name: value for name, (value, usual) in numbers.items() if abs(value - usual) > 1e-6}
    if not all(value > 0 for value, _ in numbers.values()):
        return None
    return changed(layer, "scaled_tanh", line.reads, options=options)


def scaled_product(near: Near, layer: Built) -> Built | None:
    """A number times a product of matrices."""
    product = near.before(layer, "matmul", transpose_a=None, transpose_b=None)
    if product is None or layer.options.keys() != {"scale"} or layer.options["scale"] <= 0:
        return None
    options = {**product.options, "scale": layer.options["scale"]}
    return replace(product, options=options)


def turned_product(near: Near, layer: Built) -> Built | None:
    """A product of matrices one of which is turned before, for products alone."""
    rank = len(layer.shape)
    swapped = [*range(rank - 2), rank - 1, rank - 2]
    reads, options = [*layer.reads], {**layer.options}
    for place, name in enumerate(("transpose_a", "transpose_b")):
        turned = near.shared(layer, "permute", place, order=swapped)
        if turned is not None and name not in options:
            reads[place], options[name] = turned.reads[0], True
    return replace(layer, reads=reads, options=options) if options != layer.options else None


def gate(near: Near, layer: Built) -> Built | None:
    """One half of an axis times the sigmoid of the other."""
    if len(layer.reads) != 2 or layer.options:
        return None
    gate = near.before(layer, "sigmoid", 1)
    halves = [
        near.built[n] if isinstance(n, int) else None for n in (layer.reads[0], gate.reads[0] if gate else "")
    ]
    if any(each is None or each.type not in ("split", "slice") for each in halves):
        return None
    first, second = (each for each in halves if each is not None)
    if near.readers[layer.reads[0]] != 1 or first.reads != second.reads or first is second:
        return None
    name = first.options.get("axis", "channels")
    takes = [_half(each, near.shape(each.reads[0])) for each in (first, second)]
    if takes != [0, 1] or second.options.get("axis", "channels") != name:
        return None
    return changed(layer, "glu", first.reads, options={} if name == "channels" else {"axis": name})


def _squared(near: Near, source: int | str) -> Built | None:
    """Return the difference that a value is the square of, if nobody else reads either."""
    if not isinstance(source, int) or near.readers[source] != 1:
        return None
    square = near.built[source]
    inner = square.reads[0] if square.reads else ""
    power = square.type == "power" and square.options == {"exponent": 2}
    product = square.type == "multiply" and square.reads == [inner, inner]
    if not isinstance(inner, int) or not (power or product) or near.readers[inner] != 1 + product:
        return None
    return near.built[inner] if near.built[inner].type == "subtract" else None


def distance(near: Near, layer: Built) -> Built | None:
    """The squared distance of a vector from each of some codes."""
    if layer.options.get("mode") != "sum" or layer.options.get("keepdims", True) or len(layer.shape) != 1:
        return None
    apart = _squared(near, layer.reads[0])
    codes = None
    if apart is not None and len(apart.reads) == 2:
        codes = near.before(apart, "parameter", 1, shape=None, frozen=None)
    row = near.before(apart, "reshape", 0, shape=None) if apart else None
    if codes is None or row is None or len(codes.shape) != 2 or codes.weights is not None:
        return None
    units, size = codes.shape
    if near.shape(row.reads[0]) != (size,) or row.shape != (1, size) or layer.shape != (units,):
        return None
    learned = near.says_trained and not codes.options.get("frozen")
    options = {"units": units, "learned": True} if learned else {"units": units}
    return changed(layer, "rbf", row.reads, options=options, tensors=codes.tensors)


def shuffle(near: Near, layer: Built) -> Built | None:
    """Channels that are dealt out, or exchanged with places."""
    turned = near.before(layer, "permute", order=None)
    parted = near.before(turned, "reshape", shape=None) if turned else None
    if turned is None or parted is None:
        return None
    order = [0, *(axis + 1 for axis in turned.options["order"])]
    found = shuffle_of(near.shape(parted.reads[0]), parted.shape, order, layer.shape)
    kinds = {
        "channel_shuffle": ("channel_shuffle", "groups", "groups"),
        "pixel_unshuffle": ("pixel_unshuffle", "factor", "blocksize"),
        "DepthToSpace": ("pixel_shuffle", "factor", "blocksize"),
    }
    if found is None or found[0] not in kinds or found[2].get("mode") == b"DCR":
        return None
    kind, option, key = kinds[found[0]]
    return changed(layer, kind, parted.reads, options={option: found[2][key]})


def _half(layer: Built, before: Shape) -> int | None:
    """Return which half of an axis a layer takes, None for another part."""
    if layer.type == "split":
        return layer.options["take"] if layer.options["parts"] == 2 else None
    start, axis = layer.options.get("start", 0), layer.options.get("axis", "channels")
    place = 0 if axis == "channels" else None
    if place is None or 2 * layer.shape[place] != before[place]:
        return None
    return {0: 0, layer.shape[place]: 1}.get(start)
