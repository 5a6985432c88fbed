"""The layers that nodes become, while they are gone through in order."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.base.module_names import names
from cnnstat.importers.draft import TensorAt
from cnnstat.importers.onnx.catalogue import Outside, check_layer
from cnnstat.importers.onnx.learned import aside
from cnnstat.importers.onnx.module_names import module_of
from cnnstat.importers.onnx.nodes.value import is_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.onnx.nodes.model import Model
    from cnnstat.importers.onnx.nodes.value import Node, Value
    from cnnstat.layers.base import Shape


class Built(Struct):
    """A layer before all are named: what it reads are numbers of layers, or names of inputs.

    ``kept``: it is one of the network's, even where no output depends on it. ``fused``: it is what is left
    of a batch norm.
    """

    type: str
    reads: list[int | str]
    options: dict[str, Any]
    tensors: dict[str, TensorAt]
    path: str
    kind: str
    shape: Shape
    weights: int | None = None
    kept: bool = False
    fused: bool = False


class Layers:
    """The layers so far, and which of them, or which input, each value is."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.built: list[Built] = []
        self.sources: dict[str, int | str] = {name: name for name in model.inputs}
        self.readers = Counter(name for node in model.nodes for name in node.inputs)
        self.readers.update(model.outputs)
        self._owners: dict[object, int] = {}
        self._tied = _read_in_several_modules(model)
        self._aside: set[str] = set()

    def value(self, name: str) -> Value:
        """Return what is known of a value."""
        return self.model.values[name]

    def input(self, node: Node, number: int) -> Value | None:
        """Return an input of a node, None where it is left out."""
        name = node.inputs[number] if number < len(node.inputs) else ""
        return self.value(name) if name else None

    def array(self, node: Node, number: int, why: str = "") -> Any:
        """Return an input as NumPy numbers, None where it is left out.

        Raises:
            Outside: it is worked out from the network's input, or too large to be at hand.
        """
        value = self.input(node, number)
        if value is None:
            return None
        if value.array is None:
            raise Outside(why or f"{node.inputs[number]} is no constant")
        return value.array

    def source(self, value: Value) -> int | str:
        """Return which layer or input a value is.

        Raises:
            Outside: it is a constant, or has no axis of samples.
        """
        if value.name not in self.sources:
            raise Outside(f"{value.name} is a constant")
        return self.sources[value.name]

    def plain(self, node: Node, number: int = 0) -> Value:
        """Return an input whose first axis is that of samples, and whose layer has its shape.

        Raises:
            Outside: it is not so.
        """
        value = self.input(node, number)
        if value is None or value.constant:
            raise Outside("its input is a constant")
        self.shown(value)
        if value.batch != 0 or value.folded != (1, 1):
            raise Outside("samples are not along its first axis")
        return value

    def shown(self, value: Value) -> int | str:
        """Return the layer of a value that has the value's own shape there.

        Raises:
            Outside: it has more axes than a layer can put out.
        """
        source = self.source(value)
        if self._shape(source) != value.sample:
            raise Outside("a layer puts out 1 to 4 axes")
        return source

    def nearest(self, rank: int) -> int | str:
        """Return the last layer so far that puts out so many axes, or an input that has them.

        Raises:
            Outside: there is none.
        """
        for number in range(len(self.built) - 1, -1, -1):
            if len(self.built[number].shape) == rank:
                return number
        for name, shape in self.model.inputs.items():
            if len(shape) == rank:
                return name
        raise Outside(f"nothing before it has {rank} axes")

    def add(
        self,
        node: Node,
        kind: str,
        reads: Sequence[int | str],
        shape: Shape,
        options: dict[str, Any] | None = None,
        tensors: dict[str, Value | None] | None = None,
    ) -> int:
        """Add a layer of a type that puts out this shape; return its number.

        Raises:
            Outside: the type has not these options, or another shape or other tensors with them.
        """
        stored = {name: value for name, value in (tensors or {}).items() if value is not None}
        for name, value in stored.items():
            if not is_number(value.kind):
                raise Outside(f"its {name} is no array of numbers")
        if kind != "opaque" and node.noted is None:  # notes have options as they were written: formulas
            check_layer(kind, options or {}, tuple(map(self._shape, reads)), shape, stored)
        for name in aside(self.model, stored.values()):
            if name not in self._aside:
                self._aside.add(name)
                self._put_aside(name, reads[0])
        at = {name: value.at or TensorAt("", (), value.array) for name, value in stored.items()}
        path = module_of(node, stored, self._tied)
        called = node.op.lower() if kind == "opaque" else kind
        layer = Built(
            kind,
            [*reads],
            options or {},
            at,
            path,
            called,
            shape,
            kept=node.noted is not None,
            fused="batchnorm" in node.name.split("/"),
        )
        numbers = [each for key, each in at.items() if not key.startswith("running_")]
        if numbers and all(each.key in (self.model.fixed or ()) for each in numbers):
            layer.options["frozen"] = True
        if stored:
            key = (kind, *((name, whose(value)) for name, value in sorted(stored.items())))
            owner = self._owners.setdefault(key, len(self.built))
            if owner != len(self.built):
                layer.weights, layer.tensors = owner, {}
                layer.options.pop("frozen", None)  # it is said where the weights are
        self.built.append(layer)
        return len(self.built) - 1

    def _put_aside(self, key: str, like: int | str) -> None:
        """Add a tensor of the model as a layer that nobody reads, of as many axes as another one has."""
        rank = len(self._shape(like))
        value = self.value(key)
        shape = (prod(value.shape or ()), *(1,) * (rank - 1))
        at = (value.at or TensorAt(key)).turned(("reshape", shape))
        options: dict[str, Any] = {"shape": [*shape]}
        if key in (self.model.fixed or ()):
            options["frozen"] = True
        module, _, name = key.rpartition(".")
        path = names(f"{module}_{name}" if module else name)
        layer = Built("parameter", [like], options, {"weight": at}, path, "parameter", shape, kept=True)
        self.built.append(layer)

    def _shape(self, read: int | str) -> Shape:
        """Return what a layer or an input puts out."""
        return self.model.inputs[read] if isinstance(read, str) else self.built[read].shape

    def put(self, name: str, source: int | str) -> None:
        """Say which layer or input a value is."""
        self.sources[name] = source


def whose(value: Value) -> object:
    """Return what tells a tensor from all others: the model's own and its way to ours, or a name."""
    return (value.at.key, value.at.turns) if value.at is not None and value.at.key else value.name


def _read_in_several_modules(model: Model) -> frozenset[str]:
    """Return the tensors, by the model's names, that nodes of different modules have as their weight."""
    scopes: dict[str, set[str]] = {}
    for node in model.nodes:
        weight = model.values[node.inputs[1]] if len(node.inputs) > 1 else None
        if weight is not None and weight.at is not None:
            scopes.setdefault(weight.at.key, set()).add(node.scope or node.name.rpartition("/")[0])
    return frozenset(key for key, found in scopes.items() if len(found) > 1)
