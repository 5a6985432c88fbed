"""Constants beside samples that are made of several stored tensors: each of these is a layer, and so is what
is made of them.

Two learned vectors that are added before any sample is, are two `parameter` layers and an `add`; as one
constant they would be as many numbers as their sum has. The same holds for a constant that a matrix of each
sample is multiplied by, and for one that is repeated for all samples before it is reshaped.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnnstat.base.axes import MOST_AXES
from cnnstat.importers.onnx.nodes.batch import PLAIN
from cnnstat.importers.onnx.nodes.value import Node, Value, is_float

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.importers.onnx.nodes.model import Model

_QUANTISING = {"QuantizeLinear", "DequantizeLinear"}
_DEEPEST = 100
"""Nodes one after the other that a constant is opened through."""
_MOST = 1000
"""Constants that are gone through to find out what one is made of."""
_JOINING = {"Add", "Sub", "Mul", "Div", "Sum", "Max", "Concat"}
_BY_VALUE = {"Add", "Sub", "Mul", "Div", "Sum", "Max", "Neg", "Sqrt", "Reciprocal", "Abs"}
_FOLDING = {"Reshape", "Flatten", "Squeeze", "Unsqueeze"}


def is_stored(model: Model, value: Value) -> bool:
    """Say whether a constant is a tensor of the model's, turned at most."""
    key = "" if value.at is None else value.at.key
    own = model.values.get(key)
    return bool(key) and own is not None and prod(own.shape or ()) == prod(value.shape or ())


def stored_in(model: Model, name: str) -> dict[str, None]:
    """Return the names of the tensors with fractions, but for single numbers, that a constant is made of."""
    found: dict[str, None] = {}
    waiting, seen = [name], {name}
    while waiting and len(seen) < _MOST:
        value = model.values[waiting.pop()]
        if value.at is not None and is_stored(model, value):
            found |= {value.at.key: None} if prod(value.shape or ()) > 1 and is_float(value.kind) else {}
        elif value.name in model.made:
            maker = model.made[value.name][1]
            read = maker.inputs[:1] if maker.op in _QUANTISING else maker.inputs  # their steps are no weights
            inputs = [each for each in read if each and each not in seen]
            seen.update(inputs)
            waiting += inputs
    return found


def aside(model: Model, tensors: Iterable[Value]) -> Iterator[str]:
    """Yield the tensors that others are made of beside one that is as large: gains, lengths of weights.

    As what is made has the numbers of the large one, these would be counted nowhere.
    """
    for value in tensors:
        keys = {} if is_stored(model, value) else stored_in(model, value.name)
        sizes = {key: prod(model.values[key].shape or ()) for key in keys}
        main = next((key for key, size in sizes.items() if size == prod(value.shape or ())), None)
        if main is not None:
            yield from (key for key in keys if key != main)


def opened(model: Model) -> None:
    """Put the nodes that make such constants among the others, each where it stood, in place."""
    _Opening(model).apply()


class _Opening:
    def __init__(self, model: Model) -> None:
        self.model, self.values = model, model.values
        self.added: list[tuple[int, Node]] = []
        self._names: dict[tuple[str, bool], str] = {}
        self.samples = 1

    def apply(self) -> None:
        for number, node in enumerate(self.model.nodes):
            if node.noted is None and self._joins(node):
                node.inputs = [self._in_place(name, node, number) for name in node.inputs]
        places = [(2 * number + 1, node) for number, node in enumerate(self.model.nodes)]
        places += [(2 * number, node) for number, node in self.added]
        self.model.nodes = [node for _, node in sorted(places, key=lambda each: each[0])]

    def _joins(self, node: Node) -> bool:
        """Say whether a node joins values of samples, and find out how many there are."""
        like = next((each for each in map(self.values.get, node.inputs) if each and not each.constant), None)
        if like is None or like.batch != 0 or like.folded != PLAIN:
            return False
        self.samples = (like.shape or (1,))[0]
        return node.op in (*_JOINING, "MatMul") and not node.domain

    def _in_place(self, name: str, node: Node, number: int) -> str:
        """Return what stands in place of an input of a node, itself where there is nothing to open."""
        value = self.values[name]
        shape = value.shape or ()
        whole = len(self.values[node.outputs[0]].shape or ())
        if not value.constant or prod(shape) == 1:
            return name
        if node.op == "MatMul":
            if len(shape) < 3 or len(shape) != whole:
                return name
        elif is_stored(self.model, value) or (
            len(stored_in(self.model, name)) < 2 and shape[:1] != (self.samples,)
        ):
            return name
        return self._opened(name, len(shape) == whole, number, _DEEPEST) or name

    def _opened(self, name: str, aligned: bool, before: int, depth: int) -> str | None:
        """Add the nodes that a constant is made by, before that of this number; return their value.

        ``aligned``: its first axis is that of samples, else it has none. None: it is made in another way, or
        by more nodes one after the other than ``depth``.
        """
        if (name, aligned) in self._names:
            return self._names[name, aligned]
        value = self.values[name]
        shape = value.shape or ()
        sample = shape[1:] if aligned else shape
        if (
            not depth
            or not 1 <= len(sample) <= MOST_AXES + 1
            or (aligned and shape[0] not in (1, self.samples))
        ):
            return None
        place, maker = self.model.made.get(name, (before, None))
        place = min(place, before)
        if is_stored(self.model, value):
            found = Node("", "learned", [name], [], {"shape": sample}, domain="found")
        elif maker is None:
            return None
        elif maker.op == "Expand":
            inner = self.values[maker.inputs[0]]
            if not is_stored(self.model, inner) or prod(inner.shape or ()) != prod(sample):
                return None
            found = Node("", "learned", [inner.name], [], {"shape": sample}, domain="found")
        else:
            inputs = self._inputs(maker, aligned, place, depth - 1)
            if inputs is None:
                return None
            found = Node(maker.name, maker.op, inputs, [], maker.attributes, maker.scope)
        new = f"{name}\0opened{'' if aligned else '-whole'}"
        found.outputs = [new]
        self.added.append((place, found))
        self.values[new] = Value(new, (shape[0] if aligned else 1, *sample), value.kind, 0)
        self._names[name, aligned] = new
        return new

    def _inputs(self, maker: Node, aligned: bool, before: int, depth: int) -> list[str] | None:
        """Return what a node that makes a constant reads once that is opened, None where it cannot be."""
        if maker.op in _FOLDING and not maker.domain:
            first = self.values[maker.inputs[0]]
            whole = (first.shape or (0,))[0] in (1, self.samples)
            source = self._opened(first.name, whole, before, depth)
            return None if source is None else [source, *maker.inputs[1:]]
        if maker.domain or maker.op not in _BY_VALUE:
            return None
        rank = len(self.values[maker.outputs[0]].shape or ())
        found: list[str] = []
        for name in maker.inputs:
            value = self.values[name]
            new: str | None = name
            if value.array is None or value.array.size != 1:
                new = self._opened(name, aligned, before, depth) if len(value.shape or ()) == rank else None
            if new is None:
                return None
            found.append(new)
        return found
