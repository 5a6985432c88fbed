"""Weights with other names: maps, pairs, heads, and what no file of weights says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cnnstat
from cnnstat.base.errors import SpecError
from cnnstat.tensors import FileError, save_weights
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.executor.kernel import Array

SPEC = """
input: [2, 9, 9]
params: {classes: 5, late: false}
variants:
  early: {name: Early}
  late: {name: Late, params: {late: true}}
  larger: {name: Larger, params: {classes: 7}}
layers:
  - {name: block, type: pair, repeat: 2}
  - {type: global_avg_pool}
  - {type: flatten}
  - {name: fc, type: linear, units: $classes}
blocks:
  pair:
    layers:
      - {name: one, type: conv, filters: 2, kernel: 3, padding: 1, stride: "1 if $late else 2"}
      - {name: two, type: conv, filters: 2, kernel: 3, padding: 1, stride: "2 if $late else 1"}
"""
NAMES = {"one": "kls", "two": "npr"}


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "net.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return f"{path}#early"


@pytest.fixture
def theirs(spec: str, tmp_path: Path) -> dict[str, Array]:
    """Return, and save sorted, tensors whose names say nothing of which of a block's two is which."""
    own = cnnstat.Network(spec, seed=4).parameters
    found = {}
    for name, tensor in own.items():
        path = [NAMES.get(part, part) for part in name.split(".")]
        found[".".join(path).replace("block", "m").replace("fc", "last")] = tensor
    save_weights(tmp_path / "w.safetensors", found)
    return found


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "map.yaml"
    path.write_text("block.*.one: m.*.kls   # the first\nfc: last\n", encoding="utf-8")
    return path


def refused(*arguments: str) -> str:
    ended = within("run", *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    return ended.stderr


def test_a_map_decides_what_names_do_not(
    spec: str, theirs: dict[str, Array], names: Path, tmp_path: Path
) -> None:
    file = str(tmp_path / "w.safetensors")
    assert "or a map of both by --names" in refused(spec, "--weights", file)
    network = cnnstat.Network(spec)
    found = network.load_weights(file, names=names)
    assert {pair.ours.replace("one", "kls").replace("two", "npr") for pair in found} == {
        pair.theirs.replace("m.", "block.").replace("last", "fc") for pair in found
    }
    for name, tensor in cnnstat.Network(spec, seed=4).parameters.items():
        np.testing.assert_array_equal(network.parameters[name], tensor)
    ended = within(
        "run", spec, "--weights", file, "--names", str(names), "--explain-names", "--format", "json"
    )
    pairs = json.loads(ended.stdout)["pairs"]
    assert pairs[0] == {
        "ours": "block.0.one.weight",
        "theirs": "m.0.kls.weight",
        "shape": [2, 2, 3, 3],
        "why": "map.yaml",
    }
    assert len(pairs) == 10


def test_pairs_are_a_table(spec: str, theirs: dict[str, Array], names: Path, tmp_path: Path) -> None:
    file = str(tmp_path / "w.safetensors")
    ended = within("run", spec, "--weights", file, "--names", str(names), "--explain-names")
    assert ended.returncode == 0
    lines = [line.split(maxsplit=3) for line in ended.stdout.splitlines()]
    assert ["block.1.two.weight", "m.1.npr.weight", "2×2×3×3", "by its place"] in lines
    assert ["fc.bias", "last.bias", "5", "map.yaml"] in lines
    assert "measured" not in ended.stdout


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"blok": "m"}, "'blok': it is no layer, block or tensor of the network; did you mean 'block'?"),
        ({"fc": "lats"}, "'fc': the file has no 'lats'; did you mean 'last'?"),
        ({"bl*.three": "m"}, "'bl*.three': it fits no layer, block or tensor of the network"),
        ({"fc": "*"}, "'fc': '*' has more '*' than it"),
        ({"fc": "last", "fc.bias": "m.0.kls.bias"}, "'fc.bias' is 5, 'm.0.kls.bias' 2"),
        ({"block.0": "m.0", "block.1": "m.0"}, "'block.1': 'm.0' is taken by another name already"),
        (
            {"block.0.*": "m.0.kls", "block.*.one": "m.*.npr"},
            "'block.*.one': 'block.0.one' has two names in the file",
        ),
    ],
)
def test_mistakes_in_a_map_are_named(
    spec: str, theirs: dict[str, Array], tmp_path: Path, given: dict[str, str], why: str
) -> None:
    with pytest.raises(FileError) as error:
        cnnstat.Network(spec).load_weights(tmp_path / "w.safetensors", names=given)
    assert str(error.value).startswith(f"names: {why}")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- fc\n", "map.yaml: expected lines of 'our name: their name'"),
        ("fc: last\nblock: [m]\n", "map.yaml: line 2: expected a name of the file after 'block:'"),
        ("fc: &x last\n", "anchor"),
    ],
)
def test_a_map_that_is_none(
    spec: str, theirs: dict[str, Array], names: Path, tmp_path: Path, text: str, why: str
) -> None:
    names.write_text(text, encoding="utf-8")
    with pytest.raises((FileError, SpecError), match=why):
        cnnstat.Network(spec).load_weights(tmp_path / "w.safetensors", names=names)


def test_a_map_needs_weights(spec: str, names: Path) -> None:
    for options in (("--names", str(names)), ("--explain-names",)):
        assert "--names and --explain-names need --weights" in refused(spec, *options)


def test_a_head_of_another_width_is_said_first(spec: str, tmp_path: Path) -> None:
    own = cnnstat.Network(spec).parameters
    file = str(tmp_path / "w.npz")
    for prefix in ("", "model."):
        head = {"fc.weight": np.zeros((3, 2)), "fc.bias": np.zeros(3)}
        save_weights(tmp_path / "w.npz", {prefix + name: tensor for name, tensor in {**own, **head}.items()})
        said = refused(spec, "--weights", file)
        assert said == "Error: w.npz: fc: 3 classes in the file, 5 in the spec: --set classes=3\n"
    ended = within("run", spec, "--weights", file, "--set", "classes=3")
    assert ended.returncode == 0, ended.stderr


def test_what_no_file_says_is_said(spec: str, tmp_path: Path) -> None:
    """Early and late stride have the same tensors, and larger another head."""
    save_weights(tmp_path / "w.npz", cnnstat.Network(spec).parameters)
    ended = within("run", spec, "--weights", str(tmp_path / "w.npz"))
    assert ended.returncode == 0, ended.stderr
    assert "10 tensors of w.npz; strides, eps, slopes and activations are the spec's" in ended.stdout
    assert "these tensors fit late, too: be sure which of them was trained" in ended.stdout
    ended = within("run", spec, "--weights", str(tmp_path / "w.npz"), "--format", "json")
    wanted = {"file": "w.npz", "tensors": 10, "own": False, "fits_too": ["late"]}
    assert json.loads(ended.stdout)["weights"] == wanted
    ended = within("run", spec, "--format", "json")
    assert json.loads(ended.stdout)["weights"] is None


def test_a_pickle_is_refused_with_the_way_out(spec: str, tmp_path: Path) -> None:
    for suffix in (".pt", ".pth", ".bin"):
        (tmp_path / f"w{suffix}").write_bytes(b"\x80\x04.")
        said = refused(spec, "--weights", str(tmp_path / f"w{suffix}"))
        assert "a pickle can run code and is never read" in said
        assert "weights_only=True), 'weights.safetensors')" in said
        assert "save_file(model.state_dict(), 'weights.safetensors')" in said
