"""What an ONNX graph computes for one input size: its nodes without what is constant, and all shapes.

A node whose inputs are constants is computed at once, by onnx's own reference evaluator, and the others get
their shapes from onnx's own shape inference with these constants at hand. So the target of a reshape is a
plain list by the time that it is needed, however many nodes of Shape, Gather and Concat it took to make it.
"""

from __future__ import annotations

from collections import deque
from math import prod
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.importers.draft import TensorAt
from cnnstat.importers.onnx.nodes.batch import UNKNOWN, samples_of, unmixed
from cnnstat.importers.onnx.nodes.broken import as_broken, check_text
from cnnstat.importers.onnx.nodes.constants import array_of, computed_later, evaluated, turned
from cnnstat.importers.onnx.nodes.notes import Noted, Notes
from cnnstat.importers.onnx.nodes.schemas import Schemas, shape_in
from cnnstat.importers.onnx.nodes.stand_ins import StandIns
from cnnstat.importers.onnx.nodes.value import MAX_COMPUTED, OWN, Node, Value, is_float, named
from cnnstat.importers.onnx.stored.wire import BrokenFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cnnstat.layers.base import Shape

_RANDOM = {
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
    "Multinomial",
    "Bernoulli",
}


_AS_READ = {"GroupNormalization"}
"""Operators that put out the shape that they read, and of which onnx infers none in opsets 18 to 20."""


class Model(Struct):
    """A graph for one input size. ``values`` has every value by name, ``nodes`` what is not constant.

    ``turned`` are inputs of which nothing but maps with their channels first is read.
    ``fixed`` are tensors, by the model's own names, that training leaves; None where a model does not say.
    ``remarks`` are what is said of it before all else.
    ``made``: by which node a constant with fractions is made, and how many nodes stood before it.
    """

    name: str
    producer: str
    opset: int
    inputs: dict[str, Shape]
    nodes: list[Node]
    values: dict[str, Value]
    outputs: list[str]
    turned: frozenset[str] = frozenset()
    fixed: frozenset[str] | None = None
    remarks: tuple[str, ...] = ()
    made: dict[str, tuple[int, Node]] = {}


def understood(proto: Any, path: Path, inputs: Mapping[str, Shape], batches: Mapping[str, int]) -> Model:
    """Return the model of a file on inputs of these shapes (one sample), of which each takes so many samples
    at once.

    Raises:
        BrokenFileError: a node reads what no node above it puts out.
    """
    return _Understanding(proto, path).on(inputs, batches)


class _Understanding:
    def __init__(self, proto: Any, path: Path) -> None:
        self.proto, self.path = proto, path
        self.schemas = Schemas(proto)
        self.values: dict[str, Value] = {"": Value("", None)}
        self.nodes: list[Node] = []
        self.made: dict[str, tuple[int, Node]] = {}
        self._makers: dict[str, Node] = {}
        self._notes = Notes(proto.graph, self.values)
        self._stand_ins = StandIns(self.values, self._makers, self._store)
        self.declared = {each.name: each for each in (*proto.graph.value_info, *proto.graph.output)}

    def on(self, inputs: Mapping[str, Shape], batches: Mapping[str, int]) -> Model:
        graph = self.proto.graph
        kinds = {each.name: each.type.tensor_type.elem_type for each in graph.input}
        for name, shape in inputs.items():
            self.values[name] = Value(name, (batches[name], *shape), kinds[name], 0)
        self._store(graph.initializer)
        for each in graph.input:
            if each.name not in self.values:
                at, kind = TensorAt(each.name), each.type.tensor_type
                self.values[each.name] = Value(each.name, shape_in(each.type), kind.elem_type, None, None, at)
        waiting = deque(graph.node)
        while waiting:
            node = waiting.popleft()
            check_text(node.name, node.op_type, node.domain, *node.input, *node.output)
            unknown = [name for name in node.input if name not in self.values]
            if unknown:
                message = f"the node '{named(node)}' reads '{unknown[0]}', which nothing above it puts out"
                raise BrokenFileError(message)
            again = [name for name in node.output if name and name in self.values]
            if again:
                message = f"the node '{named(node)}' puts out '{again[0]}', which stands above it already"
                raise BrokenFileError(message)
            with as_broken(node):
                others = self._stand_ins.of(node)
                if others is None:
                    self.schemas.check(node)
                    self._take(node)
                else:
                    waiting.extendleft(reversed(others))
        outputs = [each.name for each in graph.output if each.name in self.values]
        unmixed(self.values, outputs)
        return Model(
            graph.name,
            self.proto.producer_name,
            self.schemas.opset,
            dict(inputs),
            self.nodes,
            self.values,
            outputs,
            made=self.made,
        )

    def _store(self, tensors: Iterable[Any]) -> None:
        for tensor in tensors:
            check_text(tensor.name)
            shape = tuple(tensor.dims)
            at, array = TensorAt(tensor.name), array_of(tensor, self.path)
            self.values[tensor.name] = Value(tensor.name, shape, tensor.data_type, None, array, at)

    def _take(self, node: Any) -> None:
        """Compute a node that is constant, or keep it and find out its shapes."""
        own = node.domain in OWN
        noted = self._notes.of(node)
        if noted is not None:
            self._take_noted(node, noted)
            return
        inputs = [self.values[name] for name in node.input]
        found: dict[str, tuple[int, Shape]] = {}
        same = own and self._constant(node, inputs)
        if not same:
            found = (
                self.schemas.inferred(node, inputs, self.values)
                if own or node.domain in self.schemas.domains
                else {}
            )
            same = own and node.op_type not in _RANDOM and self._computed(node, inputs, found)
        kept = Node(named(node), node.op_type, [*node.input], [*node.output], _attributes(node), _scope(node))
        if same:
            fractions = (name for name in kept.outputs if name and is_float(self.values[name].kind))
            self.made |= dict.fromkeys(fractions, (len(self.nodes), kept))
            return
        kept.own = node.name in node.output
        kept.domain = "" if own else node.domain
        self.nodes.append(kept)
        self._makers |= dict.fromkeys(kept.outputs, kept)
        for name in filter(None, node.output):
            kind, shape = found.get(name) or self._as_declared(name)
            if shape is None and kept.op in _AS_READ and inputs:
                kind, shape = inputs[0].kind, inputs[0].shape
            known = [each for each in inputs if each.shape is not None and each.batch is not None]
            batch, folded = samples_of(kept, known, inputs, shape) if shape is not None and known else UNKNOWN
            self.values[name] = Value(name, shape, kind, batch, folded=folded)

    def _take_noted(self, node: Any, noted: Noted) -> None:
        """Keep one node in place of all that a layer is written as."""
        self.nodes = [each for each in self.nodes if noted.within.isdisjoint(each.outputs)]
        out = node.output[0]
        kept = Node(out, noted.type, noted.inputs, [out], {}, own=True, noted=noted)
        self.nodes.append(kept)
        self._makers[out] = kept
        first = self.values[noted.inputs[0]]
        self.values[out] = Value(out, (first.shape or ())[:1] + noted.shape, first.kind, 0)

    def _constant(self, node: Any, inputs: list[Value]) -> bool:
        """Take what needs no numbers: constants, shapes, and stored tensors that are turned."""
        import numpy as np  # noqa: PLC0415

        op, out = node.op_type, node.output[0] if node.output else ""
        attributes = {each.name: each for each in node.attribute}
        if op == "Constant" and "value" in attributes:
            tensor = attributes["value"].t
            at, array = TensorAt(f"\0{out}"), array_of(tensor, self.path)
            self.values[out] = Value(out, tuple(tensor.dims), tensor.data_type, None, array, at)
            return True
        if op in ("Shape", "Size") and inputs[0].shape is not None:
            shape = inputs[0].shape
            begin = attributes["start"].i if "start" in attributes else 0
            end = attributes["end"].i if "end" in attributes else len(shape)
            array = np.array(shape[begin:end] if op == "Shape" else prod(shape), np.int64)
            self.values[out] = Value(out, array.shape, 7, None, array)
            return True
        if not inputs or not inputs[0].constant or inputs[0].shape is None:
            return False
        found = turned(op, attributes, inputs)
        if found is None:
            return False
        self.values[out] = replace(found, name=out)
        return True

    def _computed(self, node: Any, inputs: list[Value], found: dict[str, tuple[int, Shape]]) -> bool:
        """Compute a node from constants at hand."""
        given = [each for each in inputs if each.name]
        outputs = [name for name in node.output if name]
        small = all(prod(found[name][1]) <= MAX_COMPUTED for name in outputs if name in found)
        if not small or any(each.array is None for each in given) or found.keys() < {*outputs}:
            later = computed_later(node, inputs, found, self.schemas.opset)
            if later is not None:
                self.values[later.name] = later
            return later is not None
        if any(each.type in (5, 10) for each in node.attribute) and node.op_type != "ConstantOfShape":
            return False  # graphs within: a loop may run for ever
        arrays = evaluated(node, {each.name: each.array for each in given}, self.schemas.opset)
        if arrays is None:
            return False
        import numpy as np  # noqa: PLC0415

        for name, each in zip(node.output, arrays, strict=False):
            if name:
                array = np.asarray(each)
                self.values[name] = Value(name, array.shape, found[name][0], None, array)
        return True

    def _as_declared(self, name: str) -> tuple[int, Shape | None]:
        """Return type and shape as the file says, where they hold for every input."""
        if name not in self.declared:
            return 1, None
        kind = self.declared[name].type
        return kind.tensor_type.elem_type, shape_in(kind)


def _attributes(node: Any) -> dict[str, Any]:
    from onnx import helper  # noqa: PLC0415

    return {
        each.name: helper.get_attribute_value(each)
        for each in node.attribute
        if each.type not in (5, 10) and not each.ref_attr_name
    }


def _scope(node: Any) -> str:
    """Return the module that PyTorch's newer exporter notes beside a node."""
    for each in node.metadata_props:
        if each.key == "pkg.torch.onnx.name_scopes":
            names = [part.strip(" '\"") for part in each.value.strip("[]").split(",")]
            return next((name for name in reversed(names[:-1]) if name), "")
    return ""
