"""Who reads a layer, who shares its parameters, and who is written by the same entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

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

    def readers(self, node: Node) -> list[LayerNode]:
        """Return the layers that read a node, each once."""
        return self._readers.get(node.number, [])

    def sharing(self) -> Collection[list[LayerNode]]:
        """Return the layers with parameters of their own, each with those that use them, too."""
        return self._sharing.values()

    def shares(self, node: LayerNode) -> bool:
        """Say whether a layer has its parameters together with others."""
        return len(self._sharing[node.owner]) > 1

    def written(self) -> Collection[list[LayerNode]]:
        """Return the layers that each entry stands for: those of a repeat, or of all calls of a block."""
        return self._written.values()
