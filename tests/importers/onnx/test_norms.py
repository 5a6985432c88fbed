"""Norms of groups as PyTorch writes them: in one operator, before opset 21 in several."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("torch")

import numpy as np
import torch

import cnnstat
from tests.importers.onnx.graphs import model_of, ours, saved, theirs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.exchange


@pytest.mark.parametrize(("newer", "opset"), [(False, 17), (True, 18), (True, 21)])
def test_a_norm_of_groups_is_one_layer(newer: bool, opset: int, tmp_path: Path) -> None:
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 6, 3), torch.nn.GroupNorm(2, 6, eps=1e-3)).eval()
    with torch.no_grad():
        for tensor in module.parameters():
            tensor.copy_(torch.randn_like(tensor))
    path = str(tmp_path / "model.onnx")
    more: dict[str, Any] = {"optimize": False, "verbose": False, "external_data": False} if newer else {}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        torch.onnx.export(module, (torch.randn(1, 3, 9, 8),), path, dynamo=newer, opset_version=opset, **more)
    analysis = cnnstat.analyze(path)
    assert [(row.name, row.type, row.counts.params) for row in analysis.rows] == [
        ("0", "conv", 168),
        ("1", "group_norm", 12),
    ]
    network, (y,) = ours(path)
    (expected,) = theirs(path, network)
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-4)


def test_of_older_versions_scales_for_each_group_are_read_where_they_are_none(tmp_path: Path) -> None:
    nodes: Any = [("GroupNormalization", "x s b", "y", {"num_groups": 2})]
    plain = {"s": np.ones(2, np.float32), "b": np.zeros(2, np.float32)}
    path = saved(model_of(nodes, (1, 4, 5, 5), plain, opset=18), tmp_path)
    assert [(row.type, row.counts.params) for row in cnnstat.analyze(path).rows] == [("group_norm", 0)]
    path = saved(model_of(nodes, (1, 4, 5, 5), {"s": (2,), "b": (2,)}, opset=18), tmp_path)
    assert cnnstat.analyze(path).without == {"groupnormalization": 1}
