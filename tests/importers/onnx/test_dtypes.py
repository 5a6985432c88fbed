"""The numbers that a model has are those that its memory is calculated for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("onnxruntime")

import numpy as np
from onnx import TensorProto, helper, numpy_helper

import cnnstat
from cnnstat.importers import read
from tests.importers.onnx.graphs import saved

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.exchange


def convolution(kind: int, weight: int, nodes: tuple[Any, ...] = (), bias: int | None = None) -> Any:
    """Return a model of a convolution whose input and weights are of these types."""
    numbers = np.ones((4, 3, 3, 3))
    stored = [helper.make_tensor("w", weight, (4, 3, 3, 3), numbers.flatten().tolist())]
    if bias is not None:
        stored.append(helper.make_tensor("b", bias, (4,), [0] * 4))
    stored += [
        numpy_helper.from_array(np.array(0.1, np.float32), "scale"),
        numpy_helper.from_array(np.array(0, np.int8), "zero"),
    ]
    used = ["x", "w" if kind == weight else "w2", *(["b"] if bias else [])]
    graph = helper.make_graph(
        [*nodes, helper.make_node("Conv", used, ["y"])],
        "graph",
        [helper.make_tensor_value_info("x", kind, (1, 3, 8, 8))],
        [helper.make_tensor_value_info("y", kind, (1, 4, 6, 6))],
        stored,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [
        (TensorProto.FLOAT16, "float16"),
        (TensorProto.BFLOAT16, "bfloat16"),
        (TensorProto.DOUBLE, "float64"),
        (TensorProto.FLOAT, "float32"),
    ],
)
def test_memory_is_that_of_the_type_of_weights(kind: int, dtype: str, tmp_path: Path) -> None:
    path = saved(convolution(kind, kind), tmp_path)
    assert cnnstat.analyze(path).settings.dtype == dtype
    assert ("dtype:" in read(path)[0]) == (dtype != "float32")


def test_the_type_is_that_of_most_numbers(tmp_path: Path) -> None:
    """Norms and biases of a half network often stay as they were."""
    path = saved(convolution(TensorProto.FLOAT16, TensorProto.FLOAT16, bias=TensorProto.FLOAT), tmp_path)
    assert cnnstat.analyze(path).settings.dtype == "float16"


def test_weights_alone_of_one_byte_are_named_in_a_remark(tmp_path: Path) -> None:
    """Activations stay what they are, and there is one type for both."""
    back = helper.make_node("DequantizeLinear", ["w", "scale", "zero"], ["w2"])
    path = saved(convolution(TensorProto.FLOAT, TensorProto.INT8, (back,)), tmp_path)
    assert cnnstat.analyze(path).settings.dtype == "float32"
    text = read(path)[0]
    assert "# its weights are stored as int8, its outputs are float32, for which memory is" in text


def test_a_layer_without_weights_has_the_type_of_its_input(tmp_path: Path) -> None:
    graph = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["y"])],
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT16, (1, 3, 8, 8))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT16, (1, 3, 8, 8))],
    )
    path = saved(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=8), tmp_path
    )
    assert cnnstat.analyze(path).settings.dtype == "float16"
