"""A spec as PyTorch's source, followed by `torch.export` and read again: the same layers and figures."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("onnx")
pytest.importorskip("torch")

import torch

import cnnstat
from cnnstat.graph.load import loads
from cnnstat.importers import of_module
from cnnstat.importers.torch_export.module import without_memory
from cnnstat.spec import bundled
from tests.exporters.pytorch.compared import module_of, written
from tests.importers.returned import came_back
from tests.small import reduced

if TYPE_CHECKING:
    from cnnstat.graph.model import Graph

pytestmark = pytest.mark.exchange

QUICK = ("lenet5", "siamese", "resnet20", "vit-b-16", "botnet50")


def returned(graph: Graph) -> cnnstat.Analysis:
    """Return the analysis of what is read of a network's source."""
    with without_memory(torch):
        module = module_of(written(graph)).float()
    names = inspect.signature(module.forward).parameters
    shapes = dict(zip(names, graph.input_shapes, strict=True))
    return cnnstat.analyze(loads(of_module(module, shapes)))


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in bundled.names()],
)
def test_a_network_goes_through_torch_export(name: str) -> None:
    graph = cnnstat.load(name)
    if len(graph.inputs) == 1:
        graph = graph.on(reduced(name)[1])
    before, after = cnnstat.analyze(graph), returned(graph)
    came_back(before, after)
    assert after.totals.counts.trainable == before.totals.counts.trainable


@pytest.mark.parametrize("learned", [False, True])
def test_codes_are_learned_or_not(learned: bool) -> None:
    spec = f"input: [6]\nlayers:\n  - {{name: codes, type: rbf, units: 4, learned: {str(learned).lower()}}}\n"
    (row,) = returned(cnnstat.loads(spec)).rows
    assert (row.type, row.counts.trainable) == ("rbf", 24 * learned)
