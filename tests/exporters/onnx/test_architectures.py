"""Every bundled network in ONNX, on a small input: checked by onnx, run by ONNX Runtime."""

from __future__ import annotations

import pytest

import cnnstat
from cnnstat.commands.run.onnx_runtime import beside
from tests.exporters.onnx.exported import checked
from tests.small import every_architecture, reduced


@pytest.mark.exchange
@pytest.mark.parametrize("name", every_architecture())
def test_onnx_runtime_agrees_on_every_layer(name: str) -> None:
    graph = cnnstat.load(name)
    if len(graph.inputs) == 1:
        graph = graph.on(reduced(name)[1])
    checked(graph, None, "float32")
    network = cnnstat.Network(graph)
    x = network.sample(2)
    engine = beside(cnnstat.analyze(graph), network.parameters, network.named(x), "float32")
    for visit in network.visits(x):
        engine.watch(visit)
    opinion = engine.opinion(network, x)
    assert len(opinion.outputs) == len(graph.layers)
    assert not opinion.others
