"""Spec -> Graph: the layers in order, each wired to what it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.errors import Problem, SpecError
from cnnstat.graph.unfold import Group, Node, unfold

if TYPE_CHECKING:
    from cnnstat.spec.choice import Spec

INPUT = -1
"""The number of the network's input among ``Node.inputs``."""


class Graph(Struct, frozen=True):
    """A network as layers in reading order. A node reads nodes of lower numbers, or `INPUT`."""

    spec: Spec
    nodes: tuple[Node, ...]
    groups: tuple[Group, ...]
    outputs: tuple[int, ...]

    def name(self, number: int) -> str:
        """Return the path of a node, or ``input``."""
        return "input" if number == INPUT else self.nodes[number].path


def build(spec: Spec) -> Graph:
    """Unfold a spec and wire its layers.

    Raises:
        SpecError: with every problem in types, options and names; then with every layer nobody reads.
    """
    template, outputs = unfold(spec)
    if not template.nodes:
        raise SpecError([Problem("graph/empty", "every layer is left out", spec.family.span)])
    graph = Graph(spec, template.nodes, template.groups, outputs)
    problems = _unread(graph)
    if problems:
        raise SpecError(problems)
    return graph


def _unread(graph: Graph) -> list[Problem]:
    read = {number for node in graph.nodes for number in node.inputs} | set(graph.outputs)
    return [
        Problem(
            "graph/unread",
            f"no layer reads '{node.path}'; name it in a 'from:', list it under 'outputs:' or remove it",
            node.entry.span,
        )
        for number, node in enumerate(graph.nodes)
        if number not in read
    ]
