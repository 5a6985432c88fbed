"""Spec -> Graph: the inputs and the layers in order, each wired to what it reads."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.base.arguments import check_shape
from cnnstat.base.errors import Problem, Problems, SpecError
from cnnstat.graph.nodes import Group, InputNode, LayerNode, Node
from cnnstat.graph.unfold import unfold

if TYPE_CHECKING:
    from cnnstat.layers.base import Shape
    from cnnstat.spec.choice import Spec


class Graph(Struct, frozen=True, dict=True):
    """A network: its inputs, and its layers in reading order. A node reads nodes of lower numbers.

    One numbering runs through all nodes, the inputs first. So what is known of each node (shape, receptive
    field, who reads it last) is one list by number, without a case for inputs, and another input is another
    entry. Inputs and layers are two tuples, because an input has no options, no entry in the spec and no
    figures: whoever goes through layers need not ask each node which of both it is.
    """

    spec: Spec
    inputs: tuple[InputNode, ...]
    layers: tuple[LayerNode, ...]
    groups: tuple[Group, ...]
    outputs: tuple[int, ...]

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Return every node by its number."""
        return (*self.inputs, *self.layers)

    @property
    def input(self) -> InputNode:
        """Return the only input; whatever goes by the network's one input, asks here."""
        (only,) = self.inputs
        return only

    @property
    def input_shape(self) -> Shape:
        """Return the shape of the only input."""
        return self.input.shape

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        """Return the shape of every input."""
        return tuple(node.shape for node in self.inputs)

    @property
    def as_published(self) -> bool:
        """Say whether the input is the spec's own, which published figures are for."""
        return self.input_shapes == (self.spec.input_shape,)

    def on(self, input_shape: Shape) -> Graph:
        """Return the network on another input (one sample, channels first).

        Raises:
            ArgumentError: that is no input shape.
        """
        check_shape(input_shape)
        return replace(self, inputs=(replace(self.input, shape=input_shape),))

    def name(self, number: int) -> str:
        """Return the path of a node."""
        return self.nodes[number].path


def build(spec: Spec) -> Graph:
    """Unfold a spec and wire its layers.

    Raises:
        SpecError: with every problem in types, options and names; then with every layer nobody reads.
    """
    inputs = (InputNode(0, "input", spec.input_shape),)
    template, outputs = unfold(spec, tuple(node.path for node in inputs))
    if not template.layers:
        raise SpecError([Problem("graph/empty", "every layer is left out", spec.family.span)])
    graph = Graph(spec, inputs, template.layers, template.groups, outputs)
    _check_read(graph)
    return graph


def _check_read(graph: Graph) -> None:
    """Refuse layers whose output nobody reads, unless they are declared so.

    Raises:
        SpecError: there are some.
    """
    problems = Problems()
    read = {number for node in graph.layers for number in node.inputs} | set(graph.outputs)
    for group in graph.groups:
        if group.entry.unused:
            read.update((group.output, *dict(group.outputs).values()))
    for node in graph.layers:
        if node.number not in read and not node.entry.unused:
            way_out = "name it in a 'from:' or under 'outputs:', write 'unused: true' beside it, or remove it"
            message = f"no layer reads '{node.path}'; {way_out}"
            problems.add_instance(Problem("graph/unread", message, node.entry.span))
    problems.stop_if_any()
