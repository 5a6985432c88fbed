"""`cnnstat export --to onnx`, as it is typed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnstat
from cnnstat.commands.export import command, targets
from cnnstat.exporters.onnx import external
from cnnstat.exporters.onnx.model import BATCH
from cnnstat.tensors import save_weights
from tests.program import within

TINY = """
name: Tiny
input: {left: [3, 9, 8], right: [2, 9, 8]}
outputs: [head, joined]
layers:
  - {type: conv, name: a, from: left, filters: 4, kernel: 3, padding: same}
  - {type: conv, name: b, from: right, filters: 4, kernel: 2, padding: same}
  - {type: concat, name: joined, from: [a, b]}
  - {type: batch_norm, name: norm}
  - {type: conv, name: once, filters: 8, kernel: 3, padding: 1}
  - {type: conv, name: twice, filters: 8, kernel: 3, padding: 1, weights: once}
  - {type: flatten}
  - {type: linear, name: head, units: 5}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(TINY, encoding="utf-8")
    return tmp_path


def loaded(file: str) -> Any:
    onnx = pytest.importorskip("onnx")
    onnx.checker.check_model(file, full_check=True)
    return onnx.load(file)


@pytest.mark.exchange
def test_inputs_outputs_and_shared_weights_have_our_names() -> None:
    ended = within("export", "tiny.yaml", "--to", "onnx", "-o", "tiny.onnx")
    assert (ended.returncode, ended.stderr) == (0, "")
    graph = loaded("tiny.onnx").graph
    shapes = {
        each.name: [size.dim_param or size.dim_value for size in each.type.tensor_type.shape.dim]
        for each in (*graph.input, *graph.output)
    }
    assert shapes == {
        "left": [BATCH, 3, 9, 8],
        "right": [BATCH, 2, 9, 8],
        "head": [BATCH, 5],
        "joined": [BATCH, 8, 9, 8],
    }
    network = cnnstat.Network("tiny.yaml", seed=0)
    stored = {each.name for each in graph.initializer}
    assert set(network.parameters) <= stored
    assert "twice.weight" not in stored
    assert [node.input[1] for node in graph.node if node.name in ("once", "twice")] == ["once.weight"] * 2


@pytest.mark.exchange
def test_the_numbers_are_those_of_the_seed_or_of_the_file() -> None:
    onnx = pytest.importorskip("onnx")
    network = cnnstat.Network("tiny.yaml", seed=5, dtype="float64")
    save_weights(Path("w.npz"), network.parameters)
    for given in (["--seed", "5"], ["--weights", "w.npz"]):
        line = ["export", "tiny.yaml", "--to", "onnx", "-o", "tiny.onnx", "--dtype", "float64", *given]
        assert within(*line).returncode == 0
        stored = {
            each.name: onnx.numpy_helper.to_array(each) for each in loaded("tiny.onnx").graph.initializer
        }
        for name, tensor in network.parameters.items():
            np.testing.assert_array_equal(stored[name], tensor)


@pytest.mark.exchange
def test_without_weights_the_file_is_small() -> None:
    ended = within("export", "vgg16", "--to", "onnx", "-o", "vgg.onnx", "--no-weights", "--format", "json")
    document = json.loads(ended.stdout)
    assert document["bytes"] == Path("vgg.onnx").stat().st_size < 20_000
    assert (document["numbers"], document["seed"], document["params"]) == ("none", None, 138_357_544)
    shapes = {
        each.name: tuple(size.dim_value for size in each.type.tensor_type.shape.dim)
        for each in loaded("vgg.onnx").graph.input
    }
    assert sum(np.prod(shape) for name, shape in shapes.items() if name != "input") == 138_357_544


@pytest.mark.exchange
def test_numbers_beyond_what_a_message_holds_are_beside_it() -> None:
    onnx = pytest.importorskip("onnx")
    made = cnnstat.to_onnx("tiny.yaml")
    whole = {each.name: onnx.numpy_helper.to_array(each) for each in made.graph.initializer}
    parts = external.moved_out(made, "tiny.onnx.data", most=1000)
    Path("tiny.onnx.data").write_bytes(b"".join(parts))
    Path("tiny.onnx").write_bytes(made.SerializeToString())
    assert Path("tiny.onnx").stat().st_size < sum(map(len, parts))
    again = {each.name: onnx.numpy_helper.to_array(each) for each in loaded("tiny.onnx").graph.initializer}
    for name, tensor in whole.items():
        np.testing.assert_array_equal(again[name], tensor)


@pytest.mark.exchange
@pytest.mark.parametrize(("to", "head"), [("pytorch", "class "), ("keras", "def ")])
def test_source_of_a_model_has_a_class_for_each_block_and_not_for_each_module(to: str, head: str) -> None:
    ended = within("export", "resnet18", "--to", "onnx", "-o", "small.onnx", "--no-weights")
    assert (ended.returncode, ended.stderr) == (0, "")
    ended = within("export", "small.onnx", "--to", to, "-o", "small.py")
    assert (ended.returncode, ended.stderr) == (0, "")
    text = Path("small.py").read_text(encoding="utf-8")
    made = [line for line in text.splitlines() if line.startswith(head)]
    assert any(line.startswith((f"{head}Small(", f"{head}small(")) for line in made)
    assert sum(line.startswith((f"{head}Residual", f"{head}residual")) for line in made) == 1
    assert "filters: int" in text
    assert ".onnx" not in text


@pytest.mark.exchange
def test_a_plugged_type_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnx")
    from cnnstat.exporters.onnx.layers import WRITERS  # noqa: PLC0415

    monkeypatch.delitem(WRITERS, "batch_norm")
    ended = within("export", "tiny.yaml", "--to", "onnx", "-o", "tiny.onnx")
    assert (ended.returncode, ended.stderr) == (2, "Error: ONNX has no operators for batch_norm: norm\n")
    assert not Path("tiny.onnx").exists()


def test_the_command_offers_what_there_is() -> None:
    assert tuple(targets.TARGETS) == command.TARGETS


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    ended = within("export", "tiny.yaml", "--to", "onnx", "-o", "tiny.onnx")
    assert ended.returncode == 2
    assert "pip install 'cnnstat[onnx]'" in ended.stderr
    assert not Path("tiny.onnx").exists()


@pytest.mark.parametrize(
    ("given", "why"),
    {
        "--seed 1 --no-weights": "--seed and --no-weights exclude each other",
        "--seed 1 --weights w.npz": "--weights and --seed exclude each other",
        "-o tiny.yaml": "tiny.yaml is read; write to another file",
        "-o nowhere/tiny.onnx": "the folder it should go to does not exist",
    }.items(),
)
def test_what_cannot_be(given: str, why: str) -> None:
    ended = within("export", "tiny.yaml", "--to", "onnx", "-o", "tiny.onnx", *given.split())
    assert ended.returncode == 2
    assert why in ended.stderr
    assert sorted(path.name for path in Path().iterdir()) == ["tiny.yaml"]
    assert Path("tiny.yaml").read_text(encoding="utf-8") == TINY


def test_what_does_not_fit_into_memory_is_refused() -> None:
    pytest.importorskip("onnx")
    ended = within("export", "tiny.yaml", "--to", "onnx", "-o", "tiny.onnx", "--max-memory", "1M")
    assert ended.returncode == 2
    assert "allowed by --max-memory" in ended.stderr
    assert sorted(path.name for path in Path().iterdir()) == ["tiny.yaml"]
