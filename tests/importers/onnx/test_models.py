"""Published networks as PyTorch's exporters, tf2onnx and Paddle write them: figures are the library's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("onnx")

import cnnstat
from cnnstat.importers import read
from tests.program import within

pytestmark = pytest.mark.exchange

MODELS = Path(__file__).parent / "models"
FIGURES = json.loads((MODELS / "figures.json").read_text())


def test_every_stored_model_has_figures() -> None:
    assert {path.stem for path in MODELS.glob("*.onnx")} == FIGURES.keys()
    assert len(FIGURES) >= 12


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_those_of_the_library(name: str) -> None:
    analysis = cnnstat.analyze(MODELS / f"{name}.onnx")
    wanted = FIGURES[name]
    assert analysis.without == {}
    assert analysis.totals.counts.params == wanted["params"] - wanted.get("folded", 0)
    assert analysis.totals.counts.macs == wanted["macs"]
    assert [list(shape) for shape in analysis.output_shapes.values()] == wanted["outputs"]


def test_names_are_those_of_the_modules() -> None:
    names = {row.name for row in cnnstat.analyze(MODELS / "seresnet50-opset13.onnx").rows}
    assert {"0.0.0", "0.0.1", "0.1", "1.0.body.0.0", "1.0.add"} <= names


def test_names_are_those_of_keras_and_paddle() -> None:
    rows = [(row.name, row.type) for row in cnnstat.analyze(MODELS / "keras-resnet50.onnx").rows]
    assert rows[:5] == [
        *[("conv1_conv", "conv"), ("conv1_bn", "batch_norm"), ("conv1_relu", "relu")],
        *[("pool1_pad", "pad"), ("pool1_pool", "max_pool")],
    ]
    names = {row.name for row in cnnstat.analyze(MODELS / "paddle-resnet18.onnx").rows}
    assert {"conv2d_0", "batch_norm2d_0"} <= names


def test_maps_with_their_channels_last_are_turned() -> None:
    path = MODELS / "keras-efficientnet-b0.onnx"
    analysis = cnnstat.analyze(path)
    assert analysis.graph.input_shapes == ((3, 64, 64),)
    assert "the model takes 'input' with its channels last, 64x64x3" in read(str(path))[0]
    assert cnnstat.analyze(path, input_shape=(3, 96, 64)).graph.input_shapes == ((3, 96, 64),)


NHWC = [f"keras-{name}" for name in ("mobilenet-v2", "resnet50", "efficientnet-b0", "densenet121")]


@pytest.mark.parametrize("name", ["convnext-opset13", "convnext-dynamo", *NHWC])
def test_transposes_to_channels_last_and_back_go(name: str) -> None:
    analysis = cnnstat.analyze(MODELS / f"{name}.onnx")
    assert "permute" not in {row.type for row in analysis.rows}
    assert all(row.field.because is None for row in analysis.rows)


@pytest.mark.parametrize(
    "command",
    [
        *("summary MODEL", "flops MODEL", "rf MODEL", "sizes MODEL", "explain MODEL"),
        *("diff MODEL seresnet50", "diff seresnet50 MODEL", "flops MODEL --training --format json"),
    ],
)
def test_every_command_takes_a_model(command: str) -> None:
    model = str(MODELS / "tcn-dynamo.onnx")
    ended = within(*(model if word == "MODEL" else word for word in command.split()))
    assert ended.returncode == 0, ended.stderr
    assert "tcn-dynamo" in ended.stdout
