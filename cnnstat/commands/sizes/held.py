"""What holds a network at its size where no weights do: a layer whose output does not follow its input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.errors import Misfit
from cnnstat.graph.nodes import InputNode
from cnnstat.layers.base import size_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.sizes.trial import Tries, Walked
    from cnnstat.graph.nodes import LayerNode
    from cnnstat.layers.base import Shape

_GROWTH = 64  # beyond what strides round to the same size

Held = tuple[int, int]
"""The layer whose output keeps its size, and the one that refuses others; or that twice, if it does both."""


def held(tries: Tries, own: Walked, refused: tuple[Shape, ...]) -> Held | None:
    """Return what holds a network at its own size, given shapes of the inputs that it refuses.

    None where the network takes the shapes after all.
    """
    shapes = dict(enumerate(refused))
    for node, _, figures in tries.walk.steps(refused):
        if isinstance(figures, Misfit):
            keepers = (number for source in node.inputs for number in _keepers(tries, own, shapes, source))
            return next(keepers, node.number), node.number
        shapes[node.number] = figures.shape
    return None


def _keepers(tries: Tries, own: Walked, shapes: dict[int, Shape], number: int) -> Iterator[int]:
    """Yield the layers that keep their size, from a node upwards through what is as at the own size."""
    waiting, passed = [number], set[int]()
    while waiting:
        number = waiting.pop(0)
        node = tries.graph.nodes[number]
        if isinstance(node, InputNode) or number in passed or shapes[number] != own.shapes[number]:
            continue
        passed.add(number)
        if _keeps(node, tuple(own.shapes[source] for source in node.inputs)):
            yield number
        waiting += _sizing(node)


def _sizing(node: LayerNode) -> tuple[int, ...]:
    """Return the inputs that a layer's size follows from: those that lend theirs, if there are any."""
    first = node.layer.values_from
    return node.inputs if first is None else node.inputs[first:] or node.inputs


def _keeps(node: LayerNode, read: tuple[Shape, ...]) -> bool:
    """Say whether a layer puts out the same shape for much larger inputs, or makes a map of a vector."""
    if all(len(shape) == 1 for shape in read):
        return len(node.layer.sizes(read)) > 1
    larger = tuple((shape[0], *(size * _GROWTH for size in shape[1:])) for shape in read)
    try:
        return size_of(node.layer.sizes(larger)) == size_of(node.layer.sizes(read))
    except Misfit:
        return False
