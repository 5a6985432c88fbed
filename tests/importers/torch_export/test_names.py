"""Layers that are called as methods of every module: through PyTorch and back, with their weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("onnx")
pytest.importorskip("torch")

import numpy as np
import torch

import cnnstat
from cnnstat.tensors import as_attributes, save_weights
from tests.exporters.pytorch.compared import module_of, written
from tests.importers.onnx.test_round_trips_pytorch import exported

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.exchange

SPEC = """
input: [3, 8, 8]
blocks:
  half:
    params: {width, train: 3}
    layers:
      - {name: type, type: conv, filters: $width, kernel: $train, padding: $train // 2}
      - {name: half, type: batch_norm}
      - {name: to, type: relu}
layers:
  - {name: double, type: half, width: 4}
  - {name: double_, type: half, width: 6, train: 5}
  - {name: float, type: half, width: 5}
  - {name: forward, type: conv, filters: 2, kernel: 1}
"""


def test_names_and_figures_come_back(tmp_path: Path) -> None:
    graph = cnnstat.loads(SPEC)
    before = [(row.name, row.type, row.counts) for row in cnnstat.analyze(graph).rows]
    module = module_of(written(graph)).float()
    assert "double_.type_.weight" in module.state_dict()
    assert "double__.type_.weight" in module.state_dict()
    read = cnnstat.from_torch(module, (3, 8, 8))
    assert [(row.name, row.type, row.counts) for row in cnnstat.analyze(read).rows] == before
    for newer in (True, False):
        path = tmp_path / f"{newer}.onnx"
        exported(graph, path, newer=newer)
        after = cnnstat.analyze(path).rows
        assert [(row.name, row.type, row.counts.params) for row in after] == [
            (name, kind, counts.params) for name, kind, counts in before
        ]


def test_weights_go_both_ways_without_a_map(tmp_path: Path) -> None:
    graph = cnnstat.loads(SPEC)
    ours, module = cnnstat.Network(graph, seed=3), module_of(written(graph)).float()
    save_weights(tmp_path / "ours.npz", as_attributes(ours.parameters))
    with np.load(tmp_path / "ours.npz") as stored:
        module.load_state_dict({name: torch.from_numpy(stored[name]) for name in stored.files})
    np.savez(tmp_path / "theirs.npz", **{name: each.numpy() for name, each in module.state_dict().items()})
    again = cnnstat.Network(graph, seed=4)
    again.load_weights(tmp_path / "theirs.npz")
    assert all((ours.parameters[name] == tensor).all() for name, tensor in again.parameters.items())
    save_weights(tmp_path / "own names.npz", ours.parameters)
    again = cnnstat.Network(graph, seed=4)
    again.load_weights(tmp_path / "own names.npz")
    assert all((ours.parameters[name] == tensor).all() for name, tensor in again.parameters.items())
