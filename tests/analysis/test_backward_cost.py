"""The cost of training: counted by hand, by another tool, and by the executor on its way back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnnstat
from cnnstat import Analysis
from cnnstat.analysis import analyze
from cnnstat.analysis.backward_cost import costs
from cnnstat.analysis.conventions import CONVENTIONS
from cnnstat.analysis.tool_counts import tool_counts, weight_gradients
from cnnstat.bridge.program import Network
from tests.executor.cases import CASES, Case
from tests.measured import NETWORKS, network

BACKWARD = dict(
    zip(NETWORKS, ("2,263,920", "4,144.577", "92,648.178", "117,618.967", "21,746.541"), strict=True)
)
"""Forward and backward as torch's FlopCounterMode prints them: LeNet-5 exactly, the others in millions."""

TRUNK = """
input: [3, 8, 8]
blocks:
  unit:
    params: {hold: false}
    layers:
      - {name: conv, type: conv, filters: 4, kernel: 3, padding: 1, frozen: $hold}
      - {name: bn, type: batch_norm}
layers:
  - {name: stem, type: unit, frozen: true}
  - {name: body, type: unit, repeat: 2, frozen: $index == 0}
  - {name: held, type: unit, hold: true}
  - {name: side, type: conv, from: stem, filters: 4, kernel: 1}
  - {name: add, type: add, from: [held, side]}
"""


def spent(text: str) -> dict[str, tuple[int, int, int]]:
    """Return, for each layer with multiply-adds, which parts of its cost there are, in forward passes."""
    analysis = cnnstat.analyze(cnnstat.loads(text))
    return {
        row.name: (1, cost.weight_gradients // cost.forward, cost.input_gradients // cost.forward)
        for row, cost in zip(analysis.rows, costs(analysis), strict=True)
        if cost.forward
    }


@pytest.mark.parametrize("name", NETWORKS)
def test_forward_and_backward_are_what_torch_counts(name: str) -> None:
    count = 2 * sum(cost.total for cost in costs(network(name)))
    printed = BACKWARD[name]
    assert (f"{count:,}" if "." not in printed else f"{count / 1e6:,.3f}") == printed


@pytest.mark.parametrize("name", NETWORKS)
def test_a_tool_spends_its_own_figure_once_more(name: str) -> None:
    analysis = network(name)
    torch = [count.total for count in tool_counts(analysis, CONVENTIONS["torch"])]
    assert costs(analysis, torch) == tuple(cost + cost for cost in costs(analysis))


GROUPS = """
input: [4, 8, 8]
layers:
  - {name: c1, type: conv, filters: 8, kernel: 3, padding: 1}
  - {name: c2, type: conv, filters: 8, kernel: 3, groups: 4}
  - {name: dw, type: depthwise_conv, kernel: 3}
  - {name: t, type: transposed_conv, filters: 6, kernel: 3, groups: 2, stride: 2}
"""


@pytest.mark.parametrize(
    ("analysis", "printed"),
    [
        (cnnstat.analyze(cnnstat.loads(GROUPS)), 186_624),
        (cnnstat.analyze("mobilenet-v2"), 12_279_700_992),
    ],
    ids=["groups", "mobilenet-v2"],
)
def test_torch_takes_the_weights_of_groups_for_those_of_none(analysis: Analysis, printed: int) -> None:
    # Printed by FlopCounterMode of torch 2.13, forward and backward.
    torch = CONVENTIONS["torch"]
    counted = (tool_counts(analysis, torch), weight_gradients(analysis, torch))
    forward, weights = ([count.total for count in each] for each in counted)
    assert sum(cost.total for cost in costs(analysis, forward, weights)) == printed


def test_resnet34_costs_three_passes_less_its_first_layer() -> None:
    resnet = network("resnet34")
    first = resnet.rows[0].counts.macs
    assert sum(cost.total for cost in costs(resnet)) == 3 * resnet.totals.counts.macs - first


def test_frozen_layers_pass_gradients_on_where_something_above_is_trained() -> None:
    assert spent(TRUNK) == {
        "stem.conv": (1, 0, 0),
        "body.0.conv": (1, 0, 0),
        "body.1.conv": (1, 1, 0),  # nothing trained above
        "held.conv": (1, 0, 1),
        "side": (1, 1, 0),
    }


def test_what_only_lends_its_size_has_no_gradient() -> None:
    layers = """
input: [2, 6, 6]
layers:
  - {name: a, type: conv, filters: 2, kernel: 1}
  - {name: ruler, type: conv, from: input, filters: 2, kernel: 3}
  - {name: cut, type: crop, from: [a, ruler]}
  - {name: b, type: conv, filters: 2, kernel: 1}
"""
    assert spent(layers) == {"a": (1, 1, 0), "ruler": (1, 0, 0), "b": (1, 1, 1)}


def test_layers_with_fixed_weights_hand_gradients_back() -> None:
    # LeNet-5's code book is fixed, its subsampling is trained.
    lenet = cnnstat.analyze("lenet5")
    found = {row.name: cost for row, cost in zip(lenet.rows, costs(lenet), strict=True)}
    assert (found["output"].weight_gradients, found["output"].input_gradients) == (0, 840)
    assert (found["S2"].weight_gradients, found["S2"].input_gradients) == (1176, 1176)
    assert (found["C1"].weight_gradients, found["C1"].input_gradients) == (117_600, 0)


def test_frozen_numbers_are_not_trained_and_cost_no_training_memory() -> None:
    graph = cnnstat.loads(TRUNK)
    trained = {row.name: row.counts.trainable for row in cnnstat.analyze(graph).rows if row.counts.params}
    assert trained == {
        **{"stem.conv": 0, "stem.bn": 0, "body.0.conv": 0, "body.0.bn": 0, "body.1.conv": 148},
        **{"body.1.bn": 8, "held.conv": 0, "held.bn": 8, "side": 20},
    }
    params = 112 + 3 * 148 + 4 * 8 + 20
    # Read on the way back: the inputs of body.1.conv (256), body.1.bn (256), held.bn (256) and side (256);
    # while add runs, what it reads and what it puts out (256 each) are alive beside them.
    totals = cnnstat.analyze(graph, optimizer="sgd").totals
    assert totals.training_memory_bytes == 4 * (params + 184 + 7 * 256)


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in CASES
        if case.type in ("conv", "depthwise_conv", "linear", "transposed_conv", "matmul")
    ],
    ids=lambda case: case.id,
)
def test_the_executor_goes_back_with_two_products_for_each_forward(case: Case) -> None:
    from cnnstat.executor.kernels import KERNELS  # noqa: PLC0415

    context = case.context()
    y, way_back = KERNELS[case.type].forward(case.inputs, case.params, case.options, context)
    assert way_back is not None
    forward = context.mac_counter.macs
    way_back(np.ones_like(y))
    shapes: Any = tuple(x.shape[1:] for x in case.inputs)
    assert forward == len(y) * case.calculated.macs(shapes).value
    assert context.mac_counter.macs == 3 * forward


def test_a_product_of_two_inputs_goes_back_to_each_that_needs_a_gradient() -> None:
    """4x30 by 30x4 is 480 products; torch's FlopCounterMode counts as many for either gradient."""
    head = "input: [4, 30]\nlayers:\n  - {name: a, type: linear, axis: channels, units: 4, bias: false}\n"
    product = "  - {name: m, type: matmul, from: [%s], transpose_b: true}\n"
    own = (1, 1, 0)  # the input of the network has no gradient
    assert spent(head + product % "a, input") == {"a": own, "m": (1, 0, 1)}
    assert spent(head + product % "a, a") == {"a": own, "m": (1, 0, 2)}


def test_a_run_trains_what_is_not_frozen() -> None:
    assert cnnstat.verify(cnnstat.loads(TRUNK)).good
    made = Network(cnnstat.loads(TRUNK), dtype="float64")
    y = made.forward(made.sample(2))
    assert isinstance(y, np.ndarray)
    names = set(made.backward(y).parameters)
    assert names == {
        *(
            f"{layer}.{name}"
            for layer in ("body.1.conv", "body.1.bn", "held.bn")
            for name in ("weight", "bias")
        ),
        *("side.weight", "side.bias"),
    }
    assert all(checked.good for checked in cnnstat.check_gradients(cnnstat.loads(TRUNK)))


def test_a_run_disproves_a_layer_that_is_calculated_as_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    right = analyze.calculate
    monkeypatch.setattr(analyze, "calculate", lambda layer, shapes, **_: right(layer, shapes))
    found = cnnstat.verify(cnnstat.loads(TRUNK)).differences
    assert ("stem.conv", "trainable", 112, 0) in [
        (d.layer, d.figure, d.calculated, d.measured) for d in found
    ]
