"""Values and nodes of a graph, as far as they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from cnnstat.importers.draft import TensorAt
    from cnnstat.importers.onnx.notes import Noted
    from cnnstat.layers.base import Shape

MAX_COMPUTED = 1 << 16
"""Numbers of a constant that is computed from others."""

OWN = ("", "ai.onnx")
"""The names of ONNX's own domain."""


class Value(Struct, frozen=True):
    """What is known of one value: its shape, if any, the axis of samples, and a constant's numbers.

    ``folded``: how many of a sample's own values stand outside of the samples along their axis, and how many
    inside: heads of attention are folded so. ``array`` holds those of small constants; ``at`` says where in
    the file those of stored ones are. ``rows`` are the filter and the map that each of some stored kernels is
    for, where others are zeros.
    """

    name: str
    shape: Shape | None
    kind: int = 1
    batch: int | None = None
    array: Any = None
    at: TensorAt | None = None
    rows: Any = None
    folded: tuple[int, int] = (1, 1)

    @property
    def constant(self) -> bool:
        """Say whether it is the same for every input."""
        return self.array is not None or self.at is not None

    @property
    def sample(self) -> Shape:
        """Return the shape of one sample; of a constant, and where none is known, of all."""
        shape = self.shape or ()
        if self.batch is None:
            return shape
        own = () if self.folded == (1, 1) else (self.folded[0] * self.folded[1],)
        return (*shape[: self.batch], *own, *shape[self.batch + 1 :])

    def place(self, axis: int) -> int:
        """Return where one of its axes stands in a sample."""
        gone = self.batch is not None and axis > self.batch and self.folded == (1, 1)
        return axis - gone


class Node(Struct):
    """One operator with its attributes; ``scope`` is its module, where the exporter notes it.

    ``own``: it is called as what it puts out. ``noted`` is the layer that it ends, where that is known.
    """

    name: str
    op: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any]
    scope: str = ""
    domain: str = ""
    own: bool = False
    noted: Noted | None = None


def named(node: Any) -> str:
    """Return what a message calls a node."""
    return str(node.name or (node.output[0] if node.output else node.op_type))
