"""How networks stand to budgets: the value that counts, the room, and what is unknown."""

from __future__ import annotations

import pytest

import cnnstat
from cnnstat.analysis import analyze_graph
from cnnstat.analysis.budgets import Standing, asked_inputs, on_inputs, standings
from cnnstat.spec.budget import demand
from tests.bridge.test_unproved_fields import JOIN

FAMILY = """
name: M
input: [3, 32, 32]
params: {width: 1}
budget: [{params: <= 1K, macs: <= 100K}, {input: [3, 64, 64], macs: <= 300K}]
variants:
  a: {}
  b: {params: {width: 2}, budget: {params: at most 2K}}
blocks:
  unit:
    params: {f}
    layers:
      - {type: conv, filters: $f * $width, kernel: 3, budget: {params: <= 100}}
      - {type: relu}
layers:
  - {type: unit, f: 4, budget: {params: <= 120, receptive_field: at least 3}}
  - {name: r, type: unit, f: 4, repeat: 2, budget: {params: <= 120}}
"""


def stand(spec: str, variant: str = "", *more: str) -> list[Standing]:
    """Return how all budgets of a network stand, those for its own input first."""
    graph = cnnstat.loads(spec, variant=variant) if variant else cnnstat.loads(spec)
    found = [*standings(analyze_graph(graph), (), tuple(map(demand, more)))]
    for inputs in asked_inputs(graph):
        found += standings(analyze_graph(on_inputs(graph, inputs)), inputs) if inputs else ()
    return found


def one(spec: str, *more: str) -> Standing:
    (found,) = stand(spec, "", *more)
    return found


def network(layers: str, shape: tuple[int, ...] = (1, 8, 8)) -> str:
    return f"input: {list(shape)}\nlayers: [{layers}]\n"


def test_a_sum_without_a_layer_proves_no_most_and_a_least() -> None:
    """What a node takes that no layer stands for is not known: 72 params are at least that many."""
    spec = network(
        "{name: a, type: conv, filters: 8, kernel: 3, bias: false},"
        " {name: b, type: opaque, op: Odd, shape: [8]}"
    )
    for most in ("<= 500", ">= 80"):
        assert one(spec, f"params {most}").message == (
            f"params of at least 72 is without 'b', which leaves open how much there is; budget "
            f"{'at least 80' if most[0] == '>' else '500'}"
        )
        assert not one(spec, f"params {most}").kept
    assert one(spec, "params >= 72").kept
    assert one(spec, "params <= 71").room == -1
    part = spec.replace("bias: false", "bias: false, budget: {params: <= 500}")
    assert one(part).kept


def test_budgets_of_a_network_of_its_parts_and_for_another_input() -> None:
    assert [each.message for each in stand(FAMILY)] == [
        "408 params, budget 1K: 592 left (59.2 %)",
        "307,440 MACs, budget 100K: 207,440 over (207 %)",
        "'r.0.conv1', the tightest of 3: 148 params, budget 100: 48 over (48 %)",
        "'unit1': 112 params, budget 120: 8 left (6.67 %)",
        "'unit1': receptive field of 3, budget at least 3: 0 left (0 %)",
        "'r': 296 params, budget 120: 176 over (147 %)",  # a repeat is held to its sum
        "1,417,968 MACs at 3x64x64, budget 300K: 1,117,968 over (373 %)",
    ]


def test_a_variant_has_the_budgets_of_its_family_but_for_its_own() -> None:
    found = stand(FAMILY, "b")
    assert [(each.name, each.bound.demand, each.value) for each in found if each.name == "total"] == [
        ("total", "<= 100K", 1_035_360),
        ("total", "<= 2K", 1_392),
        ("total", "<= 300K", 4_841_568),
    ]
    assert [each.kept for each in found] == [False, True, False, False, True, False, False]


def test_those_of_others_stand_where_the_network_does() -> None:
    spec = network("{type: conv, filters: 2, kernel: 3}")
    found = one(spec, "params >= 21")
    assert found.message == "20 params, budget at least 21: 1 short (4.76 %)"
    assert (found.room, found.share, found.kept) == (-1, -1 / 21, False)
    assert one(spec, "params <= 0").share is None
    assert one(spec, "params <= 0").message == "20 params, budget 0: 20 over"
    assert one(spec, "inference_memory <= 1KiB").message == (
        "inference memory of 624 bytes, budget 1KiB: 400 left (39.1 %)"
    )
    assert stand(FAMILY, "b", "macs <= 1")[2].budget.span.line == 8  # the variant's own line


@pytest.mark.parametrize(
    ("bound", "kept", "message"),
    [
        ("<= 4", False, "receptive field of 5 along the width, budget 4: 1 over (25 %)"),
        ("<= 5", True, "receptive field of 5 along the width, budget 5: 0 left (0 %)"),
        (">= 3", True, "receptive field of 3 along the height, budget at least 3: 0 left (0 %)"),
        (">= 4", False, "receptive field of 3 along the height, budget at least 4: 1 short (25 %)"),
    ],
)
def test_the_axis_of_a_receptive_field_that_is_farthest_from_the_bound(
    bound: str, kept: bool, message: str
) -> None:
    found = one(network("{type: conv, filters: 2, kernel: [3, 5]}"), f"receptive_field {bound}")
    assert (found.kept, found.message) == (kept, message)


def test_all_of_the_input_counts_as_its_size() -> None:
    spec = network("{type: global_avg_pool}", (1, 6, 9))
    assert one(spec, "receptive_field >= 7").message == (
        "receptive field of 6 along the height, budget at least 7: 1 short (14.3 %)"
    )
    assert one(spec, "receptive_field <= 9").value == 9
    assert one(network("{type: linear, units: 2}", (6,)), "receptive_field >= 6").value == 6


def test_an_upper_bound_proves_no_least_size() -> None:
    assert cnnstat.analyze(cnnstat.loads(JOIN)).totals.field.sizes((1, 8, 8)) == (3, 3)
    least = one(JOIN, "receptive_field >= 3")
    assert least.message == (
        "receptive field is an upper bound because of 'sum', which proves no least size; budget at least 3"
    )
    assert (least.kept, least.room, least.share) == (False, None, None)
    assert one(JOIN, "receptive_field <= 3").kept


def test_an_unknown_field_keeps_no_budget() -> None:
    odd = network("{name: cut, type: slice, axis: width, start: 1}, {type: reshape, shape: [1, 7, 8]}")
    assert cnnstat.analyze(cnnstat.loads(odd)).totals.field.because == "reshape1"
    for bound in ("<= 100", ">= 1"):
        found = one(odd, f"receptive_field {bound}")
        assert not found.kept
        assert found.message.startswith("receptive field is unknown because of 'reshape1'; budget ")
    unread = "{name: x, type: relu, from: b}, {type: relu, from: a, unused: true}"
    blind = f"input: {{a: [1, 4, 4], b: [1, 4, 4]}}\nlayers: [{unread}]\noutputs: x\n"
    assert one(blind, "receptive_field <= 9").unknown == "is none: nothing of the input is read"


def test_budgets_hold_for_other_parameters_and_inputs_by_name() -> None:
    spec = """
input: {a: [1, 4, 4], b: [1, 6, 6]}
params: {width: 2}
budget: [{params: <= 1}, {input: {b: [1, 8, 8]}, activations: <= 50}]
layers:
  - {name: x, type: conv, from: a, filters: $width, kernel: 1}
  - {name: y, type: relu, from: b}
outputs: [x, y]
"""
    assert [each.message for each in stand(spec)] == [
        "4 params, budget 1: 3 over (300 %)",
        "96 activations at b=1x8x8, budget 50: 46 over (92 %)",
    ]
    wide = cnnstat.loads(spec, params={"width": 3})
    assert next(standings(analyze_graph(wide))).value == 6


def test_percent_of_very_little_and_very_much() -> None:
    spec = network("{type: conv, filters: 2, kernel: 3}")
    assert one(spec, "params <= 20.00001M").message.endswith("19,999,990 left (more than 99.9 %)")
    assert one(spec, "params <= 1").message.endswith("19 over (1,900 %)")
    large = network("{type: linear, units: 100000}", (1000,))
    assert one(large, "params <= 100099999").message.endswith("1 over (less than 0.01 %)")
