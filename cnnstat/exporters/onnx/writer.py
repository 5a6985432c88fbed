"""The nodes and numbers of an ONNX graph as they are collected, layer by layer, without any library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from cnnstat.layers.axis import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnnstat.layers.base import Layer, Shape

    Array = np.ndarray[Any, Any]


_DOUBLE = 11
"""ONNX's number for float64 (TensorProto.DOUBLE)."""


@dataclass(slots=True)
class Node:
    """One operator: its name, the values it reads (an empty name is one left out) and those it puts out.

    ``note``: the last operator of a layer says which one that is.
    """

    op: str
    name: str
    inputs: tuple[str, ...]
    outputs: list[str]
    attributes: dict[str, Any]
    note: str = ""


@dataclass(slots=True)
class Stored:
    """A tensor of the network as the graph has it: its shape there, and numbers unless they are left out."""

    shape: tuple[int, ...]
    numbers: Array | None


@dataclass(slots=True)
class Writer:
    """A graph in the making. `dtype` is that of all numbers but indices; `values` are the network's tensors.

    Without `values` the tensors have shapes and no numbers. `nameless` are the operators whose outputs no
    layer has given its name.
    """

    dtype: np.dtype[Any]
    values: Mapping[str, Array] | None
    nodes: list[Node] = field(default_factory=list)
    tensors: dict[str, Stored] = field(default_factory=dict)
    constants: dict[str, Array] = field(default_factory=dict)
    nameless: dict[str, Node] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def add(self, node: Node) -> None:
        """Add an operator whose outputs have names of their own until a layer gives them its own."""
        self.nodes.append(node)
        self.nameless.update(dict.fromkeys(node.outputs, node))

    def free(self, name: str) -> str:
        """Return a name that no node or constant of a layer has: ``conv1/Pad``, then ``conv1/Pad_1``."""
        taken = self._taken
        count, found = 0, name
        while found in taken:
            count += 1
            found = f"{name}_{count}"
        taken.add(found)
        return found


class Place:
    """A layer in its place in the graph, to which its operators are added.

    ``shapes`` are those of one sample of each input, ``shape`` that of the output; ``x`` is the first input.
    """

    def __init__(
        self,
        writer: Writer,
        path: str,
        layer: Layer,
        owner: str,
        inputs: tuple[str, ...],
        shapes: tuple[Shape, ...],
        shape: Shape,
    ) -> None:
        self.writer = writer
        self.path = path
        self.owner = owner
        self.inputs = inputs
        self.shapes = shapes
        self.shape = shape
        self._layer = layer

    @property
    def x(self) -> str:
        """The first input."""
        return self.inputs[0]

    @property
    def rank(self) -> int:
        """How many axes of positions the first input has."""
        return len(self.shapes[0]) - 1

    def axis(self, name: str) -> int:
        """Return the number of a named axis of the first input; the batch is 0."""
        return 1 + place_of(name, self.shapes[0])

    def add(self, op: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator with one output and return that."""
        name = self.writer.free(f"{self.path}/{op}")
        self.writer.add(Node(op, name, inputs, [name], attributes))
        return name

    def tensor(self, name: str, shape: Iterable[int] | None = None) -> str:
        """Return a tensor of the layer, ``layer.tensor`` after its owner, in the shape that is needed here.

        It is stored in the shape that is asked for first; where it is shared and another one is needed, an
        operator gives it that.
        """
        found = f"{self.owner}.{name}"
        own = self._layer.tensors(self.shapes)[name]
        wanted = own if shape is None else tuple(shape)
        stored = self.writer.tensors.get(found)
        if stored is None:
            self.writer.tensors[found] = Stored(wanted, self._numbers(found, wanted))
        elif stored.shape != wanted:
            return self.add("Reshape", found, self.integers("weight_shape", wanted))
        return found

    def per_channel(self, name: str) -> str:
        """Return a tensor of one number per channel so that it meets maps: (C, 1, 1)."""
        count, *_ = self._layer.tensors(self.shapes)[name]
        return self.tensor(name, (count, *(1,) * self.rank))

    def numbers(self, what: str, values: Any) -> str:
        """Return a constant of the network's type."""
        return self._constant(what, np.asarray(values, self.writer.dtype))

    def integers(self, what: str, values: Any) -> str:
        """Return a constant of whole numbers: sizes, axes, indices."""
        return self._constant(what, np.asarray(values, np.int64))

    def scales(self, values: Iterable[float]) -> str:
        """Return the factors of a Resize, which are float32 whatever it resizes."""
        return self._constant("scales", np.asarray(tuple(values), np.float32))

    def filled(self, shape: Iterable[int], value: float) -> str:
        """Return a constant of equal numbers, which are not written out one by one."""
        number = np.asarray([value], self.writer.dtype)
        return self.add("ConstantOfShape", self.integers("shape", tuple(shape)), value=number)

    def halves(self, axis: int) -> list[str]:
        """Return the two halves of the first input along an axis."""
        name = self.writer.free(f"{self.path}/Split")
        outputs = [f"{name}/0", f"{name}/1"]
        self.writer.add(Node("Split", name, (self.x,), outputs, {"axis": axis, "num_outputs": 2}))
        return outputs

    @property
    def full_precision(self) -> dict[str, int]:
        """The attribute of a norm that has its statistics worked out in the type of its numbers."""
        return {"stash_type": _DOUBLE} if self.writer.dtype == np.float64 else {}

    def remark(self, text: str) -> None:
        """Note what of the layer is said otherwise in ONNX."""
        self.writer.remarks.append(f"{self.path}: {text}")

    def _constant(self, what: str, numbers: Array) -> str:
        name = self.writer.free(f"{self.path}/{what}")
        self.writer.constants[name] = numbers
        return name

    def _numbers(self, name: str, shape: tuple[int, ...]) -> Array | None:
        return None if self.writer.values is None else self.writer.values[name].reshape(shape)


class LayerWriter(Protocol):
    """The type of a function that writes a layer: it returns the value that its operators put out."""

    def __call__(self, layer: Any, at: Place) -> str:
        """Write one layer."""
