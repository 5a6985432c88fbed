"""Which axis of a value numbers the samples. ONNX has no word for it; a spec's shapes are without it."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstat.importers.onnx.value import Node, Value
    from cnnstat.layers.base import Shape

_FOLDING = {"Reshape", "Flatten", "Squeeze", "Unsqueeze"}


def batch_axis(node: Node, known: list[Value], inputs: list[Value], shape: Shape) -> int | None:
    """Return the axis of samples of what a node puts out; None where they are folded into another.

    ``known`` are the inputs whose axis is known, at least one.
    """
    first = known[0]
    axis, own = first.batch or 0, first.shape or ()
    samples = own[axis]
    found: int | None = axis
    if node.op == "Transpose":
        order = node.attributes.get("perm") or [*range(len(own))][::-1]
        found = [*order].index(axis)
    elif node.op in _FOLDING:
        found = _folded(own, axis, shape)
    elif node.op.startswith("Reduce") and len(shape) < len(own):
        found = axis - _fewer(node, inputs, axis, len(own))
    elif node.op == "Gather" and len(shape) != len(own):
        along = node.attributes.get("axis", 0) % len(own)
        found = axis + (len(shape) - len(own) if along < axis else 0)
    elif len(shape) > len(own):  # broadcasting adds axes in front
        found = axis + len(shape) - len(own)
    return found if found is not None and found < len(shape) and shape[found] == samples else None


def _folded(own: Shape, axis: int, shape: Shape) -> int | None:
    """Return the axis that has as many numbers before it, and as many samples."""
    before = prod(own[:axis])
    places = [i for i, size in enumerate(shape) if size == own[axis] and prod(shape[:i]) == before]
    return axis if axis in places else next(iter(places), None)


def _fewer(node: Node, inputs: list[Value], axis: int, rank: int) -> int:
    """Return how many axes before this one are reduced away."""
    axes = node.attributes.get("axes")
    if axes is None and len(inputs) > 1 and inputs[1].array is not None:
        axes = inputs[1].array.tolist()
    return sum(each % rank < axis for each in axes or ())
