"""A piece: a layer, or a block with all that it holds, on inputs of certain shapes.

Within a list of entries, nodes are numbered as in a whole graph: first the inputs of the list, then what each
child puts out, as far as anybody outside of the child may read it. What stays within a child has no number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from cnnstat.layers.base import Footprint, Layer, Reads, Shape
    from cnnstat.layers.window import Frame

State: TypeAlias = "tuple[Shape, Frame | None]"
"""What is known of a node where it is read: its shape, and the frame of zeros around it."""


class Leaf(Struct, frozen=True):
    """A layer as a piece: what memory and fields follow from. Without fields, there are no footprints.

    ``out`` is the shape that it puts out, ``trained`` says whether it has numbers that training changes.
    """

    layer: Layer
    out: Shape
    trained: bool
    reads: Reads
    footprints: tuple[Footprint, ...]


class Child(Struct, frozen=True, gc=False):
    """A piece in its place: the nodes that it reads, and the first of the nodes that it puts out.

    ``more`` are repetitions behind it that are as this one is and as that before it, each reading what the
    one before puts out.
    """

    piece: Piece
    name: str
    sources: tuple[int, ...]
    start: int
    more: int


class Piece(Struct, frozen=True, eq=False):
    """What a piece comes to.

    ``shapes`` are those of its inputs. ``nodes`` are those of its own that may be read outside, by their
    states; ``outputs`` says of each output which it is: an input (its position), or a node of its own
    (~position). ``reads`` says which inputs a layer of it reads, ``read`` which of its nodes is read within
    it, or need not be. ``exported`` are the numbers that its nodes have among its ``children``.

    ``counts`` are the sums of the figures that were asked for, ``layers`` how many there are, ``looks`` how
    long their patterns are together. ``placed`` and ``made`` are the steps of unfolding that a further call
    and the first one take at most, ``height`` is how deep blocks nest in it. What is found out later about it
    is ``known``.
    """

    shapes: tuple[Shape, ...]
    nodes: tuple[State, ...]
    outputs: tuple[int, ...]
    reads: tuple[bool, ...]
    read: tuple[bool, ...]
    exported: tuple[int, ...]
    counts: tuple[int, ...]
    layers: int
    looks: int
    placed: int
    made: int
    height: int
    leaf: Leaf | None
    children: tuple[Child, ...]
    known: dict[Any, Any]

    @property
    def arity(self) -> int:
        """Return the number of inputs."""
        return len(self.shapes)
