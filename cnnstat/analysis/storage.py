"""Which activations take memory of their own: not those that are views of others.

A part of a map that is cut out by `split` or `slice` is the map's own numbers, read from another place on, in
NumPy and PyTorch alike. It takes no memory, and the map stays as long as anybody reads one of its parts.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.graph.model import Graph
    from cnnstat.layers.base import Shape


def storage(graph: Graph) -> tuple[int, ...]:
    """Return for each node the one whose memory holds its numbers: itself, or what it is a view of."""
    found = list(range(len(graph.inputs)))
    for node in graph.layers:
        found.append(found[node.inputs[0]] if node.layer.view else node.number)
    return tuple(found)


def stored_activations(storage: Iterable[int], shapes: Iterable[Shape]) -> list[int]:
    """Return for each node, by its number, how many numbers its output takes memory for: none of a view."""
    nodes = zip(storage, shapes, strict=True)
    return [prod(shape) if number == holder else 0 for number, (holder, shape) in enumerate(nodes)]
