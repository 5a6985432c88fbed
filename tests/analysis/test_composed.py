"""Totals that are composed of pieces are those that the walk finds, layer by layer."""

from __future__ import annotations

import pytest

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.composed import totals
from cnnstat.base.figures import COUNTS, OF_NETWORK
from cnnstat.graph.load import load

ALIKE = ("lenet5", "resnet", "retinanet", "siamese", "efficientnet", "hrnet")


@pytest.mark.parametrize("name", ALIKE)
def test_totals_are_those_of_the_walk(name: str) -> None:
    graph = load(name)
    walked, found = analyze_graph(graph).totals, totals(graph.spec)
    assert found.output_shape == walked.output_shape
    assert found.counts == walked.counts
    assert found.field == walked.field
    assert {key: found.figure(key) for key in COUNTS} == {key: getattr(walked.counts, key) for key in COUNTS}
    assert {key: found.figure(key) for key in OF_NETWORK} == {key: getattr(walked, key) for key in OF_NETWORK}


def test_a_figure_of_a_network_has_a_key() -> None:
    found = totals(load("lenet5").spec)
    assert found.figure("shape") == (10,)
    assert found.figure("receptive_field") == "all"
    with pytest.raises(KeyError):
        found.figure("leftover")
