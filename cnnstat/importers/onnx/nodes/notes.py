"""Layers that a model names beside its operators, as those that this program writes do.

A note is a hint, not an embedded spec: it is believed where the operators are exactly those that would be
written for the layer that it names, on the shapes that reach it here. Of a model that somebody has edited, or
that is read on another input, the operators alone count.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import asdict

from cnnstat.base.errors import Fault, Misfit
from cnnstat.exporters.onnx.graph import write
from cnnstat.exporters.onnx.layers import WRITERS
from cnnstat.exporters.onnx.model import message
from cnnstat.exporters.onnx.notes import KEY
from cnnstat.exporters.onnx.writer import Place, Writer
from cnnstat.importers.onnx.nodes.value import OWN
from cnnstat.layers import LAYERS
from cnnstat.layers.base import size_of, width_of
from cnnstat.layers.reader import read_layer
from cnnstat.spec.channels import Channels, multiple
from cnnstat.spec.expression import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.importers.onnx.nodes.value import Value
    from cnnstat.layers.base import Layer, Shape

_LONGEST = 1 << 18
"""Characters of a note; that of a connection table of 512 maps by 64 has about as many."""
_MOST_INPUTS = 4096


class Noted(Struct, frozen=True):
    """A layer: its options as a spec has them, the values that it reads and puts out, and its tensors.

    ``tensors`` are the model's names for them, ``shapes`` those that the layer has them in; ``within`` are
    values between its operators, which nobody else reads.
    """

    type: str
    options: dict[str, Any]
    inputs: list[str]
    shape: Shape
    tensors: dict[str, str]
    shapes: dict[str, Shape]
    within: frozenset[str]


class Notes:
    """The notes of a graph; ``values`` are what is known of its values so far."""

    def __init__(self, graph: Any, values: Mapping[str, Value]) -> None:
        self._values = values
        self._noted = any(_text(node) for node in graph.node)
        self._makers: dict[str, Any] = {}
        self._readers: dict[str, int] = defaultdict(int)
        if self._noted:
            self._makers = {name: node for node in graph.node for name in node.output}
            for name in (
                *(name for node in graph.node for name in node.input),
                *(o.name for o in graph.output),
            ):
                self._readers[name] += 1

    def of(self, node: Any) -> Noted | None:
        """Return the layer that ends in a node, None where its note is not believed or it has none."""
        text = _text(node) if self._noted and node.domain in OWN and len(node.output) == 1 else ""
        if not 0 < len(text) <= _LONGEST:
            return None
        try:
            said = json.loads(text)
            kind, inputs = said.pop("type"), said.pop("from")
            layer = _layer(kind, {name: value for name, value in said.items() if name != "frozen"})
            return self._believed(node.output[0], kind, layer, said, inputs)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError, Fault, Misfit):
            return None

    def _believed(
        self, path: str, kind: str, layer: Layer, options: dict[str, Any], inputs: list[str]
    ) -> Noted | None:
        given = [self._values[name] for name in inputs[:_MOST_INPUTS]]
        if any(value.shape is None or value.batch != 0 for value in given) or len(given) < len(inputs):
            return None
        import numpy as np  # noqa: PLC0415
        from onnx import helper  # noqa: PLC0415

        shapes = tuple(value.sample for value in given)
        shape = size_of(layer.sizes(shapes))
        writer = Writer(np.dtype(helper.tensor_dtype_to_np_dtype(given[0].kind)), None)
        write(kind, layer, Place(writer, path, layer, path, tuple(inputs), shapes, shape))
        fit = _Fit(writer, self._values, self._makers)
        if not fit.same(path, path, {*inputs}):
            return None
        within = frozenset(fit.found.values()) - {path}
        if any(self._readers[name] != fit.reads[name] for name in within):
            return None
        # a width that the note says by the channels is a number, as all others of a model are
        widths = {name: value for name, value in asdict(layer).items() if isinstance(value, Channels)}
        options = options | {name: width_of(width, shapes[0][0], name) for name, width in widths.items()}
        own = layer.tensors(shapes)
        tensors = {name.removeprefix(f"{path}."): found for name, found in fit.tensors.items()}
        return Noted(kind, options, inputs, shape, tensors, {name: own[name] for name in tensors}, within)


class _Fit:
    """Operators as they would be written, laid over those of a graph from their end on."""

    def __init__(self, writer: Writer, values: Mapping[str, Value], makers: Mapping[str, Any]) -> None:
        self._writer, self._values, self._graph = writer, values, makers
        self._makers = {name: node for node in writer.nodes for name in node.outputs}
        self.found: dict[str, str] = {}
        self.tensors: dict[str, str] = {}
        self.reads: dict[str, int] = defaultdict(int)

    def same(self, written: str, name: str, inputs: set[str]) -> bool:
        """Say whether a value of the graph is made as one that is written."""
        if written in inputs or not written:
            return written == name
        stored = self._writer.tensors.get(written)
        if stored is not None:
            value = self._values.get(name)
            self.tensors.setdefault(written, name)
            fits = value is not None and value.at is not None and value.shape == stored.shape
            return fits and self.tensors[written] == name
        if written in self._writer.constants:
            return self._equal(self._writer.constants[written], self._values.get(name))
        if written in self.found:
            return self.found[written] == name
        made, node = self._makers[written], self._graph.get(name)
        if node is None or len(node.output) != len(made.outputs) or len(node.input) != len(made.inputs):
            return False
        if node.op_type != made.op or node.domain not in OWN or not _alike(message(made), node):
            return False
        self.found |= dict(zip(made.outputs, node.output, strict=True))
        for read in node.input:
            self.reads[read] += 1
        pairs = zip(made.inputs, node.input, strict=True)
        return self.found[written] == name and all(self.same(a, b, inputs) for a, b in pairs)

    def _equal(self, constant: Any, value: Value | None) -> bool:
        if value is None or value.array is None:
            return False
        array = value.array
        return bool(
            array.shape == constant.shape and array.dtype == constant.dtype and (array == constant).all()
        )


def _layer(kind: str, options: dict[str, Any]) -> Layer:
    """Return a layer of the catalogue.

    Raises:
        LookupError: there is no such type, or none that is written; ValueError: options are wrong.
    """
    read = {name: _value(value) for name, value in options.items()}
    if WRITERS.get(kind) is None or not read.keys() <= {*LAYERS[kind].__struct_fields__}:
        raise LookupError(kind)
    layer, _ = read_layer(kind, LAYERS[kind], read)
    if layer is None:
        raise ValueError(kind)
    return layer


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_value, value))
    if isinstance(value, str) and "$" in value:
        return parse(value).evaluate({"in": multiple(1)})
    return value


def _alike(made: Any, node: Any) -> bool:
    mine, theirs = ({a.name: a.SerializeToString() for a in each.attribute} for each in (made, node))
    return mine == theirs


def _text(node: Any) -> str:
    return next((each.value for each in node.metadata_props if each.key == KEY), "")
