"""Rows that are left when blocks are folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cnnstat
from cnnstat.analysis import outline as module
from cnnstat.analysis.outline import folded, outline

if TYPE_CHECKING:
    from collections.abc import Iterator

NESTED = """
input: [2, 8]
blocks:
  inner:
    layers:
      - {name: conv, type: conv, filters: 2, kernel: 1}
      - {name: relu, type: relu}
  outer:
    layers:
      - {name: first, type: inner}
      - {name: norm, type: batch_norm}
      - {name: more, type: inner, repeat: 2}
layers:
  - {name: stem, type: relu}
  - {name: body, type: outer, repeat: 100}
  - {name: head, type: softmax}
"""


@pytest.mark.parametrize("depth", [None, 1, 2, 3, 4, 9])
def test_every_layer_stands_in_one_row(depth: int | None) -> None:
    analysis = cnnstat.analyze(cnnstat.loads(NESTED))
    groups = {group.name: len(group.layers) for group in analysis.groups}
    layers: list[int] = []
    for row, inside in outline(analysis, depth):
        layers += row.layers
        levels = [row.name[:i] for i, letter in enumerate(row.name) if letter == "."]
        assert list(inside) == [level for level in levels if level in groups]
        assert len(row.layers) == groups.get(row.name, 1)
        assert len(inside) == (depth or 9) - 1 if row.name in groups else len(inside) < (depth or 9)
    assert layers == [*range(len(analysis.rows))]


def test_layers_in_a_folded_block_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = cnnstat.analyze(cnnstat.loads(NESTED))
    looked: list[str] = []
    prefixes = module._prefixes

    def counted(path: str) -> Iterator[str]:
        looked.append(path)
        return prefixes(path)

    monkeypatch.setattr(module, "_prefixes", counted)
    assert [row.name for row in folded(analysis, 1)] == ["stem", "body", "head"]
    assert len(looked) == 3
