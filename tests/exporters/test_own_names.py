"""Sources where a spec's names are those that the text itself imports or defines."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from cnnstat.layers import LAYERS
from cnnstat.spec.entry_reader import ENTRY_KEYS
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """
name: {0}
input: [4, 8, 8]
params: {{{0}: 3}}
blocks:
  {0}:
    params: {{{0}: 4}}
    layers:
      - {{name: {1}, type: conv, filters: ${0}, kernel: 3}}
layers:
  - {{name: first, type: {0}, {0}: 5}}
  - {{name: second, type: {0}, {0}: 6}}
  - {{name: drop, type: dropout, rate: 0.5}}
  - {{type: flatten}}
  - {{type: linear, units: ${0}}}
"""


def written(target: str, word: str, folder: Path) -> ast.Module:
    spec, file = folder / "s.yaml", folder / f"{target}_source.py"
    spec.write_text(SPEC.format(word, word), encoding="utf-8")
    ended = within("export", str(spec), "--to", target, "-o", str(file))
    assert ended.returncode == 0, ended.stderr
    return ast.parse(file.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__"
        for alias in node.names
    }


def bound(tree: ast.Module) -> list[str]:
    """Return all names that functions, classes, arguments and assignments give."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.arg):
            names.append(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
    return names


@pytest.mark.parametrize("target", ["keras", "pytorch"])
def test_no_name_of_a_spec_hides_what_the_text_imports(target: str, tmp_path: Path) -> None:
    """Each name that a text uses is, in turn, that of the network, a block, its parameters and layers."""
    plain = written(target, "plain", tmp_path)
    words = {each.id for each in ast.walk(plain) if isinstance(each, ast.Name)}
    words |= {each.attr for each in ast.walk(plain) if isinstance(each, ast.Attribute)}
    found: list[tuple[str, list[str]]] = []
    for word in sorted({*words, *imported(plain), "math", "np", "training"} - {"plain"}):
        if word.startswith("_") or word in LAYERS or word in ENTRY_KEYS or word == "input":
            continue
        tree = written(target, word, tmp_path)
        if hidden := imported(tree) & {*bound(tree)}:
            found.append((word, sorted(hidden)))
        top = [each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.ClassDef)]
        assert len(top) == len({*top}), word
    assert found == []
