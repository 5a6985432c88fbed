"""What a block unfolds to, and what becomes of that where the block is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.limits import PARTS
from cnnstat.graph.nodes import Group, LayerNode, Outputs

if TYPE_CHECKING:
    from cnnstat.spec.expression import Value
    from cnnstat.spec.model import Entry


class Call(Struct, frozen=True):
    """One layer or block that an entry asks for, with all values settled.

    ``kind`` is a layer type or a block's name, ``inputs`` are numbers of nodes, and ``index`` says, of a
    repeat, which repetition it is. ``lenders`` are the layers whose parameters it uses, none for its own.
    """

    entry: Entry
    kind: str
    path: str
    inputs: tuple[int, ...]
    arguments: dict[str, Value]
    frozen: bool
    index: int | None
    lenders: tuple[LayerNode, ...] = ()


class Template(Struct, frozen=True):
    """A list of entries unfolded: its layers, the groups within it, its output, and those that have names.

    Nodes are numbered as in a whole graph: first the inputs of the list, then its layers.
    """

    layers: tuple[LayerNode, ...]
    groups: tuple[Group, ...]
    output: int
    outputs: Outputs = ()

    @property
    def steps(self) -> int:
        """Return what a call of it counts for."""
        return len(self.layers) + len(self.groups) + sum(len(node.inputs) // PARTS for node in self.layers)

    def called(self, call: Call, start: int) -> Template:
        """Return this template of a block as a call has it, its layers numbered from ``start``.

        What the call reads stands in for the block's inputs. The first group is all of it.
        """
        stop = start + len(self.layers)
        numbers = (*call.inputs, *range(start, stop))
        outputs = tuple([(name, numbers[number]) for name, number in self.outputs])
        output = numbers[self.output]
        whole = Group(call.path, call.kind, start, stop, output, outputs, call.entry, call.index)
        groups = [group.under(call, start - len(call.inputs), numbers) for group in self.groups]
        layers = tuple([node.under(call, numbers) for node in self.layers])
        return Template(layers, (whole, *groups), output, outputs)
