"""The nodes of a model by what they put out and what they read, while some are replaced by others."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstat.importers.onnx.nodes.model import Model
    from cnnstat.importers.onnx.nodes.value import Node


class Wired:
    """A model's nodes. ``gone`` are those that have become part of another one, by their identity.

    ``maker`` is the node that puts a value out, ``users`` are those that read it, ``order`` is where a node
    stands.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.maker: dict[str, Node] = {}
        self.users: dict[str, list[Node]] = defaultdict(list)
        for node in model.nodes:
            for name in node.outputs:
                self.maker[name] = node
            for name in node.inputs:
                self.users[name].append(node)
        self.order = {id(node): number for number, node in enumerate(model.nodes)}
        self.gone: set[int] = set()

    def drop(self) -> None:
        """Leave out what has become part of another node, and what nothing that is put out depends on."""
        needed, left = {*self.model.outputs}, []
        for node in reversed(self.model.nodes):
            wanted = node.noted is not None or not needed.isdisjoint(node.outputs)
            if wanted and id(node) not in self.gone:
                needed.update(node.inputs)
                left.append(node)
        self.model.nodes = left[::-1]

    def alone(self, name: str) -> bool:
        """Say whether a value is read by one node and is no output."""
        return len(self.users[name]) == 1 and name not in self.model.outputs

    def next(self, node: Node, op: str) -> Node | None:
        """Return the only reader of a node's output, if it is of this kind."""
        if not self.alone(node.outputs[0]):
            return None
        reader = self.users[node.outputs[0]][0]
        return reader if reader.op == op and id(reader) not in self.gone else None
