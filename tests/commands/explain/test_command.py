"""`cnnstat explain` as its users start it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.program import run, within

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lenet5", "C3"), "(14 - 5 + 2·0)/1 + 1 = 10"),
        (("lenet5", "--depth", "1", "--input", "1x36x36"), "(36 - 5 + 2·0)/1 + 1 = 32"),
        (("efficientnet", "total", "--set", "width=1.4"), "(width=1.4)"),
        (("resnet18", "layer1"), "layer1.0 + layer1.1 = 73,984 + 73,984 = 147,968"),
        (("conv",), "conv, a layer type"),
        (("MACs",), "multiply-adds (MACs)"),
        (("inference memory",), "alive at once"),
        (("shape/leftover",), "no whole number"),
        ((), "connections"),
        ((), "windows that do not fit"),
        (("lenet5", "--quiz"), "conv of input: kernel 5, filters 6"),
        (("lenet5", "--quiz", "--answers"), "28·28·6·1·5·5 = 117,600"),
    ],
)
def test_explanations(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    ended = run("explain", *arguments)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert said in ended.stdout
    data = json.loads(within("explain", *arguments, "--format", "json").stdout)
    assert (data["schema_version"], data["command"]) == (1, "explain")
    file = tmp_path / "out.md"
    assert within("explain", *arguments, "--format", "markdown", "-o", str(file)).returncode == 0
    assert file.read_text(encoding="utf-8").startswith("## ")


def test_a_file_comes_before_a_type_and_a_figure(tmp_path: Path) -> None:
    (tmp_path / "conv").write_text("name: Mine\ninput: [1, 8, 8]\nlayers:\n  - {type: relu}\n")
    (tmp_path / "linear").mkdir()
    (tmp_path / "shape").mkdir()
    (tmp_path / "shape" / "leftover").write_text("input: [1]\nlayers:\n  - {type: relu}\n")
    assert run("explain", "conv", cwd=tmp_path).stdout.startswith("Mine, input")
    assert run("explain", "shape/leftover", cwd=tmp_path).stdout.startswith("shape/leftover, input")
    assert run("explain", "linear", cwd=tmp_path).stdout.startswith("linear, a layer type")
