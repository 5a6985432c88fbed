"""Values and nodes of a graph, as far as they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from cnnstat.importers.draft import TensorAt, Turn
    from cnnstat.importers.onnx.nodes.notes import Noted
    from cnnstat.layers.base import Shape

MAX_COMPUTED = 1 << 16
"""Numbers of a constant that is computed from others."""

OWN = ("", "ai.onnx")
"""The names of ONNX's own domain."""

_FLOATS = {1, 10, 11, 16, 17, 18, 19, 20, 23}
_SMALL = {21, 22}
_BOOL = 9
_WHOLE = {
    3: (-7, 7),
    5: (-15, 15),
    6: (-31, 31),
    7: (-63, 63),
    2: (0, 8),
    4: (0, 16),
    12: (0, 32),
    13: (0, 64),
}
"""Types of whole numbers by their number in ONNX, and the powers of two that its numbers lie between."""


def is_float(kind: int) -> bool:
    """Say whether a type, by its number in ONNX, has fractions."""
    return kind in _FLOATS


def is_number(kind: int) -> bool:
    """Say whether a type is one of numbers that a layer may have: no texts, truth values or complex ones."""
    return kind in _FLOATS or kind in _WHOLE or kind in _SMALL


def keeps_numbers(before: int, after: int) -> bool:
    """Say whether a number stays what it is, but for rounding, in another type; types are ONNX's numbers.

    Of one with a fraction nothing but the whole is left in a type of whole numbers, of all but zero the one
    in that of truth values.
    """
    if before in (after, _BOOL) or is_float(after):
        return True
    if before not in _WHOLE or after not in _WHOLE:
        return False
    (low, high), (least, most) = _WHOLE[before], _WHOLE[after]
    return least <= low and high <= most


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

    def turned(self, turn: Turn, shape: Shape) -> Value:
        """Return a constant as it is turned into another shape; small ones are turned at once."""
        array = self.array
        if array is not None:
            array = array.transpose(turn[1]) if turn[0] == "permute" else array.reshape(turn[1])
        return replace(self, shape=shape, at=self.at and self.at.turned(turn), array=array)

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
