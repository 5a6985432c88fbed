"""The command: files by their suffix, characters on a terminal, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from cnnstat.commands.draw.libraries import graphviz
from tests.program import in_terminal, within

if TYPE_CHECKING:
    from pathlib import Path

RESNET = """\
●   input                               3×224×224
●   conv1       conv 7×7, stride 2      64×112×112
●   bn1         batch_norm              64×112×112
●   relu                                64×112×112
●   maxpool     max_pool 3×3, stride 2  64×56×56
│   layer1 · basic × 2
├─╮
● │   conv1     conv 3×3                64×56×56
● │   bn1       batch_norm              64×56×56
● │   relu1                             64×56×56
● │   conv2     conv 3×3                64×56×56
● │   bn2       batch_norm              64×56×56
├─╯
●     add                               64×56×56
●     relu2                             64×56×56
"""


@pytest.fixture
def _library() -> None:
    pytest.importorskip("pygraphviz", reason="the extra draw")


def test_characters() -> None:
    shown = within("draw", "resnet18").stdout
    assert shown.split("\n\n")[1].startswith(RESNET)
    assert shown.startswith("ResNet-18\ninput 3×224×224; 11,689,512 params, 1,814,073,344 MACs\n\n")


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("name", ["lenet5", "unet", "hrnet", "googlenet"])
def test_characters_fit_a_terminal(name: str, columns: int) -> None:
    shown = in_terminal(columns, "draw", name, "--figures", "params,macs,activations")
    lines = shown.replace("\r", "").splitlines()
    assert max(map(len, lines)) <= columns
    assert any(line.endswith(" activations") for line in lines) == (columns == 200)
    assert sum("●" in line for line in lines) > 10


def test_a_graph_that_does_not_fit_says_what_to_do() -> None:
    refused = within("draw", "densenet121")
    assert refused.returncode == 0
    with mock.patch("cnnstat.commands.draw.command.width_of", return_value=30):
        narrow = within("draw", "hrnet")
    assert narrow.returncode == 2
    assert "--depth folds blocks, -o net.svg draws all of it" in narrow.stderr


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize(
    ("name", "start"),
    [("a.svg", b"<svg"), ("a.DOT", b"digraph"), ("a.gv", b"digraph"), ("a.mmd", b"flowchart TB")],
)
def test_the_suffix_says_what_is_written(tmp_path: Path, name: str, start: bytes) -> None:
    ended = within("draw", "lenet5", "-o", str(tmp_path / name))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert (tmp_path / name).read_bytes().startswith(start)


def test_text_goes_to_standard_output() -> None:
    assert within("draw", "lenet5", "--to", "mermaid").stdout.startswith("flowchart TB\n")
    right = within("draw", "lenet5", "--to", "dot", "-o", "-", "--direction", "right").stdout
    assert "rankdir=LR" in right


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "net.jpg"], "net.jpg does not say what it is to be: give --to"),
        (["-o", "net"], "net does not say what it is to be"),
        (["--to", "png"], "a PNG goes to a file: -o net.png"),
        (["--style", "paper"], "--style paper is for SVG, PNG and PDF"),
        (["--figures", "param"], "unknown figure 'param'; did you mean 'params'?"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[str], said: str) -> None:
    ended = within("draw", "lenet5", *arguments)
    assert ended.returncode == 2
    assert said in " ".join(ended.stderr.split())


def test_a_library_that_is_missing_is_named(tmp_path: Path) -> None:
    with mock.patch.dict(sys.modules, {"pygraphviz": None, "vl_convert": None}):
        ended = within("draw", "lenet5", "-o", str(tmp_path / "a.svg"))
    assert ended.returncode == 2
    assert "pip install 'cnnstat[draw]'" in ended.stderr
    assert not (tmp_path / "a.svg").exists()


def test_paper_and_characters_need_no_graphviz(tmp_path: Path) -> None:
    with mock.patch.dict(sys.modules, {"pygraphviz": None, "vl_convert": None}):
        assert within("draw", "lenet5").returncode == 0
        file = tmp_path / "a.svg"
        assert within("draw", "lenet5", "--style", "paper", "-o", str(file)).returncode == 0
    assert file.read_text(encoding="utf-8").count('class="front"') == 8


@pytest.mark.usefixtures("_library")
def test_graphviz_gets_no_text_of_a_spec(tmp_path: Path) -> None:
    given: list[str] = []
    kind = graphviz().AGraph

    class Watched(kind):  # type: ignore[misc, valid-type]
        def layout(self, *arguments: object, **options: object) -> None:
            given.append(self.to_string())
            super().layout(*arguments, **options)

    with mock.patch("pygraphviz.AGraph", Watched):
        assert within("draw", "googlenet", "-o", str(tmp_path / "a.svg")).returncode == 0
    assert given
    assert "inception" not in given[0]


@pytest.mark.parametrize(
    "line", ["draw lenet5", "draw lenet5 --to dot", "summary lenet5", "diff lenet5 vgg16"]
)
def test_no_library_is_imported_before_it_is_needed(line: str) -> None:
    program = f"""
import sys
from cnnstat.cli.group import cli
cli.main({line.split()}, standalone_mode=False)
assert not {{"numpy", "rich", "pygraphviz", "vl_convert"}} & set(sys.modules)
assert "draw" in {line!r} or "cnnstat.commands.draw.layout" not in sys.modules
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
