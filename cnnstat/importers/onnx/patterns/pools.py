"""Adaptive pools in pieces: cells are gathered bin by bin and then reduced.

PyTorch's newer exporter has no operator for bins of unequal sizes, nor has ONNX. So the cells of all bins are
picked by their numbers, those that a smaller bin lacks are blanked, and the rest is added up, in a number of
nodes that follows from the bins. What these compute of some numbers is what they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.importers.onnx.nodes.constants import evaluated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnnstat.importers.onnx.nodes.model import Model
    from cnnstat.importers.onnx.nodes.value import Node
    from cnnstat.layers.base import Shape

_PIECES = {
    *("Transpose", "GatherND", "Gather", "Where", "Add", "Div", "Mul", "Max"),
    *("ReduceMean", "ReduceSum", "ReduceMax", "Squeeze", "Unsqueeze"),
}
_MOST = 512
"""Nodes of one pool: two for each cell of its largest bin."""
_LARGEST = 1 << 22
"""Numbers that are worked out."""


class PoolFound(Struct, frozen=True):
    """A pool: its type, the bins of each axis, the value that it reads, and its nodes."""

    kind: str
    size: Shape
    x: str
    pieces: list[Node]


def pool_from(
    start: Node, model: Model, makers: Mapping[str, Node], after: Sequence[Node]
) -> PoolFound | None:
    """Return the pool that begins with a node, None where it is none; ``after`` are the nodes behind it."""
    values = model.values
    if start.op not in ("GatherND", "Gather") or start.domain or not values[start.inputs[1]].constant:
        return None
    first = makers.get(start.inputs[0])
    before = [first] if first is not None and start.op == "GatherND" and first.op == "Transpose" else []
    x = values[(before or [start])[0].inputs[0]]
    if x.batch != 0 or x.shape is None or len(x.shape) < 3 or values[start.inputs[1]].shape in ((), (1,)):
        return None
    import numpy as np  # noqa: PLC0415

    shape = (1, *x.sample)
    if np.prod(shape) > _LARGEST or x.shape[0] != 1:
        return None
    given = np.random.default_rng(1).permutation(int(np.prod(shape))).reshape(shape).astype(np.float32)
    known: dict[str, Any] = {x.name: given}
    for pieces in _prefixes([*before, start], model, after):
        node = pieces[-1]
        for each in pieces if len(pieces) == len(before) + 2 else [node]:
            if not _computed(each, model, known):
                return None
        y = known[node.outputs[0]]
        if y.ndim == given.ndim and y.shape[1] == given.shape[1] and _closed(pieces, model, after):
            for kind, reduce in (("adaptive_avg_pool", np.mean), ("adaptive_max_pool", np.max)):
                if np.allclose(y, _pooled(given, y.shape[2:], reduce), rtol=1e-5):
                    return PoolFound(kind, tuple(y.shape[2:]), x.name, pieces)
    return None


def _prefixes(begun: list[Node], model: Model, after: Sequence[Node]) -> Iterator[list[Node]]:
    """Yield the nodes that follow from what is begun and constants alone, ever more of them."""
    pieces, inside = [*begun], {name for node in begun for name in node.outputs}
    for node in after:
        open_ = [name for name in node.inputs if name and not model.values[name].constant]
        if not open_ or not inside.issuperset(open_):
            continue
        if node.op not in _PIECES or node.domain or len(pieces) > _MOST:
            continue
        pieces.append(node)
        inside.update(node.outputs)
        yield [*pieces]


def _closed(pieces: Sequence[Node], model: Model, after: Sequence[Node]) -> bool:
    """Say whether nothing but the last value of some nodes is read by others."""
    inner = {name for node in pieces[:-1] for name in node.outputs}
    own = {id(node) for node in pieces}
    return inner.isdisjoint(model.outputs) and all(
        inner.isdisjoint(node.inputs) for node in after if id(node) not in own
    )


def _computed(node: Node, model: Model, known: dict[str, Any]) -> bool:
    from onnx import helper  # noqa: PLC0415

    for name in node.inputs:
        if name and name not in known:
            known[name] = model.values[name].array
    feeds = {name: known[name] for name in node.inputs if name}
    if any(array is None or array.size > _LARGEST for array in feeds.values()):
        return False
    found = evaluated(
        helper.make_node(node.op, node.inputs, node.outputs, **node.attributes), feeds, model.opset
    )
    if found is None:
        return False
    known[node.outputs[0]] = found[0]
    return True


def _pooled(x: Any, counts: Shape, reduce: Any) -> Any:
    """Return the mean or the maximum of each bin: from floor(i·N/n) to ceil((i+1)·N/n)."""
    import numpy as np  # noqa: PLC0415

    for axis, count in enumerate(counts, 2):
        size = x.shape[axis]
        bins = [(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]
        x = np.stack([reduce(x.take(range(*each), axis), axis) for each in bins], axis)
    return x
