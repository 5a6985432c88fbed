"""What an analysis knows: one row per layer, groups of rows, and totals. Raw integers throughout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.receptive import Field, start
from cnnstat.base.arithmetic import Term, term
from cnnstat.base.figures import COUNTS
from cnnstat.graph.model import INPUT
from cnnstat.layers.base import Operations, size_of, values

if TYPE_CHECKING:
    from cnnstat.analysis.settings import Settings
    from cnnstat.base.errors import Span
    from cnnstat.graph.model import Graph
    from cnnstat.layers.base import Footprint, Reads, Shape
    from cnnstat.spec.expect import Expectation

KINDS = Operations.__struct_fields__
"""The kinds of operations besides multiply-adds."""


class Calculated(Struct, frozen=True):
    """All that a layer tells for given input shapes; each figure with its arithmetic."""

    sizes: tuple[Term, ...]
    leftover: tuple[int, ...]
    params: Term
    trainable: Term
    buffers: Term
    macs: Term
    padding_macs: Term
    operations: Operations
    connections: Term
    reads: Reads
    footprint: Footprint

    @property
    def flops(self) -> Term:
        """Return 2 x multiply-adds."""
        return flops_of(self.macs.value)

    @property
    def activations(self) -> Term:
        """Return the numbers that it puts out."""
        return values(size_of(self.sizes))


def flops_of(macs: int) -> Term:
    """Return FLOPs as arithmetic on multiply-adds."""
    return term("2", 2) * term("MACs", macs)


class Counts(Struct, frozen=True):
    """The figures that add up, for a layer, a group of layers or the whole network."""

    params: int = 0
    trainable: int = 0
    buffers: int = 0
    macs: int = 0
    padding_macs: int = 0
    connections: int = 0
    activations: int = 0
    additions: int = 0
    multiplications: int = 0
    comparisons: int = 0
    divisions: int = 0
    exponentials: int = 0
    roots: int = 0

    @property
    def flops(self) -> int:
        """Return 2 x multiply-adds."""
        return flops_of(self.macs).value

    @property
    def operations(self) -> dict[str, int]:
        """Return the operations vector."""
        return {"multiply_adds": self.macs, **{kind: getattr(self, kind) for kind in KINDS}}

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f) + getattr(other, f) for f in Counts.__struct_fields__))

    def __sub__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f) - getattr(other, f) for f in Counts.__struct_fields__))


STORED = tuple(key for key in COUNTS if key in Counts.__struct_fields__)
"""The figures that are counted; FLOPs follow from them."""


class Row(Struct, frozen=True):
    """One layer, or a folded group of layers, with its figures.

    ``calculated`` has the arithmetic of each figure (None for a group); ``folded`` is the number of layers a
    row stands for.
    """

    name: str
    type: str
    inputs: tuple[str, ...]
    output_shape: Shape
    counts: Counts
    field: Field
    leftover: tuple[int, ...] = ()
    calculated: Calculated | None = None
    folded: int = 1


class Totals(Struct, frozen=True):
    """The whole network: the sums, the shape and field of its last output, and memory in bytes."""

    output_shape: Shape
    counts: Counts
    field: Field
    inference_memory: Term
    training_memory: Term

    @property
    def inference_memory_bytes(self) -> int:
        """Return bytes of the parameters and of the most activations alive at once."""
        return self.inference_memory.value

    @property
    def training_memory_bytes(self) -> int:
        """Return bytes of parameters, gradients, optimiser state and the activations read back."""
        return self.training_memory.value


class Missed(Struct, frozen=True):
    """An expectation that the figures do not meet, and where it stands."""

    name: str
    expectation: Expectation
    message: str
    span: Span


class Analysis(Struct, frozen=True):
    """Every figure of a network. ``rows`` are its layers in order, ``groups`` its blocks and repeats."""

    graph: Graph
    settings: Settings
    rows: tuple[Row, ...]
    groups: tuple[Row, ...]
    totals: Totals
    checked: int
    missed: tuple[Missed, ...]

    @property
    def input_shape(self) -> Shape:
        """Return the network's input."""
        return self.graph.input_shape

    @property
    def name(self) -> str:
        """Return the network's name."""
        return self.graph.spec.name

    @property
    def source(self) -> str:
        """Return the network's citation."""
        return self.graph.spec.source

    @property
    def output_names(self) -> tuple[str, ...]:
        """Return the names of the layers that the network puts out."""
        return tuple(self.graph.name(number) for number in self.graph.outputs)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Return the output shape of every layer, and last the input's, so that `INPUT` (-1) finds it."""
        return (*(row.output_shape for row in self.rows), self.input_shape)

    def shape(self, number: int) -> Shape:
        """Return the output shape of a layer, or that of the input."""
        return self.input_shape if number == INPUT else self.rows[number].output_shape

    def field(self, number: int) -> Field:
        """Return the receptive field of a layer's units, or that of the input's positions."""
        return start(self.input_shape) if number == INPUT else self.rows[number].field

    def inputs(self, number: int) -> tuple[Shape, ...]:
        """Return the shapes of all that a layer reads."""
        return tuple(self.shape(source) for source in self.graph.nodes[number].inputs)
