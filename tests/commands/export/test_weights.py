"""`cnnstat export` of weights alone: from any file that is read to any that is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cnnstat
from cnnstat.tensors import read_weights, save_weights
from tests.program import within

SMALL = """
name: Small
input: [3, 9, 8]
layers:
  - {type: conv, name: stem, filters: 4, kernel: 3}
  - {type: batch_norm, name: norm}
  - {type: block, name: stage, repeat: 2}
  - {type: flatten}
  - {type: linear, name: head, units: 5}
blocks:
  block:
    layers:
      - {type: conv, name: conv, filters: 4, kernel: 3, padding: same}
      - {type: relu}
"""
VECTORS = """
name: Attention
input: [6, 10]
layers:
  - {type: linear, name: q, units: 6, axis: channels}
  - {type: linear, name: k, units: 6, axis: channels, from: input}
  - {type: linear, name: v, units: 6, axis: channels, from: input}
  - {type: add, from: [q, k, v]}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(SMALL, encoding="utf-8")
    Path("attention.yaml").write_text(VECTORS, encoding="utf-8")
    return tmp_path


def export(line: str) -> str:
    """Export, and return what is wrong."""
    ended = within("export", *line.split())
    assert (ended.returncode == 0) is (not ended.stderr), ended.stderr
    return ended.stderr


def same_numbers(file: str, numbers: dict[str, np.ndarray]) -> None:
    found = read_weights(file)
    assert found.keys() == numbers.keys()
    for name, tensor in numbers.items():
        np.testing.assert_array_equal(found[name], tensor, strict=True)


def drawn(spec: str = "small.yaml", dtype: str = "float32") -> dict[str, np.ndarray]:
    return cnnstat.Network(spec, seed=5, dtype=dtype).parameters


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_npz_and_safetensors_become_each_other(dtype: str) -> None:
    save_weights("a.npz", drawn(dtype=dtype))
    assert not export(f"small.yaml --weights a.npz --to safetensors -o b.safetensors --dtype {dtype}")
    assert not export(f"small.yaml --weights b.safetensors -o c.npz --dtype {dtype}")
    same_numbers("b.safetensors", drawn(dtype=dtype))
    same_numbers("c.npz", drawn(dtype=dtype))


def test_names_of_others_become_ours() -> None:
    theirs = {f"module.{name.replace('stage', 'layers')}": each for name, each in drawn().items()}
    save_weights("theirs.npz", theirs)
    assert not export("small.yaml --weights theirs.npz -o ours.safetensors")
    same_numbers("ours.safetensors", drawn())


def test_a_map_of_names_decides() -> None:
    numbers = drawn()
    swapped = {name.replace("stage.0", "x").replace("stage.1", "a"): each for name, each in numbers.items()}
    save_weights("theirs.npz", swapped)
    Path("map.yaml").write_text("stage.0: x\nstage.1: a\n", encoding="utf-8")
    assert not export("small.yaml --weights theirs.npz --names map.yaml -o ours.npz")
    same_numbers("ours.npz", numbers)


def test_weights_drawn_from_a_seed_are_written() -> None:
    assert not export("small.yaml --seed 5 -o a.npz")
    same_numbers("a.npz", drawn())


@pytest.mark.exchange
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_initializers_become_tensors(dtype: str) -> None:
    save_weights("a.npz", drawn(dtype=dtype))
    assert not export(f"small.yaml --weights a.npz -o model.onnx --dtype {dtype}")
    assert not export(f"small.yaml --weights model.onnx -o b.safetensors --dtype {dtype}")
    same_numbers("b.safetensors", drawn(dtype=dtype))


@pytest.mark.exchange
@pytest.mark.filterwarnings("ignore")  # of the exporter
def test_a_model_of_pytorch_has_weights_for_a_spec() -> None:
    """Its linear layer may be a product with a kernel that lies the other way round."""
    torch = pytest.importorskip("torch")
    from tests.exporters.pytorch.compared import module_of, written  # noqa: PLC0415

    module = module_of(written(cnnstat.load("small.yaml"))).float()
    module.load_state_dict({name: torch.from_numpy(each) for name, each in drawn().items()})
    torch.onnx.export(module, (torch.zeros(1, 3, 9, 8),), "m.onnx", dynamo=True, optimize=False)
    assert not export("small.yaml --weights m.onnx -o b.npz")
    same_numbers("b.npz", drawn())
    ended = within("run", "small.yaml", "--weights", "m.onnx", "--explain-names")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "head.weight" in ended.stdout


@pytest.mark.exchange
def test_a_model_has_its_own_weights() -> None:
    save_weights("a.npz", drawn())
    assert not export("small.yaml --weights a.npz -o model.onnx")
    assert not export("model.onnx -o b.npz")
    found = read_weights("b.npz")
    assert [each.tolist() for each in found.values()] == [each.tolist() for each in drawn().values()]
    assert not export("model.onnx --seed 7 -o c.npz")
    assert read_weights("c.npz")["stem.weight"].tolist() != found["stem.weight"].tolist()


def test_names_order_and_shapes_are_those_of_another_file() -> None:
    numbers = drawn("attention.yaml")
    save_weights("ours.npz", numbers)
    other = cnnstat.Network("attention.yaml", seed=9).parameters
    packed = {
        f"attn.qkv.{role}": np.concatenate([other[f"{letter}.{role}"] for letter in "qkv"])
        for role in ("bias", "weight")
    }
    count = np.array(7)
    save_weights("theirs.npz", packed | {"attn.num_batches_tracked": count})
    assert not export("attention.yaml --weights ours.npz --like theirs.npz -o out.safetensors")
    wanted = {
        f"attn.qkv.{role}": np.concatenate([numbers[f"{letter}.{role}"] for letter in "qkv"])
        for role in ("bias", "weight")
    }
    same_numbers("out.safetensors", wanted | {"attn.num_batches_tracked": count})


@pytest.mark.parametrize(
    ("line", "why"),
    {
        "small.yaml -o a.bin": "a.bin does not say what it is to be: give --to (",
        "small.yaml --to npz -o a.bin": "a file of --to npz ends in .npz",
        "small.yaml --to npz --no-weights -o a.npz": "--no-weights does not go with npz",
        "small.yaml --to onnx --like w.npz -o a.onnx": "--like is for npz and safetensors",
        "small.yaml --names map.yaml -o a.npz": "--names needs --weights",
        "small.yaml --weights w.npz -o w.npz": "w.npz is read; write to another file",
        "small.yaml --seed 1 --like w.npz -o w.npz": "w.npz is read; write to another file",
        "small.yaml --weights w.npz --max-memory 1k -o a.npz": "allowed by --max-memory",
        "small.yaml --weights none.onnx -o a.npz": "none.onnx: there is no such file",
        "small.yaml --weights net.pth -o a.npz": "torch.load('net.pth', weights_only=True)",
        "attention.yaml --weights w.npz -o a.npz": "w.npz: does not fit the network",
        "small.yaml --weights w.npz --like other.npz -o a.npz": "other.npz: does not fit the network",
    }.items(),
)
def test_what_cannot_be_leaves_files_as_they_are(line: str, why: str) -> None:
    save_weights("w.npz", drawn())
    save_weights("other.npz", drawn("attention.yaml"))
    Path("net.pth").write_bytes(b"\x80\x04.")
    Path("a.npz").write_bytes(b"precious")
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    ended = within("export", *line.split())
    assert ended.returncode == 2
    assert why in ended.stderr
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


@pytest.mark.exchange
@pytest.mark.parametrize(
    ("content", "why"),
    {
        b"": "is empty",
        b"no model": "is no ONNX model",
        b"PK\x03\x04": "is no ONNX model",
    }.items(),
)
def test_a_broken_model_is_refused_in_one_line(content: bytes, why: str) -> None:
    pytest.importorskip("onnx")
    Path("m.onnx").write_bytes(content)
    said = export("small.yaml --weights m.onnx -o a.npz")
    assert said.startswith("Error: m.onnx: ")
    assert why in said
    assert said.count("\n") == 1


@pytest.mark.exchange
def test_a_model_without_weights_or_cut_off_is_refused() -> None:
    assert not export("small.yaml --no-weights -o bare.onnx")
    assert "bare.onnx: " in export("small.yaml --weights bare.onnx -o a.npz")
    assert not export("small.yaml --seed 1 -o whole.onnx")
    whole = Path("whole.onnx").read_bytes()
    for length in range(1, len(whole), 97):
        Path("cut.onnx").write_bytes(whole[:length])
        said = export("small.yaml --weights cut.onnx -o a.npz")
        assert said.startswith("Error: cut.onnx: "), said
        assert said.count("\n") == 1
    assert not Path("a.npz").exists()
