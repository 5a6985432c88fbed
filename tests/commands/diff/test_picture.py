"""The picture of a difference: what was added, removed and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnnstat.analysis import analyze_graph
from cnnstat.commands.diff.difference import compare
from cnnstat.commands.diff.picture import picture
from cnnstat.graph.load import load, loads
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

A = """
name: A
input: [3, 32, 32]
layers:
  - {name: one, type: conv, filters: 8, kernel: 3}
  - {name: old, type: max_pool, kernel: 2}
  - {name: two, type: conv, filters: 8, kernel: 3}
"""
B = (
    A.replace("name: A", "name: B")
    .replace("  - {name: old, type: max_pool, kernel: 2}\n", "")
    .replace(
        "{name: two, type: conv, filters: 8, kernel: 3}",
        "{name: two, type: conv, filters: 8, kernel: 5}\n  - {name: new, type: relu}",
    )
)


def test_marks() -> None:
    found = picture(compare(analyze_graph(loads(A)), analyze_graph(loads(B))), None)
    marks = {item.path: item.mark for item in found.items}
    assert marks == {"input": "", "one": "", "old": "removed", "two": "changed", "new": "added"}
    names = [item.path for item in found.items]
    arrows = {(names[each.source], names[each.target]): each.mark for each in found.arrows}
    assert arrows == {
        ("input", "one"): "",
        ("one", "old"): "removed",
        ("old", "two"): "removed",
        ("one", "two"): "added",
        ("two", "new"): "added",
    }
    assert [item.figures for item in found.items if item.path == "two"] == [("kernel 3 → 5",)]
    assert found.title == "A → B"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("resnet18", "resnet34"),
        ("vgg16", "densenet121"),
        ("siamese", "lenet5"),
        ("googlenet", "googlenet-aux"),
    ],
)
@pytest.mark.parametrize("depth", [1, None])
def test_all_layers_of_both_are_there(a: str, b: str, depth: int | None) -> None:
    difference = compare(analyze_graph(load(a)), analyze_graph(load(b)), depth)
    found = picture(difference, depth)
    inputs = sum(item.kind == "input" for item in found.items)
    assert len(found.items) - inputs == len(difference.changes)
    assert all(arrow.source < arrow.target for arrow in found.arrows)
    for box in found.boxes:
        assert box.inside is None or {*box.items} <= {*found.boxes[box.inside].items}


def test_the_file_is_a_picture_or_a_report(tmp_path: Path) -> None:
    pytest.importorskip("pygraphviz", reason="the extra draw")
    file = tmp_path / "diff.svg"
    ended = within("diff", "vgg16", "vgg19", "-o", str(file), "--exit-code")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert 'class="item layer f-conv added"' in file.read_text(encoding="utf-8")
    assert within("diff", "vgg16", "vgg19", "-o", str(tmp_path / "diff.txt")).returncode == 0
    assert "added" in (tmp_path / "diff.txt").read_text(encoding="utf-8")
