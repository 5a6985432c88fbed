"""Parameters that several layers use: counted once, while each use is work of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

import cnnstat
from cnnstat.analysis.backward_cost import Cost, costs
from cnnstat.analysis.by_type import counts_by_type
from cnnstat.analysis.conventions import CONVENTIONS
from cnnstat.analysis.tool_counts import tool_counts, total

if TYPE_CHECKING:
    from cnnstat import Graph

TWINS = """
input: [3, 8, 8]
blocks:
  twin:
    params: {hold: false}
    layers:
      - {name: conv, type: conv, filters: 4, kernel: 3, padding: 1, frozen: $hold}
      - {name: up, type: transposed_conv, filters: 4, kernel: 2, stride: 2}
      - {name: bn, type: batch_norm}
layers:
  - {name: left, type: twin, hold: HOLD}
  - {name: right, type: twin, from: input}
  - {name: add, type: add, from: [left, right]}
"""
CONV, UP, BN = 4 * (3 * 9 + 1), 4 * (4 * 4 + 1), 8
ALL = CONV + UP + BN


def twins(*, shared: bool, hold: bool = False) -> Graph:
    """Return two equal branches, which have one set of parameters if they are ``shared``."""
    graph = cnnstat.loads(TWINS.replace("HOLD", str(hold).lower()))
    if not shared:
        return graph
    owners = {node.path: node.number for node in graph.layers}
    layers = [
        replace(node, owner=owners.get(node.path.replace("right.", "left."), node.number))
        for node in graph.layers
    ]
    return replace(graph, layers=tuple(layers))


def test_parameters_are_counted_once_and_work_each_time() -> None:
    shared, apart = (cnnstat.analyze(twins(shared=shared)) for shared in (True, False))
    one, two = shared.totals.counts, apart.totals.counts
    assert (one.params, one.trainable, one.buffers) == (ALL, ALL, 8)
    assert (two.params, two.trainable, two.buffers) == (2 * ALL, 2 * ALL, 16)
    assert replace(two, params=one.params, trainable=one.trainable, buffers=one.buffers) == one
    assert one.macs == 2 * (64 * 4 * 3 * 9 + 64 * 4 * 4 * 4)
    assert [shared.named[name].counts.params for name in ("left", "right", "left.bn", "right.bn")] == [
        *(ALL, 0, BN, 0),
    ]
    assert shared.named["right"].counts.macs == shared.named["left"].counts.macs
    assert counts_by_type(shared)["conv"][1].params == CONV


def test_memory_holds_them_once() -> None:
    shared, apart = (cnnstat.analyze(twins(shared=shared), optimizer="adam") for shared in (True, False))
    less = apart.totals.inference_memory_bytes - shared.totals.inference_memory_bytes
    assert less == 4 * ALL
    less = apart.totals.training_memory_bytes - shared.totals.training_memory_bytes
    assert less == 4 * (ALL + 3 * ALL)


@pytest.mark.parametrize("hold", [False, True])
def test_each_use_has_a_gradient_of_its_own_if_their_owner_is_trained(hold: bool) -> None:
    shared, apart = (cnnstat.analyze(twins(shared=shared, hold=hold)) for shared in (True, False))
    one, two = (
        {row.name: cost for row, cost in zip(each.rows, costs(each), strict=True)} for each in (shared, apart)
    )
    macs = shared.named["left.conv"].counts.macs
    assert two["right.conv"] == Cost(macs, macs, 0)
    assert one["right.conv"] == one["left.conv"] == Cost(macs, 0 if hold else macs, 0)
    # Behind what is held there is nothing to hand a gradient to; shared, that holds of both branches.
    assert bool(one["right.up"].input_gradients) == bool(one["left.up"].input_gradients) == (not hold)
    assert one["right.up"].weight_gradients == one["left.up"].weight_gradients > 0


@pytest.mark.parametrize("tool", [name for name, tool in CONVENTIONS.items() if tool.shared_weights])
def test_tools_measure_a_layer_by_the_parameters_it_uses(tool: str) -> None:
    shared, apart = (cnnstat.analyze(twins(shared=shared)) for shared in (True, False))
    one, two = (total(tool_counts(each, CONVENTIONS[tool])) for each in (shared, apart))
    assert one == two


def test_sizes_count_as_an_analysis_does() -> None:
    graph = twins(shared=True)
    for outcome in cnnstat.sizes(graph, first=4, last=8).outcomes:
        totals = cnnstat.analyze(graph, input_shape=(3, *outcome.size)).totals
        assert outcome.cost is not None
        assert (outcome.cost.params, outcome.cost.macs) == (ALL, totals.counts.macs)
        assert outcome.cost.inference_memory_bytes == totals.inference_memory_bytes
