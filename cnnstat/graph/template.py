"""What a block unfolds to, and what becomes of that where the block is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.layers.base import Layer
    from cnnstat.spec.expression import Value
    from cnnstat.spec.model import Entry


class Call(Struct, frozen=True):
    """One layer or block that an entry asks for, with all values settled.

    ``kind`` is a layer type or a block's name, ``inputs`` are numbers of nodes (negative for inputs of the
    scope), and ``index`` says, of a repeat, which repetition it is.
    """

    entry: Entry
    kind: str
    path: str
    inputs: tuple[int, ...]
    arguments: dict[str, Value]
    frozen: bool
    index: int | None


class Node(Struct, frozen=True, gc=False):  # there are thousands, and none is part of a cycle
    """One layer in its place: its path, what it reads (numbers of nodes, negative for inputs).

    ``frozen``: training leaves its parameters as they are. ``index``: of a repeat, which repetition it is.
    """

    path: str
    type: str
    layer: Layer
    inputs: tuple[int, ...]
    entry: Entry
    frozen: bool
    index: int | None

    def under(self, call: Call, numbers: Sequence[int]) -> Node:
        """Return this node of a block as a call of the block has it; ``numbers`` are those it then has."""
        path, inputs = f"{call.path}.{self.path}", tuple([numbers[number] for number in self.inputs])
        frozen = call.frozen or self.frozen
        return Node(path, self.type, self.layer, inputs, self.entry, frozen, self.index)


class Group(Struct, frozen=True, gc=False):
    """The nodes ``start`` to ``stop`` (not included) of one call of a block, or of a whole repeat.

    ``index``: of a repeat, which repetition it is; the whole repeat has none.
    """

    path: str
    type: str
    start: int
    stop: int
    output: int
    entry: Entry
    index: int | None

    def under(self, call: Call, base: int, output: int) -> Group:
        """Return this group of a block as a call of the block has it, behind ``base`` nodes."""
        path, start, stop = f"{call.path}.{self.path}", base + self.start, base + self.stop
        return Group(path, self.type, start, stop, output, self.entry, self.index)


class Template(Struct, frozen=True):
    """A list of entries unfolded: its layers, the groups within it, and the number of its output."""

    nodes: tuple[Node, ...]
    groups: tuple[Group, ...]
    output: int

    def called(self, call: Call, base: int) -> Template:
        """Return this template of a block as a call has it, behind ``base`` nodes; its first group is all."""
        stop = base + len(self.nodes)
        # Nodes count from 0 and inputs from -1 downwards: the first input comes last.
        numbers = (*range(base, stop), *reversed(call.inputs))
        output = numbers[self.output]
        whole = Group(call.path, call.kind, base, stop, output, call.entry, call.index)
        groups = [group.under(call, base, numbers[group.output]) for group in self.groups]
        nodes = tuple([node.under(call, numbers) for node in self.nodes])
        return Template(nodes, (whole, *groups), output)
