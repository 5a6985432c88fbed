"""The memory that a run is said to need, against what NumPy really allocates: measured by tracemalloc."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnnstat
from cnnstat.analysis.settings import Settings
from cnnstat.bridge import memory
from cnnstat.bridge.kernel_memory import TRAINED, WORKING
from cnnstat.executor.kernel import quiet
from cnnstat.executor.loss import evaluate
from cnnstat.executor.measure.end_to_end import check_end_to_end
from cnnstat.executor.measure.gradients import Plan, check_layers
from cnnstat.executor.measure.measurements import measure_network
from cnnstat.layers import LAYERS
from tests.executor.cases import CASES
from tests.small import network_of

if TYPE_CHECKING:
    from cnnstat.graph.model import Graph
    from tests.executor.cases import Case

MEGABYTE = 1 << 20
NUMBERS = 60_000
"""About how many numbers a layer of the cases reads or puts out: then they are most of the memory."""


def allocated(graph: Graph, batch: int, *, checked: int = 0, training: bool = False) -> int:
    """Return the most bytes that were allocated at once while a network ran."""
    dtype = "float64" if checked else "float32"
    tracemalloc.start()
    try:
        with quiet():
            network = cnnstat.Network(graph, dtype=dtype)
            x = network.sample(batch)
            measure_network(network, x)
            evaluate(network, x, seed=0, training=training)
            if checked:
                plan = Plan(training=training)
                assert not any(each.wrong for _, each in check_layers(network, network.sample(checked), plan))
                assert not any(each.wrong for each in check_end_to_end(network, x, plan))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def estimated(graph: Graph, batch: int, *, checked: int = 0, training: bool = False) -> int:
    settings = Settings(batch=batch, dtype="float64" if checked else "float32")
    analysis = cnnstat.analysis.analyze_graph(graph, settings)
    return memory.running_bytes(analysis, memory.Uses(checked=checked, training=training))


def test_every_type_of_layer_stands_in_the_table() -> None:
    assert WORKING.keys() == LAYERS.keys() == TRAINED.keys()


def _cases() -> list[Case]:
    return list({(case.type, str(case.given), case.training): case for case in CASES}.values())


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.id)
def test_no_layer_takes_more_than_its_estimate(case: Case) -> None:
    graph = network_of(case)
    sizes = [np.prod(row.output_shape) for row in cnnstat.analyze(graph).rows]
    batch = max(int(NUMBERS // max(np.prod(graph.input_shape), *sizes)), 2)
    assert allocated(graph, batch, training=case.training) <= estimated(graph, batch, training=case.training)


@pytest.mark.parametrize("case", _cases()[::4], ids=lambda case: case.id)
def test_no_check_takes_more_than_its_estimate(case: Case) -> None:
    graph = network_of(case)
    sizes = [np.prod(row.output_shape) for row in cnnstat.analyze(graph).rows]
    batch = max(int(NUMBERS // 4 // max(np.prod(graph.input_shape), *sizes)), 2)
    taken = allocated(graph, batch, checked=batch, training=case.training)
    assert taken <= estimated(graph, batch, checked=batch, training=case.training)


HOSTILE: dict[str, dict[str, Any]] = {
    "table": {
        **{"input": [16, 80, 80], "type": "conv", "filters": 16, "kernel": 3, "padding": 1},
        "table": [list(range(16))] * 16,
    },
    "table of different rows": {
        **{"input": [16, 80, 80], "type": "conv", "filters": 16, "kernel": 3, "padding": 1},
        "table": [sorted({row, *range(row % 5, 16, 3)}) for row in range(16)],
    },
    "signal": {"input": [1, 4000], "type": "identity"},
    "bins": {"input": [1, 8], "type": "adaptive_avg_pool", "size": 50_000},
    "largest": {"input": [1, 8], "type": "adaptive_max_pool", "size": 50_000},
    "levels": {"input": [32, 32, 32], "type": "spatial_pyramid_pool", "levels": [1] * 40},
    "window": {"input": [64, 40, 40], "type": "conv", "filters": 8, "kernel": 9, "padding": 4},
    "far": {"input": [2, 300, 300], "type": "conv", "filters": 2, "kernel": 3, "dilation": 100},
    "spread": {"input": [8, 60, 60], "type": "transposed_conv", "filters": 8, "kernel": 8, "stride": 4},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_layer_that_is_more_than_it_looks(name: str) -> None:
    given = dict(HOSTILE[name])
    graph = cnnstat.loads(json.dumps({"input": given.pop("input"), "layers": [given]}))
    assert allocated(graph, 1) <= estimated(graph, 1)


@pytest.mark.parametrize("checked", [0, 1])
@pytest.mark.parametrize(
    "layer",
    [
        {"type": "linear", "units": 700},
        {"type": "rbf", "units": 700, "learned": True},
        {"type": "conv", "filters": 700, "kernel": 1, "input": [700, 1, 1]},
        {"type": "parameter", "input": [8, 200, 200]},
        {"type": "layer_norm", "input": [8, 200, 200]},
    ],
    ids=lambda layer: layer["type"],
)
def test_what_borrowers_take_is_counted(layer: dict[str, Any], checked: int) -> None:
    given = {"input": [700], **layer}
    size = given.pop("input")
    layers = [{"name": "a", **given}, {"weights": "a", **given}, {"name": "c", "weights": "a", **given}]
    layers.append({"type": "add", "from": ["input", "c"]})
    graph = cnnstat.loads(json.dumps({"input": size, "layers": layers}))
    assert allocated(graph, 1, checked=checked) <= estimated(graph, 1, checked=checked)


@pytest.mark.parametrize(
    ("name", "batch", "most"),
    [
        ("mobilenet-v2", 1, 1.5),
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in (("lenet5", 2000, 1.7), ("densenet121", 1, 1.3), ("alexnet", 1, 1.2))
        ),
    ],
)
def test_an_estimate_is_close(name: str, batch: int, most: float) -> None:
    graph = cnnstat.load(name)
    taken = allocated(graph, batch)
    assert taken <= estimated(graph, batch) <= most * taken


def test_fields_that_nobody_knows_are_not_counted() -> None:
    given = {"type": "adaptive_avg_pool", "size": 1_000_000}
    graph = cnnstat.loads(json.dumps({"input": [1, 8], "layers": [given]}))
    taken = allocated(graph, 1)
    assert taken <= estimated(graph, 1) <= 3 * taken


PARTS = """
  - {{name: top{0}, type: split, from: joined{1}, parts: 2, take: 0}}
  - {{name: rest{0}, type: slice, from: joined{1}, start: 8}}
  - {{name: bent{0}, type: relu, from: top{0}}}
  - {{name: joined{0}, type: concat, from: [rest{0}, bent{0}]}}
"""


def test_a_map_is_let_go_of_once_its_parts_are_read() -> None:
    chain = "".join(PARTS.format(number, number - 1) for number in range(1, 21))
    head = "input: [16, 32, 32]\nlayers:\n  - {name: joined0, type: identity}"
    graph = cnnstat.loads(f"{head}{chain}")
    taken = allocated(graph, 100)
    assert taken <= estimated(graph, 100) <= 1.5 * taken


def test_windows_larger_than_the_map_are_gathered_a_few_at_a_time() -> None:
    """All 625 windows of a kernel of 160x160 on four maps would be 512 MB in float64."""
    layer = "{type: depthwise_conv, kernel: 160, padding: 80, bias: false}"
    graph = cnnstat.loads(f"input: [4, 24, 24]\nlayers: [{layer}]")
    tracemalloc.start()
    try:
        network = cnnstat.Network(graph, dtype="float64")
        network.forward(network.sample(1))
        needed = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert needed <= estimated(graph, 1, checked=1)
    assert needed < 200 * MEGABYTE
