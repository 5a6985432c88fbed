"""What a block unfolds to, and what becomes of that where the block is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.base.limits import PARTS
from cnnstat.graph.nodes import Group, LayerNode, Outputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.graph.call import Call


class Template(Struct, frozen=True):
    """A list of entries unfolded: its layers, the groups within it, its output, and those that have names.

    Nodes are numbered as in a whole graph: first the inputs of the list, then its layers.
    """

    contents: Contents
    output: int
    outputs: Outputs = ()


class Placed(Struct, frozen=True):
    """What a call of a block puts into a network, by the numbers of the scope that it stands in.

    Its layers are numbered from ``start``. What the call reads stands in for the block's inputs.
    """

    template: Template
    call: Call
    start: int

    @property
    def output(self) -> int:
        """Return the node that it stands for."""
        return self._number(self.template.output)

    @property
    def outputs(self) -> Outputs:
        """Return the nodes that have names."""
        return tuple([(name, self._number(number)) for name, number in self.template.outputs])

    @property
    def layers(self) -> tuple[LayerNode, ...]:
        """Return its layers."""
        numbers = self._numbers
        return tuple([node.under(self.call, numbers) for node in self.template.contents.layers])

    @property
    def groups(self) -> tuple[Group, ...]:
        """Return its groups, the first of which is all of it."""
        call, start, numbers = self.call, self.start, self._numbers
        stop = start + self.template.contents.count
        whole = Group(call.path, call.kind, start, stop, self.output, self.outputs, call.entry, call.index)
        shift = start - len(call.inputs)
        return (whole, *[group.under(call, shift, numbers) for group in self.template.contents.groups])

    @property
    def _numbers(self) -> tuple[int, ...]:
        return (*self.call.inputs, *range(self.start, self.start + self.template.contents.count))

    def _number(self, number: int) -> int:
        inputs = self.call.inputs
        return inputs[number] if number < len(inputs) else self.start + number - len(inputs)


Content: TypeAlias = LayerNode | Group | Placed


class Contents:
    """The layers and groups of a list of entries, as far as it has been gone through.

    Those of calls are made when somebody asks for them: of a spec that is refused in the end, nobody does.
    ``count`` says how many layers there are, ``steps`` what a call of them all counts for.
    """

    def __init__(self) -> None:
        self.count = self.steps = 0
        self._layers: list[LayerNode] = []
        self._groups: list[Group] = []
        self._waiting: list[Content] = []

    def add(self, content: Content) -> None:
        """Add what comes next."""
        self._waiting.append(content)
        self.steps += 1
        if isinstance(content, LayerNode):
            self.count += 1
            self.steps += len(content.inputs) // PARTS
        elif isinstance(content, Placed):
            self.count += content.template.contents.count
            self.steps += content.template.contents.steps

    def add_made(self, layers: Iterable[LayerNode], groups: Iterable[Group]) -> None:
        """Add a call that is not as its block has it."""
        for layer in layers:
            self.add(layer)
        for group in groups:
            self.add(group)

    @property
    def layers(self) -> Sequence[LayerNode]:
        """Return the layers so far."""
        self._make()
        return self._layers

    @property
    def groups(self) -> Sequence[Group]:
        """Return the groups so far."""
        self._make()
        return self._groups

    def _make(self) -> None:
        for content in self._waiting:
            if isinstance(content, LayerNode):
                self._layers.append(content)
            elif isinstance(content, Group):
                self._groups.append(content)
            else:
                self._layers += content.layers
                self._groups += content.groups
        self._waiting.clear()
