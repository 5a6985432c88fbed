"""Who reads a layer, who shares its parameters, and who is written by the same entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstat.graph.model import Graph
    from cnnstat.graph.nodes import LayerNode, Node


class Wiring:
    """The layers of a graph by what they have in common, looked up once."""

    def __init__(self, graph: Graph) -> None:
        self._readers: dict[int, list[LayerNode]] = {}
        self._sharing: dict[int, list[LayerNode]] = {}
        self._written: dict[int, list[LayerNode]] = {}
        for node in graph.layers:
            for number in dict.fromkeys(node.inputs):
                self._readers.setdefault(number, []).append(node)
            self._sharing.setdefault(node.owner, []).append(node)
            self._written.setdefault(id(node.entry), []).append(node)

    def readers(self, node: Node) -> tuple[LayerNode, ...]:
        """Return the layers that read a node, each once."""
        return tuple(self._readers.get(node.number, ()))

    def sharing(self, node: LayerNode) -> tuple[LayerNode, ...]:
        """Return the layers with the same parameters, itself among them."""
        return tuple(self._sharing[node.owner])

    def written_as(self, node: LayerNode) -> tuple[LayerNode, ...]:
        """Return the layers that one entry stands for, itself among them: those of a repeat or a block."""
        return tuple(self._written[id(node.entry)])
