"""Layers that are alike so far stand for each other, and no longer where they come apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

import cnnstat
from cnnstat.analysis import memory
from cnnstat.analysis.settings import Settings
from cnnstat.analysis.walk import Walk
from cnnstat.commands.sizes.moments import moments
from cnnstat.commands.sizes.trial import Cost, Refusal, Tries
from cnnstat.spec.bundled import names
from tests.fuzz.networks import networks
from tests.fuzz.pieces import Drawn  # noqa: TC001 - hypothesis reads the annotation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.graph.nodes import LayerNode

BRANCHES = """
input: [2, 16]
layers:
  - {name: down, type: max_pool, kernel: 2, stride: 2}
  - {name: up, type: max_pool, from: input, kernel: 2, stride: 2, rounding: ceil}
  - {name: a, type: conv, from: down, filters: 3, kernel: 3}
  - {name: b, type: conv, from: up, filters: 3, kernel: 3}
  - {name: small, type: linear, axis: length, units: 5, from: a}
  - {name: large, type: linear, axis: length, units: 5, from: b}
outputs: [small, large]
"""
"""Even sizes are halved alike, others are not; so are the weights of the last two."""

LENT = """
input: [2, 16]
layers:
  - {name: down, type: conv, filters: 3, kernel: 2, stride: 2}
  - {name: up, type: max_pool, from: input, kernel: 2, stride: 2, rounding: ceil}
  - {name: lender, type: linear, from: down, axis: length, units: 5}
  - {name: own, type: linear, from: up, axis: length, units: 5}
  - {name: borrower, type: linear, from: up, axis: length, units: 5, weights: lender}
outputs: [lender, own, borrower]
"""
"""Odd sizes are refused: the last layer cannot use the weights then, and is else as the one before it."""

USUAL = Settings(dtype="float32")


def assert_as_walked(tries: Tries, size: tuple[int, ...]) -> None:
    """Compare what a size comes to with the whole network there."""
    outcome, inputs = tries.outcome(size), tries.shapes(size)
    whole = tries.walked(inputs)
    assert outcome.refusal == (whole if isinstance(whole, Refusal) else None)
    if not outcome.refusal:
        names = [node.path for node in tries.graph.inputs]
        graph = tries.graph.on(dict(zip(names, inputs, strict=True)))
        assert outcome.cost == of_analysis(cnnstat.analyze(graph))


def of_analysis(analysis: cnnstat.Analysis) -> Cost:
    """Return what an analysis of the same size comes to."""
    counts = analysis.totals.counts
    return Cost(
        output_shape=analysis.totals.output_shape,
        params=counts.params,
        macs=counts.macs,
        activations=counts.activations,
        inference_memory_bytes=analysis.totals.inference_memory_bytes,
        leftover_layers=sum(any(row.leftover) for row in analysis.rows),
    )


def drawn_graph(drawn: Drawn) -> cnnstat.Graph:
    """Return a random network; seldom one is drawn whose every layer is left out, which is none."""
    try:
        return cnnstat.loads(drawn.text)
    except cnnstat.SpecError as error:
        if [problem.code for problem in error.problems] == ["graph/empty"]:
            reject()
        raise


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks(), st.permutations(range(8)))
def test_random_networks_cost_what_an_analysis_says(drawn: Drawn, order: list[int]) -> None:
    graph = drawn_graph(drawn)
    own = graph.input_shape[1:]
    tries = Tries(graph, USUAL)
    for by in order if own else ():
        assert_as_walked(tries, tuple(max(1, size + by - 3) for size in own))


DEFAULT = ("densenet121", "resnet20", "siamese", "unet", "wavenet", "yolov8n")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in DEFAULT else pytest.mark.slow) for name in names()]
)
def test_bundled_networks_cost_what_an_analysis_says(name: str) -> None:
    tries = Tries(cnnstat.load(name), USUAL)
    own = tries.graph.input_shape[1:]
    for by in (-min(own) // 2, -7, -1, 0, 1, 16) if own else ():
        assert_as_walked(tries, tuple(max(1, size + by) for size in own))


@pytest.mark.parametrize("sizes", [range(4, 20), range(20, 4, -1), (8, 7, 8, 9, 10)])
@pytest.mark.parametrize("text", [BRANCHES, LENT])
def test_what_comes_apart_at_another_size_is_told_apart(text: str, sizes: range | tuple[int, ...]) -> None:
    tries = Tries(cnnstat.loads(text), USUAL)
    for size in sizes:
        assert_as_walked(tries, (size,))


def test_the_first_of_layers_that_come_apart_is_named() -> None:
    """At 15, the second branch alone has 8 columns, as at the own size."""
    tries = Tries(cnnstat.loads(BRANCHES), USUAL)
    changed = [tries.outcome((size,)).changed for size in (16, 15, 14, 17)]
    assert [None if number is None else tries.graph.name(number) for number in changed] == [
        *(None, "small", "small", "large")
    ]


def test_layers_that_are_alike_are_gone_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[LayerNode] = []
    steps = Walk.steps

    def counted(*arguments: Any) -> Iterator[Any]:
        for step in steps(*arguments):
            passed.append(step[0])
            yield step

    monkeypatch.setattr(Walk, "steps", counted)
    tries = Tries(cnnstat.load("resnet1202"), USUAL)
    whole = len(passed)
    assert whole == 4806
    costs = [tries.outcome((size, size)).cost for size in range(33, 65)]
    assert None not in costs
    assert len(passed) < 2 * whole


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks(), st.data())
def test_one_of_few_moments_holds_most(drawn: Drawn, data: st.DataObject) -> None:
    """Whatever sizes the classes of nodes have."""
    graph = drawn_graph(drawn)
    freed = memory.freed(graph, graph.holders)
    classes = data.draw(st.lists(st.integers(0, 3), min_size=len(freed), max_size=len(freed)))
    found = moments(graph, freed, classes)
    if found is None:
        return
    for _ in range(3):
        volumes = data.draw(st.lists(st.integers(1, 99), min_size=4, max_size=4))
        stored = [volumes[c] if graph.holders[i] == i else 0 for i, c in enumerate(classes)]
        most = max(sum(count * volumes[c] for c, count in moment) for moment in found)
        assert most == memory.peak_activations(stored, freed)
