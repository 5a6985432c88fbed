"""What a block unfolds to, and what becomes of that where the block is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.limits import PARTS
from cnnstat.graph.nodes import Group, LayerNode, Outputs

if TYPE_CHECKING:
    from cnnstat.graph.call import Call


class Placed(Struct, frozen=True):
    """What a call comes to: layers and groups by the numbers of the scope that it stands in.

    ``output`` is the node that it stands for, ``outputs`` are those that have names.
    """

    layers: tuple[LayerNode, ...]
    groups: tuple[Group, ...]
    output: int
    outputs: Outputs = ()


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

    def place(self, call: Call, start: int) -> Placed:
        """Return what a call of this block puts into a network, its layers numbered from ``start``.

        What the call reads stands in for the block's inputs. The first group is all of it.
        """
        stop = start + len(self.layers)
        numbers = (*call.inputs, *range(start, stop))
        outputs = tuple([(name, numbers[number]) for name, number in self.outputs])
        output = numbers[self.output]
        whole = Group(call.path, call.kind, start, stop, output, outputs, call.entry, call.index)
        groups = [group.under(call, start - len(call.inputs), numbers) for group in self.groups]
        layers = tuple([node.under(call, numbers) for node in self.layers])
        return Placed(layers, (whole, *groups), output, outputs)
