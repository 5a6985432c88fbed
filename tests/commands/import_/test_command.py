"""`cnnstat import`: what it writes, what it says beside, and what it refuses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

import cnnstat
from cnnstat.commands.import_ import imported
from cnnstat.commands.import_.same import same
from cnnstat.importers.draft import Draft, DraftLayer
from cnnstat.importers.spec_text import SpecText, spec_text
from tests.importers.drafts import draft_of
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> str:
    """Let a file be understood as a bundled network, so that none and no library is needed."""
    return stand_in(monkeypatch, draft_of(cnnstat.load("resnet18")))


def stand_in(monkeypatch: pytest.MonkeyPatch, network: Draft) -> str:
    monkeypatch.setattr(imported, "drafted", lambda spec, input_shape: network)
    return "folder/net.onnx"


def test_a_spec_is_written_to_standard_output(model: str) -> None:
    ended = within("import", model)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("name: net\ninput: [3, 224, 224]\n")
    assert same(cnnstat.loads(ended.stdout), cnnstat.load("resnet18"))


def test_a_spec_is_written_to_a_file(model: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    ended = within("import", model, "-o", str(path), "--name", "Ours")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    graph = cnnstat.load(path)
    assert graph.spec.name == "Ours"
    assert same(graph, cnnstat.load("resnet18"))


def test_flat_is_a_block_for_each_module(model: str) -> None:
    flat, folded = within("import", model, "--flat").stdout, within("import", model).stdout
    assert same(cnnstat.loads(flat), cnnstat.loads(folded))
    assert flat.count("layers:") > folded.count("layers:")
    assert "repeat" not in flat


def test_what_would_be_another_network_is_not_folded(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(draft: Draft) -> SpecText:
        found = spec_text(draft)
        return SpecText(found.text.replace("stride: 2", "stride: 1"), found.paths, found.inputs)

    monkeypatch.setattr(imported, "folded_text", wrong)
    ended = within("import", model)
    assert same(cnnstat.loads(ended.stdout), cnnstat.load("resnet18"))
    assert ended.stderr == "not folded: the folded spec would be another network\n"


def test_what_was_not_understood_is_said_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = (DraftLayer(name="topk", type="opaque", inputs=("x",), options={"op": "TopK", "shape": [5]}),)
    network = Draft(
        name="n",
        inputs={"x": (4, 8, 8)},
        layers=layers,
        outputs=("topk",),
        remarks=tuple(f"node{number} (TopK): no layer\n" for number in range(12)),
    )
    ended = within("import", stand_in(monkeypatch, network))
    assert ended.returncode == 0
    said = ended.stderr.splitlines()
    assert said[0] == "node0 (TopK): no layer\\n"
    assert said[-2:] == ["and 2 more", "without 1 node, opaque in the spec: topk"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("lenet5", 2, "'lenet5' is no model; an .onnx file or 'torch:...' is expected"),
        ("none.onnx", 1, "none.onnx:1:1: file/unreadable: no such file"),
        ("none.onnx -o folder/none.yaml", 2, "cannot write"),
        ("none.onnx --input 3x", 2, "expected sizes"),
        ("none.onnx --set a=1", 2, "--set: a file has no parameters"),
    ],
)
def test_what_is_refused(
    words: str, code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = within("import", *words.split())
    assert (ended.returncode, ended.stdout) == (code, "")
    assert said in ended.stderr


def test_the_model_itself_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"kept")
    ended = within("import", str(path), "-o", str(path))
    assert ended.returncode == 2
    assert path.read_bytes() == b"kept"


def test_code_is_run_with_the_parameters_of_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def run_code(spec: str, params: dict[str, object], input_shape: tuple[int, ...]) -> SimpleNamespace:
        asked.append((spec, params, input_shape))
        return SimpleNamespace(draft=draft_of(cnnstat.load("resnet18")))

    monkeypatch.setattr(imported, "run_code", run_code)
    ended = within("import", "torch:nets.py:make", "--set", "width=2", "--input", "3x224x224")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("name: make\n")
    assert asked == [("torch:nets.py:make", {"width": 2}, (3, 224, 224))]


def test_ten_remarks_stand_in_the_spec(monkeypatch: pytest.MonkeyPatch) -> None:
    network = draft_of(cnnstat.load("lenet5"))
    remarks = tuple(f"remark {number}" for number in range(12))
    text = within("import", stand_in(monkeypatch, replace(network, remarks=remarks))).stdout
    assert text.splitlines()[9:12] == ["# remark 9", "# and 2 more", "name: net"]
