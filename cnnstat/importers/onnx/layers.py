"""The layers that nodes become, while they are gone through in order."""

from __future__ import annotations

from collections import Counter
from math import isfinite, prod
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.base.axes import MOST_AXES, rank_of
from cnnstat.base.errors import Misfit
from cnnstat.base.module_names import names
from cnnstat.importers.draft import TensorAt
from cnnstat.importers.onnx.learned import aside
from cnnstat.importers.onnx.module_names import module_of
from cnnstat.importers.onnx.nodes.value import is_number
from cnnstat.layers.base import size_of
from cnnstat.layers.plugged import layer_type
from cnnstat.layers.reader import read_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.onnx.nodes.model import Model
    from cnnstat.importers.onnx.nodes.value import Node, Value
    from cnnstat.layers.base import Shape


class Outside(Exception):  # noqa: N818 - no error: the node becomes an opaque layer
    """What a node computes is nothing that the catalogue has; the message says why."""


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
        shape = self.model.inputs[source] if isinstance(source, str) else self.built[source].shape
        if shape != value.sample:
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
            self._check(kind, options or {}, reads, shape, stored)
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
        rank = len(self.model.inputs[like] if isinstance(like, str) else self.built[like].shape)
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

    def _check(
        self,
        kind: str,
        options: dict[str, Any],
        reads: Sequence[int | str],
        shape: Shape,
        stored: dict[str, Value],
    ) -> None:
        """Refuse a layer that would be no good in a spec, or another one than the model has.

        Raises:
            Outside: it is so.
        """
        declared = layer_type(kind)
        if declared is None:
            raise Outside(f"there is no type '{kind}'")
        numbers = [each for each in options.values() if isinstance(each, float)]
        if not all(map(isfinite, numbers)):
            raise Outside(f"{kind} takes no number without end")
        layer, faults = read_layer(kind, declared, {name: _frozen(each) for name, each in options.items()})
        if layer is None:
            raise Outside(str(faults[0]))
        given = tuple(
            self.model.inputs[each] if isinstance(each, str) else self.built[each].shape for each in reads
        )
        try:
            found, wanted = size_of(layer.sizes(given)), layer.tensors(given)
        except Misfit as why:
            raise Outside(str(why)) from None
        if found != tuple(shape):
            raise Outside(f"{kind} would put out {_shown(found)}, and it {_shown(shape)}")
        for name, value in stored.items():
            if value.shape is not None and tuple(value.shape) != wanted.get(name):
                raise Outside(
                    f"its {name} is {_shown(value.shape)}, and {kind} has {_shown(wanted.get(name, ()))}"
                )

    def put(self, name: str, source: int | str) -> None:
        """Say which layer or input a value is."""
        self.sources[name] = source


def index_of(index: int, size: int, what: str = "axis") -> int:
    """Return an index from 0 on; one below 0 counts from the end.

    Raises:
        Outside: there are not so many.
    """
    if not -size <= index < size:
        raise Outside(f"there is no {what} {index} of {size}")
    return index % size


def is_pointwise(kind: str) -> bool:
    """Say whether a type works value by value, so that it does not matter where its axes stand."""
    declared = layer_type(kind)
    return declared is not None and declared.pointwise


def axis_name(value: Value, axis: int) -> str:
    """Return the name of an axis of a value; of one sample the first are the channels.

    Raises:
        Outside: it is the axis of samples, or there are too many.
    """
    axis = index_of(axis, len(value.shape or ()))
    if axis == value.batch:
        raise Outside("it works along the axis of samples")
    return names_of(value.sample)[value.place(axis)]


def names_of(shape: Shape) -> tuple[str, ...]:
    """Return the names of the axes of one sample.

    Raises:
        Outside: a sample has no axis, or too many.
    """
    if not 1 <= len(shape) <= MOST_AXES + 1:
        raise Outside("a layer puts out 1 to 4 axes")
    return ("channels", *rank_of(shape).axes[1:])


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


def _frozen(value: Any) -> Any:
    """Return a value as the reader of specs has it, where lists are tuples."""
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def _shown(shape: Shape) -> str:
    return "x".join(map(str, shape)) or "none"


def compact(sizes: Sequence[Any]) -> Any:
    """Return one number for all axes where they are equal."""
    sizes = [*sizes]
    return sizes[0] if len({*sizes}) == 1 else sizes
