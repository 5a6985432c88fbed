"""Spec -> Graph: the inputs and the layers in order, each wired to what it reads."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.base.arguments import named_inputs
from cnnstat.base.errors import ArgumentError, Problem, Problems, SpecError
from cnnstat.graph.nodes import Group, InputNode, LayerNode, Node
from cnnstat.graph.unfold import unfold
from cnnstat.layers.opaque import Opaque

if TYPE_CHECKING:
    from cnnstat.base.arguments import Inputs
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

    def __repr__(self) -> str:
        """Return the network in a line: all its nodes would fill pages."""
        shapes = ", ".join("x".join(map(str, shape)) for shape in self.input_shapes)
        return f"<Graph of {self.spec.name} ({shapes}): {len(self.layers)} layers>"

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Return every node by its number."""
        return (*self.inputs, *self.layers)

    @cached_property
    def holders(self) -> tuple[int, ...]:
        """Return for each node the one whose memory holds its numbers: itself, or what it is a view of.

        A part of a map that is cut out by `split` or `slice` is the map's own numbers, read from another
        place on, in NumPy and PyTorch alike. It takes no memory, and the map stays as long as anybody reads
        one of its parts.
        """
        found = list(range(len(self.inputs)))
        for node in self.layers:
            found.append(found[node.inputs[0]] if node.layer.view else node.number)
        return tuple(found)

    @cached_property
    def without(self) -> dict[str, int]:
        """Return the layers whose figures are unknown, and how many nodes of a model each stands for.

        Sums are without them.
        """
        opaque = ((node.path, node.layer) for node in self.layers)
        return {name: layer.nodes for name, layer in opaque if isinstance(layer, Opaque) and not layer.part}

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        """Return the shape of every input."""
        return tuple(node.shape for node in self.inputs)

    @property
    def input_shape(self) -> Shape:
        """Return the shape of the only input, or of the first."""
        return self.inputs[0].shape

    @property
    def as_published(self) -> bool:
        """Say whether all inputs are the spec's own, which published figures are for."""
        return {node.path: node.shape for node in self.inputs} == self.spec.inputs

    def on(self, shapes: Inputs) -> Graph:
        """Return the network on other inputs (one sample, channels first), by name if it has several.

        Raises:
            ArgumentError: there is no such input, or that is no shape of one.
        """
        given = named_inputs(shapes, {node.path: node.shape for node in self.inputs})
        nodes = tuple(replace(node, shape=given.get(node.path, node.shape)) for node in self.inputs)
        return replace(self, inputs=nodes)

    def input_number(self, name: str | None) -> int:
        """Return the number of an input by its name; of the first without one.

        Raises:
            ArgumentError: there is none of this name.
        """
        names = [node.path for node in self.inputs]
        if name is None:
            return 0
        if name not in names:
            raise ArgumentError(f"the network has no input '{name}', but {', '.join(names)}")
        return names.index(name)

    def name(self, number: int) -> str:
        """Return the path of a node."""
        return self.nodes[number].path


def build(spec: Spec) -> Graph:
    """Unfold a spec and wire its layers.

    Raises:
        SpecError: with every problem in types, options and names; then with every layer nobody reads.
    """
    inputs = tuple(InputNode(i, name, shape) for i, (name, shape) in enumerate(spec.inputs.items()))
    template, outputs = unfold(spec, tuple(node.path for node in inputs))
    contents = template.contents
    if not contents.count:
        raise SpecError([Problem("graph/empty", "every layer is left out", spec.family.span)])
    graph = Graph(spec, inputs, tuple(contents.layers), tuple(contents.groups), outputs)
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
    for given in graph.inputs:
        if given.number not in read and len(graph.inputs) > 1:
            message = f"no layer reads the input '{given.path}'; name it in a 'from:' or remove it"
            problems.add(Problem("graph/unread", message, graph.spec.family.input_span))
    for node in graph.layers:
        if node.number not in read and not node.entry.unused:
            way_out = "name it in a 'from:' or under 'outputs:', write 'unused: true' beside it, or remove it"
            message = f"no layer reads '{node.path}'; {way_out}"
            problems.add_instance(Problem("graph/unread", message, node.entry.span))
    problems.stop_if_any()
