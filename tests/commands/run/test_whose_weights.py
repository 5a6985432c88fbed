"""Reports say whose weights ran: the model's own, a file's, or ones that were drawn."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

pytest.importorskip("onnx")

from cnnstat.cli.group import cli

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.exchange

SPEC = """
name: small
input: [3, 6, 6]
layers:
  - {name: conv, type: conv, filters: 4, kernel: 3}
  - {name: flat, type: flatten}
  - {name: fc, type: linear, units: 5}
"""
MODULE = """
from torch import nn

def small():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
"""


def said(*words: str) -> str:
    ended = CliRunner().invoke(cli, words)
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def document(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said(*words, "--format", "json"))
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "net.py").write_text(MODULE, encoding="utf-8")
    said("export", "small.yaml", "-o", "small.onnx", "--seed", "3")
    said("export", "small.yaml", "-o", "small.npz", "--seed", "3")
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("spec", "more", "wanted"),
    [
        ("small.onnx", [], {"file": "small.onnx", "tensors": 4, "own": True}),
        ("small.yaml", ["--weights", "small.onnx"], {"file": "small.onnx", "tensors": 4, "own": False}),
        ("small.onnx", ["--weights", "small.npz"], {"file": "small.npz", "tensors": 4, "own": False}),
        (
            "torch:net.py:small",
            ["--input", "3x6x6"],
            {"file": "torch:net.py:small", "tensors": 2, "own": True},
        ),
    ],
)
def test_run_says_whose_weights_it_had(spec: str, more: list[str], wanted: dict[str, Any]) -> None:
    found = document("run", spec, *more)["weights"]
    assert {key: found[key] for key in wanted} == wanted
    (line,) = (each for each in said("run", spec, *more).splitlines() if each.startswith("weights"))
    own = f"the model's own, {wanted['tensors']} tensors of {wanted['file']}"
    assert (own in line) == wanted["own"]


@pytest.mark.usefixtures("folder")
def test_run_says_nothing_of_weights_that_were_drawn() -> None:
    assert document("run", "small.yaml")["weights"] is None


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("spec", "more", "wanted"),
    [
        ("small.onnx", [], "float64; small.onnx's own weights; all else drawn from seed 0"),
        ("small.yaml", [], "float64; seed 0"),
        (
            "small.yaml",
            ["--weights", "small.npz"],
            "float64; weights of small.npz; all else drawn from seed 0",
        ),
    ],
)
def test_trace_says_whose_weights_it_had(spec: str, more: list[str], wanted: str) -> None:
    assert wanted in said("trace", spec, *more, "--at", "fc", "--unit", "0").splitlines()


def test_trace_says_nothing_of_a_seed_that_nothing_was_drawn_from(tmp_path: Path) -> None:
    text = """
input: [2]
layers:
  - {name: fc, type: linear, units: 2}
values: {input: [1, 2], fc.weight: 0.5, fc.bias: 0, fc.target: 1}
"""
    path = tmp_path / "given.yaml"
    path.write_text(text, encoding="utf-8")
    given = "values of the spec: input, fc.weight, fc.bias, fc.target"
    for more in ([], ["--backward"]):
        assert (
            f"float64; {given}" in said("trace", str(path), "--at", "fc", "--unit", "0", *more).splitlines()
        )
    path.write_text(text.replace(", fc.target: 1", ""), encoding="utf-8")
    found = document("trace", str(path), "--at", "fc", "--unit", "0", "--backward")
    assert found["drawn"] is True  # the right class is


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("spec", "more", "numbers", "wanted"),
    [
        ("small.onnx", [], "model", "the model's own"),
        ("torch:net.py:small", ["--input", "3x6x6"], "model", "the model's own"),
        ("small.onnx", ["--weights", "small.npz"], "file", "of small.npz"),
        ("small.yaml", ["--weights", "small.onnx"], "file", "of small.onnx"),
        ("small.yaml", ["--seed", "4"], "seed", "drawn from seed 4"),
    ],
)
def test_export_says_whose_weights_it_wrote(spec: str, more: list[str], numbers: str, wanted: str) -> None:
    words = ("export", spec, *more, "-o", "made.npz")
    assert document(*words)["numbers"] == numbers
    (line,) = (each for each in said(*words).splitlines() if each.startswith("numbers"))
    assert line.endswith(wanted), line
