"""What the spec language can say beyond the bundled networks, as PyTorch sources."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnstat
from cnnstat.exporters.refusals import NoExportError
from tests.executor.test_torch_graphs import compared
from tests.exporters.pytorch.compared import Gone, apart, written
from tests.fuzz.networks import networks
from tests.fuzz.test_fuzz import short
from tests.small import EVERY_TYPE

if TYPE_CHECKING:
    from tests.fuzz.pieces import Drawn

FOLDER = Path(__file__).parent / "specs"
SPECS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml"))}
SPECS["every-type"] = EVERY_TYPE
GRAPHS = 300
NO_WORDS = {"local_response_norm"}
"""Types that PyTorch has not of vectors."""


@pytest.mark.exchange
@pytest.mark.parametrize("name", SPECS)
def test_pytorch_agrees(name: str) -> None:
    assert max(apart(cnnstat.loads(SPECS[name]))) < 1e-9


@pytest.mark.exchange
def test_random_networks_agree_with_pytorch() -> None:
    def compare(drawn: Drawn, seed: int, training: bool) -> None:
        try:
            graph = cnnstat.loads(drawn.text)
        except cnnstat.SpecError:
            return
        if {"hard_sigmoid", *NO_WORDS} & {node.type for node in graph.layers}:
            return
        compared(SimpleNamespace(Gone=partial(Gone, graph)), drawn, seed, training)

    short(GRAPHS)(given(networks(), st.integers(0, 99), st.booleans())(compare))()


@pytest.mark.exchange
def test_ruff_has_nothing_to_say(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parents[3] / "pyproject.toml", tmp_path)
    for number, text in enumerate(SPECS.values()):
        (tmp_path / f"spec{number}.py").write_text(written(cnnstat.loads(text)), encoding="utf-8")
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "."]
        ended = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout


HOSTILE = (
    '"""',
    "'''",
    '\\"""\\',
    '"""\nraise SystemExit\n"""',
    "a\nimport os",
    "x\\",
    'ends with "',
    "{0} {x} {{",
    "# type: ignore",
    "\u2028\u202e\x0c\r",
    "a" * 5000,
    "",
    " ",
    "class",
    "\ud7ff\U0001f600",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_a_spec_are_no_code(text: str) -> None:
    """A name and a source stand in docstrings, whatever they say; the code is that of another name."""
    spec = (
        "name: {0}\nsource: {0}\ninput: [3, 8, 8]\nlayers: [{{name: one, type: conv, filters: 2, kernel: 3}}]"
    )
    plain, odd = (ast.parse(written(cnnstat.loads(spec.format(_quoted(each))))) for each in ("Plain", text))
    titles = [next(n.name for n in tree.body if isinstance(n, ast.ClassDef)) for tree in (plain, odd)]
    assert all(title.isidentifier() for title in titles)
    pairs = zip((plain, odd), titles, strict=True)
    bodies = [_without_docstrings(tree).replace(f"'{title}'", "'T'") for tree, title in pairs]
    assert bodies[0] == bodies[1]


def _quoted(text: str) -> str:
    """Return a text as YAML's double quotes have it."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in safe) + '"'


def _without_docstrings(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)


def test_what_pytorch_cannot_say_is_refused_by_name() -> None:
    graph = cnnstat.loads("input: [4]\nlayers: [{name: odd, type: local_response_norm}]")
    with pytest.raises(NoExportError, match="odd: local_response_norm of a vector"):
        written(graph)


def test_shared_weights_with_other_options_are_refused() -> None:
    text = """
input: [4, 8, 8]
layers:
  - {name: a, type: conv, filters: 4, kernel: 3}
  - {name: b, type: conv, filters: 4, kernel: 3, stride: 2, weights: a}
"""
    with pytest.raises(NoExportError, match="weights of 'a' in a layer with other options"):
        written(cnnstat.loads(text))


SQUEEZE = """
input: [8, 6, 6]
blocks:
  se:
    layers:
      - {name: gap, type: global_avg_pool}
      - {name: fc1, type: conv, filters: $in / 4, kernel: 1}
      - {name: fc2, type: conv, filters: 4 * $in, kernel: 1}
      - {name: scaled, type: multiply, from: [input, fc2]}
layers:
  - {name: a, type: se}
  - {name: wide, type: conv, filters: 12, kernel: 1}
  - {name: b, type: se}
"""


def test_a_width_that_is_there_again_is_said_without_the_way() -> None:
    text = written(cnnstat.loads(SQUEEZE))
    assert "self.fc2 = nn.Conv2d(in_channels // 4, in_channels, kernel_size=1)" in text
