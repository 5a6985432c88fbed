"""A spec as PyTorch's source, exported to ONNX by PyTorch and read again: the same layers and figures.

Options may be said otherwise (`padding: same` is numbers there, `$in / 2` is one), and a layer that has no
module may have another name. No export says which numbers are trained. What does nothing at inference is in
no export: dropout, and whatever is a path from its input to its output.
"""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("onnx")
pytest.importorskip("torch")

import torch

import cnnstat
from cnnstat.spec import bundled
from tests.exporters.pytorch.compared import module_of, written
from tests.importers.returned import came_back
from tests.small import reduced

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.graph.model import Graph

pytestmark = pytest.mark.exchange

QUICK = ("lenet5", "siamese", "resnet20")


def exported(graph: Graph, path: Path, *, newer: bool) -> None:
    """Write a network's source by PyTorch's own exporters, so that batch norms stay."""
    module = module_of(written(graph)).float().eval()
    inputs = tuple(torch.zeros(1, *shape) for shape in graph.input_shapes)
    more: dict[str, Any] = {"optimize": False, "verbose": False, "external_data": False}
    if not newer:
        more = {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        torch.onnx.export(module, inputs, str(path), dynamo=newer, opset_version=20, **more)


def compared(name: str, path: Path, *, newer: bool) -> None:
    graph = cnnstat.load(name)
    if len(graph.inputs) == 1:
        graph = graph.on(reduced(name)[1])
    exported(graph, path, newer=newer)
    before, after = cnnstat.analyze(graph), cnnstat.analyze(path)
    came_back(before, after)
    if len(before.rows) == len(after.rows):
        assert after.totals.inference_memory == before.totals.inference_memory
        assert after.totals.training_memory == before.totals.training_memory


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in bundled.names()],
)
def test_a_network_goes_through_pytorch(name: str, tmp_path: Path) -> None:
    compared(name, tmp_path / "model.onnx", newer=True)


@pytest.mark.parametrize("name", ["lenet5"])
def test_a_network_goes_through_the_older_exporter(name: str, tmp_path: Path) -> None:
    compared(name, tmp_path / "model.onnx", newer=False)
