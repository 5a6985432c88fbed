"""What no case of the executor has: where ONNX, or its runtime, says less than an option does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import cnnstat
from tests.exporters.onnx.exported import apart, checked, drawn, outputs

if TYPE_CHECKING:
    from cnnstat.graph.model import Graph

LAYERS: dict[str, tuple[list[int], dict[str, Any]]] = {
    "rows that only the bias is in": (
        [3, 4, 3],
        {
            "type": "transposed_conv",
            "filters": 2,
            "kernel": 3,
            "dilation": [3, 1],
            "padding": [0, 1],
            "output_padding": [2, 0],
        },
    ),
    "as many, without a bias": (
        [3, 5],
        {
            "type": "transposed_conv",
            "filters": 2,
            "kernel": 2,
            "dilation": 4,
            "output_padding": 3,
            "bias": False,
        },
    ),
    "one axis rounded up, one with a window that is dropped": (
        [3, 6, 8],
        {"type": "max_pool", "kernel": 2, "stride": [3, 3], "padding": [1, 0], "rounding": "ceil"},
    ),
    "the same of means, padding counted": (
        [3, 6, 8],
        {"type": "avg_pool", "kernel": 2, "stride": [3, 3], "padding": [1, 0], "rounding": "ceil"},
    ),
    "the same of means, padding not counted": (
        [3, 6, 8],
        {
            "type": "avg_pool",
            "kernel": 2,
            "stride": 3,
            "padding": [1, 0],
            "rounding": "ceil",
            "count_padding": False,
        },
    ),
    "a nearest cell that a rounded scale would miss": ([2, 41, 3], {"type": "upsample", "size": [615, 7]}),
    "a smaller map": ([2, 49, 30], {"type": "upsample", "size": [35, 21]}),
    "a smaller map between cells": ([2, 9, 8], {"type": "upsample", "size": [4, 1], "mode": "bilinear"}),
    "kernels above the map": ([2, 3, 3], {"type": "avg_pool", "kernel": 3, "stride": 1, "padding": "same"}),
    "a sum of more channels than there are": (
        [2, 3, 3],
        {"type": "local_response_norm", "size": 9, "alpha": 1},
    ),
    "squares that do not count": ([4, 3, 3], {"type": "local_response_norm", "alpha": 0.0}),
    "no power": ([4, 3, 3], {"type": "local_response_norm", "beta": 0.0}),
    "nothing to do": ([2, 3, 3], {"type": "power"}),
}


def graph_of(shape: list[int], *layers: dict[str, Any], **more: Any) -> Graph:
    return cnnstat.loads(json.dumps({"input": shape, "layers": layers, **more}))


def off(graph: Graph) -> dict[str, float]:
    network = cnnstat.Network(graph)
    drawn(network)
    made = checked(graph, network.parameters, "float32", every_output=True)
    x = network.sample(2)
    return apart(network, x, outputs(made, network.named(x)))


@pytest.mark.exchange
@pytest.mark.parametrize("name", LAYERS)
def test_onnx_runtime_agrees(name: str) -> None:
    shape, layer = LAYERS[name]
    found = off(graph_of(shape, layer))
    assert max(found.values()) < 1e-5, found


@pytest.mark.exchange
def test_shared_numbers_that_meet_other_ranks() -> None:
    graph = graph_of(
        [3, 4, 5],
        {"type": "prelu", "name": "own"},
        {"type": "reshape", "shape": [3, 20]},
        {"type": "prelu", "name": "again", "weights": "own"},
    )
    assert max(off(graph).values()) < 1e-6
    made = checked(graph, None, "float32")
    assert [each.name for each in made.graph.input] == ["input", "own.weight"]


@pytest.mark.exchange
def test_shared_numbers_under_another_table() -> None:
    conv = {"type": "conv", "filters": 2, "kernel": 2, "padding": "same"}
    graph = graph_of(
        [2, 4, 5],
        {**conv, "name": "own", "table": [[0, 1], [1]]},
        {**conv, "name": "alike", "table": [[0, 1], [1]], "weights": "own"},
        {**conv, "name": "other", "table": [[0], [0, 1]], "weights": "own"},
    )
    assert max(off(graph).values()) < 1e-6
    network = cnnstat.Network(graph)
    names = [each.name for each in checked(graph, network.parameters, "float32").graph.initializer]
    stored = [name for name in names if "/" not in name]  # the others are constants of single layers
    assert stored == ["own.weight", "own.bias"]
    assert [each.name for each in checked(graph, None, "float32").graph.input] == ["input", *stored]


@pytest.mark.exchange
def test_parts_and_a_part_twice() -> None:
    part = {"type": "split", "parts": 3, "from": "input"}
    graph = graph_of(
        [6, 4, 5],
        {**part, "name": "b", "take": 1},
        {**part, "name": "a", "take": 0},
        {**part, "name": "b_again", "take": 1},
        {"type": "concat", "from": ["a", "b", "b_again"]},
    )
    assert max(off(graph).values()) == 0
    operators = [node.op_type for node in checked(graph, None, "float32").graph.node]
    assert operators == ["Slice", "Slice", "Slice", "Concat"]


@pytest.mark.exchange
def test_sizes_from_another_input_are_numbers() -> None:
    graph = cnnstat.loads(
        "input: {image: [3, 5, 7], guide: [1, 9, 12]}\noutputs: [up, mean]\nlayers:\n"
        "  - {type: upsample, name: up, from: [image, guide], mode: bilinear}\n"
        "  - {type: reduce, name: mean, from: guide, axes: [height, width]}\n"
    )
    assert max(off(graph).values()) < 1e-5
