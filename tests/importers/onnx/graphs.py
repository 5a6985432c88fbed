"""Small ONNX graphs, and what ONNX Runtime makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import cnnstat
from cnnstat.importers import weights

if TYPE_CHECKING:
    from pathlib import Path

Nodes = list[tuple[Any, ...]]
"""Each an operator, its inputs and outputs as words, and its attributes."""


def model_of(
    nodes: Nodes,
    x: tuple[int | str, ...] | dict[str, tuple[int | str, ...]],
    constants: dict[str, Any] | None = None,
    *,
    outputs: str = "y",
    opset: int = 20,
) -> onnx.ModelProto:
    """Return a model; a constant is an array, or the shape of one that is drawn."""
    rng = np.random.default_rng(3)
    stored = []
    for name, value in (constants or {}).items():
        array = value if isinstance(value, np.ndarray) else rng.standard_normal(value).astype(np.float32)
        stored.append(numpy_helper.from_array(array, name))
    shapes = x if isinstance(x, dict) else {"x": x}
    graph = helper.make_graph(
        [
            helper.make_node(
                op, inputs.split(" "), given.split(" "), name=f"n{i}", **(more[0] if more else {})
            )
            for i, (op, inputs, given, *more) in enumerate(nodes)
        ],
        "graph",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs.split(" ")],
        stored,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def saved(model: onnx.ModelProto, folder: Path) -> str:
    """Write a model, and return its path as a command takes it."""
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return str(path)


def ours(path: str, *, input_shape: Any = None) -> tuple[cnnstat.Network, list[Any]]:
    """Return a model as the executor runs it, with the model's weights, and what it puts out."""
    network = cnnstat.Network(path, input_shape=input_shape)
    network.load(dict(weights(path, input_shape)))
    y = network.forward(network.sample(1), backward=False)
    return network, list(y) if isinstance(y, tuple) else [y]


def theirs(path: str, network: cnnstat.Network) -> list[Any]:
    """Return what ONNX Runtime makes of the same input."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    given = network.named(network.sample(1)).values()
    feeds = {
        each.name: _as_asked(array, each.shape)
        for each, array in zip(session.get_inputs(), given, strict=True)
    }
    return [*session.run(None, feeds)]


def _as_asked(array: Any, shape: list[Any]) -> Any:
    """Return maps with their channels last where a model takes them so; a spec has them first."""
    if len(shape) == array.ndim and shape[1:] == [*array.shape[2:], array.shape[1]] != [*array.shape[1:]]:
        return np.moveaxis(array, 1, -1)
    return array
