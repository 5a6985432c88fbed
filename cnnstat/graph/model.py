"""Spec -> Graph: the layers in order, each wired to what it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.base.arguments import check_shape
from cnnstat.base.errors import Problem, SpecError
from cnnstat.graph.unfold import Group, Node, unfold

if TYPE_CHECKING:
    from cnnstat.layers.base import Shape
    from cnnstat.spec.choice import Spec

INPUT = -1
"""The number of the network's input among ``Node.inputs``."""


class Graph(Struct, frozen=True):
    """A network as layers in reading order, on one input. A node reads nodes of lower numbers, or `INPUT`."""

    spec: Spec
    input_shape: Shape
    nodes: tuple[Node, ...]
    groups: tuple[Group, ...]
    outputs: tuple[int, ...]

    @property
    def as_published(self) -> bool:
        """Say whether the input is the spec's own, which published figures are for."""
        return self.input_shape == self.spec.input_shape

    def on(self, input_shape: Shape) -> Graph:
        """Return the network on another input (one sample, channels first).

        Raises:
            ArgumentError: that is no input shape.
        """
        check_shape(input_shape)
        return replace(self, input_shape=input_shape)

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
    graph = Graph(spec, spec.input_shape, template.nodes, template.groups, outputs)
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
