"""The nodes of a graph: its inputs, and the layers behind them; and the groups that layers stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.base.errors import Span
    from cnnstat.graph.call import Call
    from cnnstat.layers.base import Layer, Shape
    from cnnstat.spec.model import Entry


Outputs: TypeAlias = tuple[tuple[str, int], ...]
"""What a block puts out: names, and the nodes that they stand for."""


class InputNode(Struct, frozen=True, gc=False):
    """An input of the network: it reads nothing and brings one sample of ``shape``, channels first."""

    number: int
    path: str
    shape: Shape
    type: ClassVar[str] = "input"
    inputs: ClassVar[tuple[int, ...]] = ()
    values: ClassVar[tuple[int, ...]] = ()


class LayerNode(Struct, frozen=True, gc=False):  # there are thousands, and none is part of a cycle
    """One layer in its place: its path, and the numbers of the nodes it reads.

    ``owner`` is the node whose parameters it uses, its own number where it has its own. ``frozen``: training
    leaves these as they are. ``index``: of a repeat, which repetition it is.
    """

    number: int
    path: str
    type: str
    layer: Layer
    inputs: tuple[int, ...]
    owner: int
    entry: Entry
    frozen: bool
    index: int | None

    @property
    def values(self) -> tuple[int, ...]:
        """Return the nodes whose values it reads; of others it reads the size alone."""
        return self.inputs[: self.layer.values_from]

    @property
    def owns(self) -> bool:
        """Say whether its parameters are its own."""
        return self.owner == self.number

    def span_of(self, name: str) -> Span:
        """Return where an option is written that this layer has, as far as it is; else where the entry is.

        What stands under `first:` is only that of the first of a repeat.
        """
        if not self.index:
            return self.entry.span_of(name)
        written = (option.span for option in self.entry.options if option.name == name)
        return next(written, self.entry.span)

    def borrowing(self, lender: LayerNode) -> LayerNode:
        """Return this node with the parameters that another one uses."""
        return replace(self, owner=lender.owner, frozen=lender.frozen)

    def under(self, call: Call, numbers: Sequence[int]) -> LayerNode:
        """Return this node of a block as a call of the block has it; ``numbers`` are those it then has."""
        return LayerNode(
            numbers[self.number],
            f"{call.path}.{self.path}",
            self.type,
            self.layer,
            tuple([numbers[number] for number in self.inputs]),
            numbers[self.owner],
            self.entry,
            call.frozen or self.frozen,
            self.index,
        )


Node: TypeAlias = InputNode | LayerNode


class Group(Struct, frozen=True, gc=False):
    """The nodes ``start`` to ``stop`` (not included) of one call of a block, or of a whole repeat.

    ``output`` is the node that it stands for, ``outputs`` are those that the block names. ``index``: of a
    repeat, which repetition it is; the whole repeat has none.
    """

    path: str
    type: str
    start: int
    stop: int
    output: int
    outputs: Outputs
    entry: Entry
    index: int | None

    def under(self, call: Call, shift: int, numbers: Sequence[int]) -> Group:
        """Return this group of a block as a call of the block has it, its layers ``shift`` numbers on.

        ``numbers`` are those that the nodes of the block then have.
        """
        path, start, stop = f"{call.path}.{self.path}", self.start + shift, self.stop + shift
        outputs = tuple([(name, numbers[number]) for name, number in self.outputs])
        return Group(path, self.type, start, stop, numbers[self.output], outputs, self.entry, self.index)
