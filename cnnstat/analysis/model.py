"""What an analysis knows: one row per layer, groups of rows, and totals. Raw integers throughout."""

from __future__ import annotations

from functools import cached_property
from operator import add, sub
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from msgspec import Struct
from msgspec.structs import astuple, replace

from cnnstat.analysis.clipped_fields import clipped_fields
from cnnstat.analysis.receptive_field import Field, starts
from cnnstat.analysis.upper_bounds import upper_bounds
from cnnstat.base.arithmetic import Term, term
from cnnstat.base.figures import COUNTS
from cnnstat.layers.base import Operations, size_of, values

if TYPE_CHECKING:
    from cnnstat.analysis.settings import Settings
    from cnnstat.base.errors import Span
    from cnnstat.graph.model import Graph
    from cnnstat.graph.nodes import Group, LayerNode
    from cnnstat.layers.base import Footprint, Reads, Shape
    from cnnstat.spec.expect import Expectation

KINDS = Operations.__struct_fields__
"""The kinds of operations besides multiply-adds."""


class Calculated(Struct, frozen=True):
    """All that is calculated of a layer for given input shapes; each figure with its arithmetic."""

    sizes: tuple[Term, ...]
    leftover: tuple[int, ...]
    leftover_input: tuple[int, ...]
    params: Term
    trainable: Term
    buffers: Term
    macs: Term
    padding_macs: Term
    operations: Operations
    connections: Term
    reads: Reads
    footprints: tuple[Footprint, ...]

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

    def borrowed(self) -> Counts:
        """Return what a layer with these figures adds to sums if another owns its parameters."""
        return replace(self, params=0, trainable=0, buffers=0)

    def __add__(self, other: Counts) -> Counts:
        return Counts(*map(add, astuple(self), astuple(other)))

    def __sub__(self, other: Counts) -> Counts:
        return Counts(*map(sub, astuple(self), astuple(other)))


COUNTED = tuple(key for key in COUNTS if key in Counts.__struct_fields__)
"""The figures that are counted; FLOPs follow from them."""


class _Row(Struct, frozen=True):
    """What layers and blocks have in common.

    ``number`` is that of the node whose output a row puts out, ``layers`` are the positions of the layers
    that it stands for, ``inputs`` the names of what these read outside.
    """

    name: str
    type: str
    number: int
    layers: range
    inputs: tuple[str, ...]
    output_shape: Shape
    counts: Counts
    field: Field

    def __repr__(self) -> str:
        """Return the row in a line: all that it holds would fill pages."""
        shape = "x".join(map(str, self.output_shape))
        figures = f"{self.counts.params:,} params, {self.counts.macs:,} MACs"
        return f"<{type(self).__name__} {self.name} ({self.type}): {shape}, {figures}>"


class LayerRow(_Row, frozen=True):
    """One layer with its figures; ``calculated`` has the arithmetic of each.

    ``counts`` are what it adds to sums: parameters are those that it owns, so that what several layers use is
    counted once; ``weights_of`` names the layer whose it uses, and is empty for its own.
    """

    node: LayerNode
    calculated: Calculated
    weights_of: str = ""

    @property
    def known(self) -> bool:
        """Say whether its figures are known; else they are no zeros."""
        return self.node.layer.known

    @property
    def leftover(self) -> tuple[int, ...]:
        """Return the rows or columns of the padded input that no window covers, per axis."""
        return self.calculated.leftover

    @property
    def leftover_input(self) -> tuple[int, ...]:
        """Return how many of these are input that one more window would read."""
        return self.calculated.leftover_input


class BlockRow(_Row, frozen=True):
    """A block or a repeat, folded: the sums of its layers, the shape and the field of what it puts out.

    That may be a node above it, where its layers are left out.
    """

    group: Group
    leftover: ClassVar[tuple[int, ...]] = ()
    leftover_input: ClassVar[tuple[int, ...]] = ()
    weights_of: ClassVar[str] = ""
    known: ClassVar[bool] = True


Row: TypeAlias = LayerRow | BlockRow


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
        """Return bytes of parameters, gradients, optimiser state and the most activations alive at once."""
        return self.training_memory.value


class Missed(Struct, frozen=True):
    """An expectation that the figures do not meet, and where it stands."""

    name: str
    expectation: Expectation
    message: str
    span: Span


class Analysis(Struct, frozen=True, dict=True):
    """Every figure of a network. ``rows`` are its layers in order, ``groups`` its blocks and repeats.

    What is known of every node, inputs too, goes by node number (`shapes`, `fields`); what is known of layers
    alone goes by their position among the rows. `layer` leads from the one to the other.
    """

    graph: Graph
    settings: Settings
    rows: tuple[LayerRow, ...]
    groups: tuple[BlockRow, ...]
    totals: Totals
    checked: int
    missed: tuple[Missed, ...]

    def __repr__(self) -> str:
        """Return the network in a line: all that an analysis holds would fill pages."""
        shape, counts = "x".join(map(str, self.input_shape)), self.totals.counts
        figures = f"{counts.params:,} params, {counts.macs:,} MACs"
        return f"<Analysis of {self.name} ({shape}): {len(self.rows)} layers, {figures}>"

    @property
    def of(self) -> int:
        """Return the number of the input that receptive fields are on."""
        return self.graph.input_number(self.settings.fields_of)

    @property
    def input_shape(self) -> Shape:
        """Return the shape of the only input, or of the one that receptive fields are on."""
        return self.graph.input_shapes[self.of]

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
    def output_shapes(self) -> dict[str, Shape]:
        """Return the shapes of all that the network puts out, by name; totals have that of the last."""
        return {self.graph.name(number): self.shapes[number] for number in self.graph.outputs}

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """Return the shape that each node puts out, by its number."""
        return (*self.graph.input_shapes, *(row.output_shape for row in self.rows))

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Return the receptive field of each node's units, by its number; each of an input sees itself."""
        return (*starts(self.graph.input_shapes, self.of), *(row.field for row in self.rows))

    @cached_property
    def upper_bounds(self) -> tuple[str, ...]:
        """Return, by the number of each node, which layer makes its field an upper bound; "" for none.

        Units may see less than such a field. One that they may see less of, but that would take long to look
        at, is taken for an upper bound.
        """
        return upper_bounds(self)

    @cached_property
    def exact_upper_bounds(self) -> tuple[str, ...]:
        """Return the same, however long it takes: an exact field is never taken for an upper bound."""
        return upper_bounds(self, clipped_fields(self)) if any(self.upper_bounds) else self.upper_bounds

    @property
    def without(self) -> dict[str, int]:
        """Return the layers whose figures are unknown, and how many nodes of a model each stands for."""
        return self.graph.without

    @cached_property
    def named(self) -> dict[str, Row]:
        """Return every block and layer by its name."""
        return {group.name: group for group in self.groups} | {row.name: row for row in self.rows}

    def layer(self, number: int) -> LayerRow:
        """Return the layer that is the node of this number."""
        return self.rows[number - len(self.graph.inputs)]

    def inputs(self, number: int) -> tuple[Shape, ...]:
        """Return the shapes of all that a node reads."""
        return tuple(self.shapes[source] for source in self.graph.nodes[number].inputs)
