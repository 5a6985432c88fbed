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

from cnnstat.importers.draft import TensorAt, Turn
from cnnstat.importers.onnx.batch import batch_axis
from cnnstat.importers.onnx.external import small
from cnnstat.importers.onnx.wire import BrokenFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cnnstat.layers.base import Shape

MAX_COMPUTED = 1 << 16
"""Numbers of a constant that is computed from others."""

MAX_PARTS = 1024
"""Parts that a value is split into."""

_OWN = ("", "ai.onnx")
_RANDOM = {
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
    "Multinomial",
    "Bernoulli",
}
_AS_IT_IS = {"Identity", "Cast", "CastLike", "Dropout", "DequantizeLinear"}


class Value(Struct, frozen=True):
    """What is known of one value: its shape, if any, the axis of samples, and a constant's numbers.

    ``array`` holds those of small constants; ``at`` says where in the file those of stored ones are.
    """

    name: str
    shape: Shape | None
    kind: int = 1
    batch: int | None = None
    array: Any = None
    at: TensorAt | None = None

    @property
    def constant(self) -> bool:
        """Say whether it is the same for every input."""
        return self.array is not None or self.at is not None

    @property
    def sample(self) -> Shape:
        """Return the shape of one sample; of a constant, and where none is known, of all."""
        shape = self.shape or ()
        return shape if self.batch is None else (*shape[: self.batch], *shape[self.batch + 1 :])


class Node(Struct):
    """One operator with its attributes; ``scope`` is its module, where the exporter notes it."""

    name: str
    op: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any]
    scope: str = ""
    domain: str = ""


class Model(Struct):
    """A graph for one input size. ``values`` has every value by name, ``nodes`` what is not constant."""

    name: str
    producer: str
    opset: int
    inputs: dict[str, Shape]
    nodes: list[Node]
    values: dict[str, Value]
    outputs: list[str]


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
        self.opsets = {each.domain: each.version for each in proto.opset_import}
        self.opset = next((self.opsets[name] for name in _OWN if name in self.opsets), 1)
        self.values: dict[str, Value] = {"": Value("", None)}
        self.nodes: list[Node] = []
        self._sequences: dict[str, list[str]] = {}
        self.declared = {each.name: each for each in (*proto.graph.value_info, *proto.graph.output)}

    def on(self, inputs: Mapping[str, Shape], batches: Mapping[str, int]) -> Model:
        graph = self.proto.graph
        kinds = {each.name: each.type.tensor_type.elem_type for each in graph.input}
        for name, shape in inputs.items():
            self.values[name] = Value(name, (batches[name], *shape), kinds[name], 0)
        self._store(graph.initializer)
        waiting = deque(graph.node)
        while waiting:
            node = waiting.popleft()
            _check_text(node.name, node.op_type, node.domain, *node.input, *node.output)
            unknown = [name for name in node.input if name not in self.values]
            if unknown:
                message = f"the node '{_named(node)}' reads '{unknown[0]}', which nothing above it puts out"
                raise BrokenFileError(message)
            others = self._branch(node) or self._parts(node)
            if others is None:
                self._checked(self._as_reshape(node))
            else:
                waiting.extendleft(reversed(others))
        outputs = [each.name for each in graph.output if each.name in self.values]
        opset = self.opset
        return Model(
            graph.name, self.proto.producer_name, opset, dict(inputs), self.nodes, self.values, outputs
        )

    def _store(self, tensors: Iterable[Any]) -> None:
        for tensor in tensors:
            _check_text(tensor.name)
            shape = tuple(tensor.dims)
            at, array = TensorAt(tensor.name), _array(tensor, self.path)
            self.values[tensor.name] = Value(tensor.name, shape, tensor.data_type, None, array, at)

    def _branch(self, node: Any) -> list[Any] | None:
        """Return the nodes that an If with a known condition stands for."""
        if node.op_type != "If" or node.domain not in _OWN:
            return None
        condition = self.values[node.input[0]].array
        if condition is None or condition.size != 1:
            return None
        from onnx import helper  # noqa: PLC0415

        wanted = "then_branch" if condition.item() else "else_branch"
        graph = next(each.g for each in node.attribute if each.name == wanted)
        self._store(graph.initializer)
        inner = [each.name for each in graph.output]
        copies = [helper.make_node("Identity", [a], [b]) for a, b in zip(inner, node.output, strict=True)]
        return [*graph.node, *copies]

    def _parts(self, node: Any) -> list[Any] | None:
        """Return a Split in place of a SplitToSequence, whose parts SequenceAt picks by number."""
        from onnx import helper  # noqa: PLC0415

        if node.domain in _OWN and node.op_type == "SequenceAt" and node.input[0] in self._sequences:
            number, parts = self.values[node.input[1]].array, self._sequences[node.input[0]]
            if number is None or not -len(parts) <= int(number) < len(parts):
                return None
            return [helper.make_node("Identity", [parts[int(number)]], node.output, name=node.name)]
        if node.domain not in _OWN or node.op_type != "SplitToSequence" or len(node.input) < 2:
            return None
        x, sizes = self.values[node.input[0]], self.values[node.input[1]].array
        if x.shape is None or sizes is None:
            return None
        axis = next((each.i for each in node.attribute if each.name == "axis"), 0)
        if not -len(x.shape) <= axis < len(x.shape):
            return None
        size = x.shape[axis]
        each = int(sizes) if sizes.size == 1 else 0
        if sizes.size == 1 and each > 0 and size <= MAX_PARTS * each:
            sizes = [min(each, size - start) for start in range(0, size, each)]
        elif sizes.size == 1:
            return None
        import numpy as np  # noqa: PLC0415

        array, split = np.array(sizes, np.int64).reshape(-1), f"{node.output[0]}\0sizes"
        self.values[split] = Value(split, array.shape, 7, None, array)
        names = [f"{node.output[0]}\0{number}" for number in range(len(array))]
        self._sequences[node.output[0]] = names
        self.values[node.output[0]] = Value(node.output[0], None)
        made = helper.make_node("Split", [node.input[0], split], names, name=node.name, axis=axis)
        made.metadata_props.extend(node.metadata_props)
        return [made]

    def _checked(self, node: Any) -> None:
        """Take a node that is what its operator says.

        Raises:
            BrokenFileError: its attributes are of other types, or do not fit its inputs.
        """
        from onnx import checker, defs  # noqa: PLC0415

        plain = not any(each.type in (4, 5, 9, 10) for each in node.attribute)
        try:
            if node.domain in _OWN and plain and defs.has(node.op_type, self.opset, ""):
                checker.check_node(node, self._context())
            self._take(node)
        except BrokenFileError:
            raise
        except checker.ValidationError as error:
            why = str(error).split("\n")[0][:200]
            raise BrokenFileError(f"the node '{_named(node)}' is not as its operator says: {why}") from None
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
            raise BrokenFileError(f"the node '{_named(node)}' does not fit what it reads") from None

    def _context(self) -> Any:
        from onnx import checker  # noqa: PLC0415

        context = checker.C.CheckerContext()
        context.ir_version = max(self.proto.ir_version, 3)
        context.opset_imports = {**self.opsets, "": self.opset}
        return context

    def _as_reshape(self, node: Any) -> Any:
        """Return a Reshape in place of a Gather of all of a row in order: PyTorch's `as_strided`."""
        if node.op_type != "Gather" or node.domain not in _OWN:
            return node
        row, places = self.values[node.input[0]], self.values[node.input[1]]
        maker = next((each for each in reversed(self.nodes) if row.name in each.outputs), None)
        if (
            maker is None
            or maker.op != "Reshape"
            or places.array is None
            or row.shape != (places.array.size,)
        ):
            return node
        if places.array.reshape(-1).tolist() != [*range(places.array.size)]:
            return node
        import numpy as np  # noqa: PLC0415
        from onnx import helper  # noqa: PLC0415

        target = f"{node.output[0]}\0shape"
        shape = np.array(places.shape, np.int64)
        self.values[target] = Value(target, shape.shape, 7, None, shape)
        made = helper.make_node("Reshape", [maker.inputs[0], target], node.output, name=node.name)
        made.metadata_props.extend(node.metadata_props)
        return made

    def _take(self, node: Any) -> None:
        """Compute a node that is constant, or keep it and find out its shapes."""
        own = node.domain in _OWN
        inputs = [self.values[name] for name in node.input]
        if own and self._constant(node, inputs):
            return
        found = self._inferred(node, inputs) if own or node.domain in self.opsets else {}
        if own and node.op_type not in _RANDOM and self._computed(node, inputs, found):
            return
        kept = Node(
            _named(node), node.op_type, [*node.input], [*node.output], _attributes(node), _scope(node)
        )
        kept.domain = "" if own else node.domain
        self.nodes.append(kept)
        for name in filter(None, node.output):
            kind, shape = found.get(name) or self._as_declared(name)
            known = [each for each in inputs if each.shape is not None and each.batch is not None]
            batch = batch_axis(kept, known, inputs, shape) if shape is not None and known else None
            self.values[name] = Value(name, shape, kind, batch)

    def _constant(self, node: Any, inputs: list[Value]) -> bool:
        """Take what needs no numbers: constants, shapes, and stored tensors that are turned."""
        import numpy as np  # noqa: PLC0415

        op, out = node.op_type, node.output[0] if node.output else ""
        attributes = {each.name: each for each in node.attribute}
        if op == "Constant" and "value" in attributes:
            tensor = attributes["value"].t
            at, array = TensorAt(f"\0{out}"), _array(tensor, self.path)
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
        turned = self._turned(op, attributes, inputs)
        if turned is None:
            return False
        self.values[out] = replace(turned, name=out)
        return True

    def _turned(self, op: str, attributes: dict[str, Any], inputs: list[Value]) -> Value | None:
        """Return a constant under another shape or order of axes."""
        first = inputs[0]
        shape = first.shape or ()
        turn: Turn
        if op in _AS_IT_IS:
            # Another type may be another number: then it is computed.
            computed = first.array is not None and op in ("Cast", "DequantizeLinear")
            whole = first.array is not None and first.array.dtype.kind != "f"
            return None if computed or (whole and op == "CastLike") else first
        if op == "Transpose":
            order = tuple(attributes["perm"].ints) if "perm" in attributes else tuple(range(len(shape)))[::-1]
            turn, shape = ("permute", order), tuple(shape[axis] for axis in order)
        elif op == "Reshape" and inputs[1].array is not None:
            sizes = [shape[i] if not n else int(n) for i, n in enumerate(inputs[1].array)]
            fixed = prod(n for n in sizes if n > 0)
            shape = tuple(n if n > 0 else prod(shape) // max(fixed, 1) for n in sizes)
            turn = ("reshape", shape)
        elif op in ("Squeeze", "Unsqueeze"):
            axes = self._axes(attributes, inputs)
            if axes is None:
                return None
            rank = len(shape) + (len(axes) if op == "Unsqueeze" else 0)
            axes = {axis % rank for axis in axes}
            if op == "Squeeze":
                shape = tuple(size for axis, size in enumerate(shape) if axis not in axes)
            else:
                sizes_left = iter(shape)
                shape = tuple(1 if axis in axes else next(sizes_left) for axis in range(rank))
            turn = ("reshape", shape)
        elif op == "Expand" and inputs[1].array is not None:
            target = [int(size) for size in inputs[1].array]
            if prod(target) > prod(shape):
                return None
            own = (1,) * (len(target) - len(shape)) + shape
            shape = (*own[: len(own) - len(target)], *map(max, own[len(own) - len(target) :], target))
            turn = ("reshape", shape)
        else:
            return None
        at = first.at and TensorAt(first.at.key, (*first.at.turns, turn))
        array = first.array
        if array is not None:
            array = array.transpose(turn[1]) if turn[0] == "permute" else array.reshape(turn[1])
        return replace(first, shape=shape, at=at, array=array)

    def _axes(self, attributes: dict[str, Any], inputs: list[Value]) -> set[int] | None:
        if "axes" in attributes:
            return {*attributes["axes"].ints}
        if len(inputs) > 1 and inputs[1].array is not None:
            return {int(each) for each in inputs[1].array}
        return None

    def _computed(self, node: Any, inputs: list[Value], found: dict[str, tuple[int, Shape]]) -> bool:
        """Compute a node from constants at hand."""
        given = [each for each in inputs if each.name]
        outputs = [name for name in node.output if name]
        small = all(prod(found[name][1]) <= MAX_COMPUTED for name in outputs if name in found)
        if not small or any(each.array is None for each in given) or found.keys() < {*outputs}:
            return False
        if any(each.type in (5, 10) for each in node.attribute) and node.op_type != "ConstantOfShape":
            return False  # graphs within: a loop may run for ever
        arrays = self._evaluated(node, {each.name: each.array for each in given})
        if arrays is None:
            return False
        import numpy as np  # noqa: PLC0415

        for name, each in zip(node.output, arrays, strict=False):
            if name:
                array = np.asarray(each)
                self.values[name] = Value(name, array.shape, found[name][0], None, array)
        return True

    def _evaluated(self, node: Any, arrays: dict[str, Any]) -> list[Any] | None:
        import warnings  # noqa: PLC0415

        from onnx.reference import ReferenceEvaluator  # noqa: PLC0415

        opsets = {domain: version for domain, version in self.opsets.items() if domain in _OWN}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found: Any = ReferenceEvaluator(node, opsets=opsets).run(None, arrays)
        except Exception:
            return None
        return [*found]

    def _inferred(self, node: Any, inputs: list[Value]) -> dict[str, tuple[int, Shape]]:
        """Return type and shape of what onnx's shape inference knows in numbers."""
        from onnx import defs, numpy_helper, shape_inference  # noqa: PLC0415

        domain = "" if node.domain in _OWN else node.domain
        scope = self.values.values() if any(each.type == 5 for each in node.attribute) else inputs
        types = {each.name: _type_of(each) for each in scope if each.name}
        data = {
            each.name: numpy_helper.from_array(each.array, each.name)
            for each in inputs
            if each.array is not None and each.array.size <= MAX_COMPUTED
        }
        version = self.opsets.get(node.domain, self.opset if not domain else 1)
        try:
            schema = defs.get_schema(node.op_type, version, domain)
            found = shape_inference.infer_node_outputs(
                schema, node, types, data, opset_imports=[*self.proto.opset_import]
            )
        except Exception:
            return {}
        return {
            name: (kind.tensor_type.elem_type, shape)
            for name, kind in found.items()
            if (shape := shape_in(kind)) is not None
        }

    def _as_declared(self, name: str) -> tuple[int, Shape | None]:
        """Return type and shape as the file says, where they hold for every input."""
        if name not in self.declared:
            return 1, None
        kind = self.declared[name].type
        return kind.tensor_type.elem_type, shape_in(kind)


def shape_in(kind: Any) -> Shape | None:
    """Return the shape that a type has, None where a size of it is not fixed."""
    if not kind.HasField("tensor_type") or not kind.tensor_type.HasField("shape"):
        return None
    sizes = kind.tensor_type.shape.dim
    if any(not size.HasField("dim_value") or size.dim_value < 0 for size in sizes):
        return None
    return tuple(size.dim_value for size in sizes)


def _type_of(value: Value) -> Any:
    from onnx import helper  # noqa: PLC0415

    return helper.make_tensor_type_proto(value.kind, value.shape)


def _array(tensor: Any, path: Path) -> Any:
    """Return the numbers of a small tensor; None of a large one, and where they are missing."""
    from onnx import numpy_helper  # noqa: PLC0415

    if tensor.data_location == tensor.EXTERNAL:
        return small(tensor, path)
    if tensor.doc_string:
        return None
    if prod(tensor.dims) > MAX_COMPUTED:
        raise BrokenFileError(f"the tensor '{tensor.name}' says that it is larger than its numbers")
    try:
        return numpy_helper.to_array(tensor)
    except Exception:
        raise BrokenFileError(f"the tensor '{tensor.name}' has other numbers than its shape says") from None


def _attributes(node: Any) -> dict[str, Any]:
    from onnx import helper  # noqa: PLC0415

    return {
        each.name: helper.get_attribute_value(each)
        for each in node.attribute
        if each.type not in (5, 10) and not each.ref_attr_name
    }


def _check_text(*names: object) -> None:
    """Refuse names that protobuf could not read as text, and left as bytes.

    Raises:
        BrokenFileError: there is one.
    """
    if any(isinstance(name, bytes) for name in names):
        raise BrokenFileError("has names that are no UTF-8 text")


def _named(node: Any) -> str:
    return str(node.name or (node.output[0] if node.output else node.op_type))


def _scope(node: Any) -> str:
    """Return the module that PyTorch's newer exporter notes beside a node."""
    for each in node.metadata_props:
        if each.key == "pkg.torch.onnx.name_scopes":
            names = [part.strip(" '\"") for part in each.value.strip("[]").split(",")]
            return next((name for name in reversed(names[:-1]) if name), "")
    return ""
