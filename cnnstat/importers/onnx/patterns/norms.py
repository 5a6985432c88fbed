"""A layer norm in pieces, as opsets before 17 write it: (x - mean)/sqrt(variance + eps)·scale + shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnnstat.importers.onnx.nodes.value import Node, Value


class NormFound(Struct, frozen=True):
    """What is normed along its last axis, by which eps, and the nodes of it before the division."""

    x: str
    eps: float
    pieces: tuple[Node, ...]


def norm_before(node: Node, makers: Mapping[str, Node], values: Mapping[str, Value]) -> NormFound | None:
    """Return the norm that a division ends, None where it is another division."""
    if node.op != "Div" or node.domain:
        return None
    centred, root = (makers.get(name) for name in node.inputs)
    added = _maker(root, "Sqrt", makers)
    if centred is None or centred.op != "Sub" or root is None or added is None or added.op != "Add":
        return None
    means = makers.get(centred.inputs[1])
    eps = next((values[name].array for name in added.inputs if values[name].array is not None), None)
    variance = next((makers[name] for name in added.inputs if name in makers), None)
    if means is None or variance is None or eps is None or eps.size != 1:
        return None
    squares, x = makers.get(variance.inputs[0]), centred.inputs[0]
    if squares is None or not _is_square(squares, centred.outputs[0], values) or means.inputs[0] != x:
        return None
    if not all(_is_mean_of_last(each, values) for each in (means, variance)):
        return None
    return NormFound(x, float(eps.reshape(-1)[0]), (centred, root, added, means, variance, squares))


def scale_behind(
    node: Node, size: int, follower: Callable[[Node, str], Node | None], values: Mapping[str, Value]
) -> tuple[Node, list[str]]:
    """Return the last node of a norm, and the scale and the shift that stand behind it: both or neither."""
    product = follower(node, "Mul")
    total = follower(product, "Add") if product else None
    if product is None or total is None:
        return node, []
    named = [next((name for name in each.inputs if values[name].constant), "") for each in (product, total)]
    if any(not name or values[name].shape != (size,) for name in named):
        return node, []
    return total, named


def _maker(node: Node | None, op: str, makers: Mapping[str, Node]) -> Node | None:
    return makers.get(node.inputs[0]) if node is not None and node.op == op else None


def _is_square(node: Node, name: str, values: Mapping[str, Value]) -> bool:
    if node.op == "Mul":
        return node.inputs == [name, name]
    exponent = values[node.inputs[1]].array if node.op == "Pow" else None
    return exponent is not None and exponent.size == 1 and exponent.item() == 2 and node.inputs[0] == name


def _is_mean_of_last(node: Node, values: Mapping[str, Value]) -> bool:
    if node.op != "ReduceMean" or not node.attributes.get("keepdims", 1):
        return False
    rank = len(values[node.inputs[0]].shape or ())
    axes = node.attributes.get("axes")
    if axes is None and len(node.inputs) > 1 and values[node.inputs[1]].array is not None:
        axes = values[node.inputs[1]].array.reshape(-1).tolist()
    return axes is not None and [axis % max(rank, 1) for axis in axes] == [rank - 1]
