"""Operators -> a ModelProto, ONNX's own message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cnnstat.exporters.onnx.graph import written
from cnnstat.exporters.onnx.layers import IR_VERSION, OPSET
from cnnstat.exporters.onnx.library import onnx_library
from cnnstat.exporters.onnx.notes import KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnnstat.analysis import Analysis
    from cnnstat.exporters.onnx.writer import Array, Node, Writer

BATCH = "batch"
"""The name of the first axis of every input and output, whose size is any."""
PRODUCER = "cnnstat"


def model(
    analysis: Analysis,
    values: Mapping[str, Array] | None,
    *,
    dtype: str = "float32",
    every_output: bool = False,
    version: str = "",
) -> tuple[Any, tuple[str, ...]]:
    """Return a network as an ONNX model (a ModelProto), and remarks on what is said there in another way.

    ``values`` are its tensors, ``layer.tensor``; without them they are inputs of the graph, so that the model
    is small and whole: onnx's checker refuses a tensor whose numbers are missing, in the file or beside it,
    and an empty sparse one. With ``every_output`` the output of each layer is one of the graph.

    Raises:
        NoExportError: there are layers that cannot be said in ONNX, or its library is missing.
    """
    onnx = onnx_library()
    writer, graph = written(analysis, values, dtype), analysis.graph
    kind = onnx.helper.np_dtype_to_tensor_dtype(writer.dtype)
    layers = [node.path for node in graph.layers]
    outputs = dict.fromkeys(layers if every_output else map(graph.name, graph.outputs))
    shapes = dict(zip((node.path for node in graph.nodes), analysis.shapes, strict=True))

    def described(names: Iterable[str]) -> list[Any]:
        return [onnx.helper.make_tensor_value_info(name, kind, [BATCH, *shapes[name]]) for name in names]

    absent = ((name, stored.shape) for name, stored in writer.tensors.items() if stored.numbers is None)
    made = onnx.helper.make_graph(
        [message(node) for node in writer.nodes],
        graph.spec.name,
        [
            *described(node.path for node in graph.inputs),
            *(onnx.helper.make_tensor_value_info(name, kind, shape) for name, shape in absent),
        ],
        described(outputs),
        list(_initializers(onnx, writer)),
        doc_string=graph.spec.source,
        value_info=described(name for name in layers if name not in outputs),
    )
    whole = onnx.helper.make_model(
        made,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name=PRODUCER,
        producer_version=version,
    )
    return whole, tuple(writer.remarks)


def message(node: Node) -> Any:
    """Return an operator as ONNX's message, with its note among its metadata.

    Raises:
        NoExportError: ONNX's library is missing.
    """
    onnx = onnx_library()
    attributes = {name: _attribute(onnx, value) for name, value in node.attributes.items()}
    made = onnx.helper.make_node(node.op, node.inputs, node.outputs, node.name, **attributes)
    if node.note:
        made.metadata_props.add(key=KEY, value=node.note)
    return made


def _attribute(onnx: Any, value: Any) -> Any:
    return onnx.numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value


def _initializers(onnx: Any, writer: Writer) -> Iterator[Any]:
    """Yield the tensors of the network that have numbers, then the constants of single layers."""
    for name, stored in writer.tensors.items():
        if stored.numbers is not None:
            yield onnx.numpy_helper.from_array(np.ascontiguousarray(stored.numbers, writer.dtype), name)
    for name, numbers in writer.constants.items():
        yield onnx.numpy_helper.from_array(numbers, name)
