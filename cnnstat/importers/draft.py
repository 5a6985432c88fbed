"""A model of another tool as it was understood: layers in order, in the words of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.base.dtypes import DTYPE

if TYPE_CHECKING:
    from cnnstat.layers.base import Shape

Turn: TypeAlias = tuple[str, tuple[int, ...]]
"""One step on the way from a model's tensor to ours: ``("permute", order)`` or ``("reshape", shape)``."""


class TensorAt(Struct, frozen=True):
    """Where the numbers of one of our tensors are: a model's own name for its tensor, and its way to ours.

    A constant that the model computes from others has no name: ``array`` holds its numbers, or ``made`` says
    how they are computed once they are needed.
    """

    key: str
    turns: tuple[Turn, ...] = ()
    array: Any = None
    made: Made | None = None

    def turned(self, turn: Turn) -> TensorAt:
        """Return the same with another step on the way to ours."""
        return replace(self, turns=(*self.turns, turn))


class Made(Struct, frozen=True):
    """A node of ONNX's that computes a large constant: what it reads, and the shape and type of its output.

    ``deep``: how many such nodes one after the other it takes; ``numbers`` have all of them together.
    """

    node: Any
    opset: int
    reads: tuple[TensorAt, ...]
    shape: tuple[int, ...]
    kind: int
    deep: int
    numbers: int


class DraftLayer(Struct, frozen=True, kw_only=True):
    """A layer: its name (dots part modules), its type and options as in YAML, and the names of what it reads.

    ``tensors`` says where each of its tensors is in the model; ``weights`` names the layer whose tensors it
    uses, where these are another's. ``ordered``: the model says in which order a sum was written.
    """

    name: str
    type: str
    inputs: tuple[str, ...]
    options: dict[str, Any] = {}
    tensors: dict[str, TensorAt] = {}
    weights: str = ""
    ordered: bool = False


class Draft(Struct, frozen=True, kw_only=True):
    """A whole network. ``inputs`` are shapes of one sample; a layer reads inputs and layers above it.

    ``outputs`` are names of layers; ``results`` has one for each output of the model itself, in its order,
    empty where that is worked out by no layer. ``remarks`` are what a reader of the model
    should know. ``classes`` are the classes of modules by their dotted names, where the model says so: they
    name blocks. ``dtype`` is what its numbers are.
    """

    name: str
    inputs: dict[str, Shape]
    layers: tuple[DraftLayer, ...]
    outputs: tuple[str, ...]
    dtype: str = DTYPE
    results: tuple[str, ...] = ()
    source: str = ""
    remarks: tuple[str, ...] = ()
    classes: dict[str, str] = {}
