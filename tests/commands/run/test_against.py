"""`cnnstat run --against onnxruntime`: every layer's output beside that of another engine."""

from __future__ import annotations

import dataclasses
import json
import sys
from math import inf, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnnstat.commands.run.opinion import ComparedOutput, relative_difference
from cnnstat.executor.kernel import Backward
from cnnstat.executor.kernels import KERNELS
from cnnstat.exporters.pytorch import text
from cnnstat.exporters.pytorch.module import Written
from tests.program import within

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Context, Inputs, Options, Params, Result

SPEC = """
input: [3, 12, 10]
layers:
  - {type: conv, name: first, filters: 4, kernel: 3, padding: same}
  - {type: batch_norm, name: norm}
  - {type: hard_swish, name: bent}
  - {type: conv, name: second, filters: 4, kernel: 3}
  - {type: hard_swish, name: bent_again}
  - {type: flatten}
  - {type: linear, units: 5}
"""
VECTORS = "input: [7]\nlayers:\n  - {type: linear, units: 5}\n  - {type: tanh}\n  - {type: softmax}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("spec.yaml").write_text(SPEC, encoding="utf-8")
    Path("vectors.yaml").write_text(VECTORS, encoding="utf-8")
    return tmp_path


def against(*more: str, spec: str = "spec.yaml") -> Any:
    return within("run", spec, "--against", "onnxruntime", *more)


@pytest.fixture
def installed() -> None:
    pytest.importorskip("onnxruntime")


@pytest.mark.exchange
@pytest.mark.usefixtures("installed")
def test_the_verdict_covers_values() -> None:
    ended = against("--check-grad", "--dtype", "float64", spec="vectors.yaml")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1].endswith("7 gradients are right, 3 outputs are ONNX Runtime's")
    document = json.loads(against("--batch", "3", "--format", "json").stdout)
    found = document["against"]
    assert document["proved"]
    assert (found["engine"], found["tolerance"], found["others"]) == ("ONNX Runtime", 1e-4, 0)
    assert [each["layer"] for each in found["outputs"]] == [each["name"] for each in document["layers"]]
    assert all(each["difference"] < 1e-5 and each["rounding"] is None for each in found["outputs"])
    assert json.loads(within("run", "spec.yaml", "--format", "json").stdout)["against"] is None


@pytest.mark.exchange
@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("factor", [1.001, -1.0])
def test_a_kernel_made_wrong_is_named(factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its figures are right, and so are its gradients as slopes of what it computes."""
    own = KERNELS["hard_swish"]

    def wrong(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
        y, way_back = own.forward(inputs, params, options, context)
        return y * y.real.dtype.type(factor), way_back

    monkeypatch.setitem(KERNELS, "hard_swish", dataclasses.replace(own, forward=wrong))
    assert within("run", "spec.yaml").returncode == 0
    ended = against()
    assert ended.returncode == 1
    verdict = ended.stdout.splitlines()[-1]
    assert verdict.startswith("OTHER OUTPUT: bent (hard_swish) is off by ")
    assert "from ONNX Runtime's; and " in verdict
    document = json.loads(against("--format", "json").stdout)
    assert not document["proved"]
    first = next(each for each in document["against"]["outputs"] if each["found"] != "same")
    assert (first["layer"], first["found"]) == ("bent", "other")


@pytest.mark.exchange
@pytest.mark.usefixtures("installed")
def test_what_cancels_is_rounding() -> None:
    """The mean of a norm is nothing else: 0 in one engine, 1e-8 in another."""
    layers = "  - {type: layer_norm}\n" * 2 + "  - {type: reduce, axes: [channels]}\n"
    Path("zero.yaml").write_text(f"input: [2]\nlayers:\n{layers}", encoding="utf-8")
    ended = against("--batch", "8", spec="zero.yaml")
    assert ended.returncode == 0
    assert ended.stdout.splitlines()[-1].endswith("2 outputs are ONNX Runtime's, 1 but for rounding")


@pytest.mark.exchange
@pytest.mark.usefixtures("installed")
def test_numbers_that_are_not_finite_are_compared() -> None:
    Path("roots.yaml").write_text(
        "input: [9]\nlayers:\n  - {type: power, exponent: 0.5}\n  - {type: relu}\n", encoding="utf-8"
    )
    document = json.loads(against("--format", "json", spec="roots.yaml").stdout)
    assert document["against"]["others"] == 0


@pytest.mark.exchange
@pytest.mark.usefixtures("installed")
def test_what_onnx_runtime_cannot_is_named() -> None:
    ended = against("--dtype", "float64")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "Error: ONNX Runtime has no Conv in float64 (first); --dtype float32 has one\n"


@pytest.mark.exchange
@pytest.mark.usefixtures("installed")
def test_memory_is_refused_before_the_work() -> None:
    ended = against("--max-memory", "60M")
    assert ended.returncode == 2
    assert "allowed by --max-memory" in ended.stderr


@pytest.mark.exchange
def test_pytorch_covers_outputs_and_the_gradient_of_the_input() -> None:
    pytest.importorskip("torch")
    for dtype in ("float32", "float64"):
        ended = within("run", "spec.yaml", "--against", "torch", "--batch", "2", "--dtype", dtype)
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.splitlines()[-1].endswith("7 outputs and the gradient of the input are PyTorch's")
    document = json.loads(within("run", "spec.yaml", "--against", "torch", "--format", "json").stdout)
    found = document["against"]
    assert [each["layer"] for each in found["outputs"]] == [each["name"] for each in document["layers"]]
    assert [(each["layer"], each["found"]) for each in found["gradients"]] == [("input", "same")]


@pytest.mark.exchange
@pytest.mark.parametrize(
    ("forward", "verdict"), [(True, "OTHER OUTPUT: bent"), (False, "OTHER GRADIENT: that of input")]
)
def test_a_kernel_that_is_not_pytorchs_is_named(
    forward: bool, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either way; a way back alone that is wrong shows in the gradient of the input."""
    pytest.importorskip("torch")
    own = KERNELS["hard_swish"]

    def wrong(inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
        y, way_back = own.forward(inputs, params, options, context)
        if forward:
            return y * y.real.dtype.type(1.01), way_back
        if way_back is None:
            return y, None
        return y, Backward(
            lambda dy, *kept: way_back.rule(dy * dy.real.dtype.type(1.01), *kept), way_back.kept
        )

    monkeypatch.setitem(KERNELS, "hard_swish", dataclasses.replace(own, forward=wrong))
    ended = within("run", "spec.yaml", "--against", "torch")
    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-1].startswith(verdict)


@pytest.mark.exchange
def test_an_output_that_is_an_expression_is_that_of_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """A subtraction that is written as a sum, without a gradient that could show it."""
    pytest.importorskip("torch")
    layers = "  - {type: sigmoid, name: a}\n  - {type: subtract, name: s, from: [input, a]}\n"
    Path("written.yaml").write_text(f"input: [4]\nlayers:\n{layers}", encoding="utf-8")
    assert within("run", "written.yaml", "--against", "torch").returncode == 0
    own = text.source

    def wrong(network: Any) -> str:
        source = own(network)
        assert " - " in source
        return source.replace(" - ", " + ")

    monkeypatch.setattr(text, "source", wrong)
    document = json.loads(within("run", "written.yaml", "--against", "torch", "--format", "json").stdout)
    assert [each["found"] for each in document["against"]["outputs"]] == ["same", "other"]


@pytest.mark.exchange
@pytest.mark.parametrize("error", [RuntimeError("unsupported memory format"), TypeError("no such argument")])
def test_what_pytorch_refuses_is_one_line(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")

    def refusing(self: Written, inputs: Any) -> Any:
        raise error

    monkeypatch.setattr(Written, "outputs", refusing)
    ended = within("run", "spec.yaml", "--against", "torch")
    assert (ended.returncode, ended.stderr) == (2, f"Error: PyTorch cannot run the network: {error}\n")


@pytest.mark.parametrize("library", ["onnx", "onnxruntime"])
def test_a_missing_library_is_named(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if library == "onnxruntime":
        pytest.importorskip("onnx")
    monkeypatch.setitem(sys.modules, library, None)
    ended = against()
    assert ended.returncode == 2
    assert "pip install 'cnnstat[onnxruntime]'" in ended.stderr  # which brings onnx, too


def test_training_is_no_inference() -> None:
    ended = against("--training")
    assert ended.returncode == 2
    assert "--against compares inference" in ended.stderr


@pytest.mark.parametrize(
    ("a", "b", "off"),
    [
        ([1.0, -4.0], [1.0, -4.0], 0),
        ([1.0, -4.0], [1.5, -4.0], 0.125),
        ([1e-9, 1.0], [0.0, 1.0], 1e-9),
        ([0.0, 0.0], [0.0, 0.0], 0),
        ([nan, inf, 2.0], [nan, inf, 1.0], 0.5),
        ([nan, 1.0], [1.0, 1.0], inf),
        ([inf, 1.0], [-inf, 1.0], inf),
        ([1.0], [1.0, 1.0], inf),
    ],
)
def test_a_difference_is_measured_beside_the_largest_number(a: Any, b: Any, off: float) -> None:
    assert relative_difference(np.array(a), np.array(b)) == pytest.approx(off)


def test_rounding_excuses_what_it_does_and_no_more() -> None:
    def found(difference: float, rounding: float | None) -> str:
        return ComparedOutput("a", "relu", difference, 1e-4, rounding).found

    assert found(9e-5, None) == found(9e-5, 0.0) == "same"
    assert found(3e-3, 1e-3) == "rounding"
    assert found(3e-3, 1e-4) == found(3e-3, 0.0) == found(inf, 1e-3) == "other"
