"""A small network with blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

TINY = """
input: [2, 9, 9]
layers:
  - {name: block, type: pair, repeat: 2}
  - {type: flatten}
  - {name: fc, type: linear, units: 5}
blocks:
  pair:
    layers:
      - {name: conv, type: conv, filters: 3, kernel: 3, padding: 1}
      - {type: batch_norm}
      - {type: relu}
"""


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return str(path)
