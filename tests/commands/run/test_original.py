"""`cnnstat run MODEL --against ...`: the model itself is run, not only an export of what was read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.exchange


def onnx_model(path: Path, nodes: list[tuple[Any, ...]], outputs: dict[str, list[Any]], **more: Any) -> str:
    """Write a model on an input `x`: nodes are (operator, inputs, outputs, attributes)."""
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    make, kind = onnx.helper, onnx.TensorProto.FLOAT
    graph = make.make_graph(
        [make.make_node(op, [*reads], [*puts], **options) for op, reads, puts, options in nodes],
        "graph",
        [make.make_tensor_value_info("x", more.get("kind", kind), more.get("input", ["N", 3, 8, 8]))],
        [make.make_tensor_value_info(name, kind, shape) for name, shape in outputs.items()],
        [onnx.numpy_helper.from_array(each, name) for name, each in more.get("stored", {}).items()],
    )
    opsets = [make.make_opsetid("", 17)]
    onnx.save(make.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return str(path)


RELUS: list[tuple[Any, ...]] = [("Relu", ["x"], ["a"], {}), ("Sigmoid", ["a"], ["y"], {})]


def test_the_verdict_says_that_the_model_itself_was_run(tmp_path: Path) -> None:
    model = onnx_model(tmp_path / "two.onnx", RELUS, {"a": ["N", 3, 8, 8], "y": ["N", 3, 8, 8]})
    ended = within("run", model, "--against", "onnxruntime", "--batch", "3")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1].endswith("and 2 outputs of two.onnx itself are the same")
    found = json.loads(within("run", model, "--against", "onnxruntime", "--format", "json").stdout)
    assert [(each["output"], each["found"]) for each in found["against"]["model"]["outputs"]] == [
        ("a", "same"),
        ("y", "same"),
    ]


def test_a_node_that_was_misread_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export of what was read has the same mistake."""
    from cnnstat.importers.onnx.operators import OPERATORS  # noqa: PLC0415

    model = onnx_model(tmp_path / "two.onnx", RELUS, {"y": ["N", 3, 8, 8]})
    monkeypatch.setitem(OPERATORS, "Sigmoid", OPERATORS["Tanh"])
    for dtype in ("float32",):
        ended = within("run", model, "--against", "onnxruntime", "--dtype", dtype)
        assert ended.returncode == 1
        verdict = ended.stdout.splitlines()[-1]
        assert verdict.startswith("OTHER OUTPUT: the model's own 'y' of ONNX Runtime is off by ")


@pytest.mark.parametrize("batch", ["1", "3", "5"])
def test_a_fixed_number_of_samples_is_kept(batch: str, tmp_path: Path) -> None:
    for fixed in (1, 2):
        shape = [fixed, 3, 8, 8]
        model = onnx_model(tmp_path / f"of_{fixed}.onnx", RELUS, {"y": shape}, input=shape)
        ended = within("run", model, "--against", "onnxruntime", "--batch", batch)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert ended.stdout.splitlines()[-1].endswith(f"1 output of of_{fixed}.onnx itself is the same")


def test_channels_last_are_given_as_the_model_has_them(tmp_path: Path) -> None:
    nodes = [("Transpose", ["x"], ["t"], {"perm": [0, 3, 1, 2]}), ("Relu", ["t"], ["y"], {})]
    model = onnx_model(tmp_path / "last.onnx", nodes, {"y": ["N", 3, 8, 7]}, input=["N", 8, 7, 3])
    ended = within("run", model, "--against", "onnxruntime")
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_an_output_that_no_layer_works_out_is_not_proved(tmp_path: Path) -> None:
    import numpy as np  # noqa: PLC0415

    stored = {"w": np.ones(3, np.float32)}
    model = onnx_model(tmp_path / "lost.onnx", RELUS, {"y": ["N", 3, 8, 8], "w": [3]}, stored=stored)
    ended = within("run", model, "--against", "onnxruntime")
    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-1] == (
        "NOT COMPARED: no layer of the network works out the model's own 'w'"
    )


def test_a_model_that_cannot_be_run_as_it_is_is_not_proved(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    nodes = [("Cast", ["x"], ["f"], {"to": onnx.TensorProto.FLOAT}), ("Relu", ["f"], ["y"], {})]
    kind = onnx.TensorProto.UINT8
    model = onnx_model(tmp_path / "bytes.onnx", nodes, {"y": ["N", 3, 8, 8]}, kind=kind)
    ended = within("run", model, "--against", "onnxruntime")
    assert ended.returncode == 1
    assert "NOT COMPARED: bytes.onnx itself was not run: its input 'x' takes tensor(uint8)" in ended.stdout


def test_another_engine_says_nothing_of_the_model_itself(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    model = onnx_model(tmp_path / "two.onnx", RELUS, {"y": ["N", 3, 8, 8]})
    ended = within("run", model, "--against", "torch")
    assert ended.returncode == 0, ended.stderr
    assert "in an export; two.onnx itself was not run" in ended.stdout.splitlines()[-1]
