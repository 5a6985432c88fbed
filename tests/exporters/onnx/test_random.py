"""Random networks over the whole catalogue, as the fuzzers draw them, in ONNX Runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings

import cnnstat
from cnnstat.commands.run.onnx_runtime import beside
from cnnstat.executor.kernel import quiet
from tests.exporters.onnx.exported import checked
from tests.fuzz.networks import networks

if TYPE_CHECKING:
    from tests.fuzz.pieces import Drawn

MOST = 1 << 20
"""Numbers that layers put out, so that an example takes no seconds."""


@pytest.mark.exchange
@settings(
    max_examples=100, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(networks(most=8))
def test_onnx_runtime_agrees(drawn: Drawn) -> None:
    pytest.importorskip("onnxruntime")
    try:
        graph = cnnstat.loads(drawn.text)
        analysis = cnnstat.analyze(graph)
    except cnnstat.SpecError:
        assume(False)
    assume(analysis.totals.counts.activations <= MOST)
    with quiet():
        network = cnnstat.Network(graph)
        checked(graph, None, "float32")
        x = network.sample(2)
        engine = beside(analysis, network.parameters, network.named(x), "float32")
        for visit in network.visits(x):
            engine.watch(visit)
        assert not engine.opinion(network, x).others
