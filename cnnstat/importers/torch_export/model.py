"""A program of `torch.export` -> the nodes that ONNX would have, for they are read already.

Operators are put in ONNX's words, and those that it lacks in the catalogue's own (`layer`). So activations in
pieces, shuffles, turned axes and the axis of samples are found by the same code for both.
"""

from __future__ import annotations

import operator
from contextlib import suppress
from math import prod
from typing import TYPE_CHECKING, Any

from cnnstat.base.text import listed
from cnnstat.importers.draft import TensorAt
from cnnstat.importers.onnx.catalogue import Outside
from cnnstat.importers.onnx.nodes.batch import UNKNOWN, samples_of, unmixed
from cnnstat.importers.onnx.nodes.model import Model
from cnnstat.importers.onnx.nodes.value import MAX_COMPUTED, Node, Value, is_float
from cnnstat.importers.torch_export.aten import ATEN
from cnnstat.importers.torch_export.call import Call
from cnnstat.importers.torch_export.constants import computed, turned

if TYPE_CHECKING:
    from cnnstat.importers.torch_export.program import Program
    from cnnstat.layers.base import Shape

OPSET = 21

_KINDS = {
    **{"float32": 1, "float64": 11, "float16": 10, "bfloat16": 16, "bool": 9},
    **{"int8": 3, "int16": 5, "int32": 6, "int64": 7, "uint8": 2, "uint16": 4, "uint32": 12, "uint64": 13},
}


def understood(program: Program, name: str) -> Model:
    """Return the model of a program."""
    return Reading(program).model(name)


class Reading:
    """The nodes and values so far; ``names`` says which value a node of the program is.

    ``kinds`` are the types of what calls put out, by the names of these values.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.values: dict[str, Value] = {"": Value("", None)}
        self.nodes: list[Node] = []
        self.made: dict[str, tuple[int, Node]] = {}
        self.names: dict[Any, str] = {}
        self.kinds: dict[str, int] = {}
        self.inputs: dict[str, Shape] = {}
        self.remarks: list[str] = []

    def model(self, name: str) -> Model:
        """Go through the program."""
        outputs: list[str] = []
        exported = self.program.exported
        stored = {
            each.arg.name: each.target
            for each in exported.graph_signature.input_specs
            if each.target is not None
        }
        for node in exported.graph.nodes:
            if node.op == "placeholder":
                self._placeholder(node, stored.get(node.name))
            elif node.op == "call_function":
                self._call(node)
            elif node.op == "output":
                results = [each for each in node.args[0] if each in self.names]
                ends = {
                    each.arg.name for each in exported.graph_signature.output_specs if each.target is None
                }
                outputs = [self.names[each] for each in results if each.name in ends]
        fixed = frozenset(stored.values()) - self.program.trained
        unmixed(self.values, outputs)
        model = Model(name, "torch.export", OPSET, self.inputs, self.nodes, self.values, outputs, fixed=fixed)
        model.remarks = tuple(filter(None, [*self.remarks, self._idle(stored)]))
        model.made = self.made
        return model

    def _idle(self, stored: dict[str, str]) -> str:
        """Return what is to be said of parameters that nothing reads, empty where all are read."""
        read = {
            stored[node.name]
            for node in self.program.exported.graph.nodes
            if node.name in stored and node.users
        }
        sizes = self.program.parameters
        same = {identity for name, (identity, _) in sizes.items() if name in read}
        idle = {identity: count for identity, count in sizes.values() if identity not in same}
        if not idle:
            return ""
        whole = sum(dict(sizes.values()).values())
        parts = dict.fromkeys(
            name.partition(".")[0] for name, (identity, _) in sizes.items() if identity in idle
        )
        return (
            f"{sum(idle.values()):,} of its {whole:,} parameters are left out, for what it puts out in"
            f" evaluation does not read them: {listed(tuple(parts))}"
        )

    def _placeholder(self, node: Any, stored: str | None) -> None:
        """Take an input, or a tensor that the module has."""
        tensor = node.meta.get("val")
        shape = getattr(tensor, "shape", None)
        if shape is None:
            return
        if stored is None:
            own = node.name
            names = [*self.program.inputs]
            own = names[len(self.inputs)] if own not in names else own
            self.inputs[own] = self.program.inputs[own]
            self.add(node, Value(own, tuple(shape), kind_of(tensor), 0))
            return
        numbers = None
        known = self.program.buffers.get(stored, self.program.exported.constants.get(stored))
        if known is not None and not known.is_meta and known.numel() <= MAX_COMPUTED and not _is_fake(known):
            numbers = known.detach().cpu()
        array = None if numbers is None else _array(numbers)
        self.add(node, Value(stored, tuple(shape), kind_of(tensor), None, array, TensorAt(stored)))

    def add(self, node: Any, value: Value) -> None:
        """Take a value under its name, as what a node of the program is."""
        self.values[value.name] = value
        self.names[node] = value.name

    def _call(self, node: Any) -> None:
        tensor = node.meta.get("val")
        if node.target is operator.getitem:
            self._part(node)
            return
        tensors = (
            [tensor] if hasattr(tensor, "shape") else [*tensor] if isinstance(tensor, tuple | list) else []
        )
        if not tensors or any(not hasattr(each, "shape") for each in tensors if each is not None):
            return  # numbers, and checks of them
        shapes = [() if each is None else tuple(each.shape) for each in tensors]
        several = not hasattr(tensor, "shape")
        names = [f"{node.name}.{i}" for i in range(len(shapes))] if several else [node.name]
        self.kinds |= {name: kind_of(each) for name, each in zip(names, tensors, strict=True)}
        read = [self.names.get(each, "") for each in node.all_input_nodes]
        if all(self.values[name].constant for name in read if name) and self._constant(node, shapes, several):
            return
        call = Call(self, node, names, shapes)
        handler = ATEN.get(call.operator)
        try:
            found = handler is not None and handler(call)
        except (
            Outside,
            LookupError,
        ):  # an argument that is worked out, or a number of axes that no layer has
            found = False
        if not found:
            call.outside()
        self.names.setdefault(node, names[0])

    def _part(self, node: Any) -> None:
        """Take one of several outputs of a call."""
        whole, number = node.args
        name = f"{whole.name}.{number}"
        if name in self.values:
            self.names[node] = name
        elif whole in self.names and number == 0:
            self.names[node] = self.names[whole]

    def _constant(self, node: Any, shapes: list[Shape], several: bool) -> bool:
        """Take what is the same for every input: computed, turned, or worked out when it is needed."""
        call = Call(self, node, [node.name], shapes)
        if several:
            return False
        found = turned(call)
        if found is None:
            array = computed(call) if prod(shapes[0]) <= MAX_COMPUTED else None
            found = Value(node.name, shapes[0], call.kind, None, array, TensorAt(f"\0{node.name}"))
        if found.name == node.name and found.at is not None and found.at.key.startswith("\0"):
            self._note_made(call)
        self.values[found.name] = found
        self.names[node] = found.name
        return True

    def _note_made(self, call: Call) -> None:
        """Keep the nodes that make a constant beside the others."""
        handler = ATEN.get(call.operator)
        if not is_float(call.kind):
            return
        kept, self.nodes = self.nodes, []
        with suppress(Outside, LookupError):
            if handler is None or not handler(call):
                call.outside()
        made, self.nodes = self.nodes, kept
        self.made |= {name: (len(kept), each) for each in made for name in each.outputs}

    def put(self, node: Node, shapes: list[Shape]) -> None:
        """Add a node whose outputs have these shapes."""
        self.nodes.append(node)
        inputs = [self.values[name] for name in node.inputs]
        known = [each for each in inputs if each.shape is not None and each.batch is not None]
        for name, shape in zip(node.outputs, shapes, strict=True):
            batch, folded = samples_of(node, known, inputs, shape) if known else UNKNOWN
            self.values[name] = Value(name, shape, self.kinds.get(name, 1), batch, folded=folded)


def kind_of(tensor: Any) -> int:
    """Return the type of a tensor's numbers by its number in ONNX; 1, that of float32, where it has none."""
    return _KINDS.get(str(getattr(tensor, "dtype", "")).removeprefix("torch."), 1)


def _is_fake(tensor: Any) -> bool:
    return type(tensor).__name__ == "FakeTensor"


def _array(tensor: Any) -> Any:
    import torch  # noqa: PLC0415

    plain = tensor.float() if tensor.dtype in (torch.bfloat16, torch.float16) else tensor
    return plain.numpy()
