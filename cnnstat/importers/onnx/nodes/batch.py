"""Which axis of a value numbers the samples. ONNX has no word for it; a spec's shapes are without it."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.importers.onnx.nodes.value import Node, Value
    from cnnstat.layers.base import Shape

_FOLDING = {"Reshape", "Flatten", "Squeeze", "Unsqueeze"}

Samples: TypeAlias = tuple[int | None, tuple[int, int]]
"""The axis of samples, None where it is not known, and what of a sample is folded into it: how many values
stand outside of the samples, and how many inside."""

PLAIN = (1, 1)
UNKNOWN: Samples = (None, PLAIN)


def samples_of(node: Node, known: list[Value], inputs: list[Value], shape: Shape) -> Samples:
    """Return where the samples are in what a node puts out.

    ``known`` are the inputs of which it is known, at least one.
    """
    first = known[0]
    axis, own = first.batch or 0, first.shape or ()
    found = axis
    if node.op == "Transpose":
        order = node.attributes.get("perm") or [*range(len(own))][::-1]
        found = [*order].index(axis)
    elif node.op in _FOLDING:
        return _folded(first, shape)
    elif node.op.startswith("Reduce") and len(shape) < len(own):
        found = axis - _fewer(node, inputs, axis, len(own))
    elif node.op == "Gather" and len(shape) != len(own):
        along = node.attributes.get("axis", 0) % len(own)
        found = axis + (len(shape) - len(own) if along < axis else 0)
    elif len(shape) > len(own):  # broadcasting adds axes in front
        found = axis + len(shape) - len(own)
    return (found, first.folded) if found < len(shape) and shape[found] == own[axis] else UNKNOWN


def _folded(value: Value, shape: Shape) -> Samples:
    """Return the axis that has as many numbers before the samples, with as few as may be folded into it."""
    axis, own, (outer, inner) = value.batch or 0, value.shape or (), value.folded
    count, before = own[axis] // max(outer * inner, 1), prod(own[:axis]) * outer
    places: list[tuple[int, int, int]] = []
    for number, size in enumerate(shape):
        outside, rest = divmod(before, max(prod(shape[:number]), 1))
        if not rest and outside and count and not size % (outside * count):
            places.append((outside, size // (outside * count), number))
    if (1, 1, axis) in places:
        return axis, PLAIN
    if not places:
        return UNKNOWN
    outer, inner, found = min(places, key=lambda place: (place[0] * place[1], place))
    return found, (outer, inner)


def _fewer(node: Node, inputs: list[Value], axis: int, rank: int) -> int:
    """Return how many axes before this one are reduced away."""
    axes = node.attributes.get("axes")
    if axes is None and len(inputs) > 1 and inputs[1].array is not None:
        axes = inputs[1].array.tolist()
    return sum(each % rank < axis for each in axes or ())


def unmixed(values: dict[str, Value], outputs: Iterable[str]) -> None:
    """Take no axis of samples for known in outputs of a model in which they are within another one.

    What is laid out so on the way is laid back, as heads of attention. An output stays: several samples in a
    row are what no layer can put out, unless they stand one behind the other along the first axis.
    """
    for name in outputs:
        value = values[name]
        if value.batch is None or value.folded == PLAIN:
            continue
        count = (value.shape or ())[value.batch] // max(prod(value.folded), 1)
        if count > 1 and (value.batch or value.folded[0] > 1):
            values[name] = replace(value, batch=None, folded=PLAIN)
