"""Units of whole networks: values, and what comes back through all that read them, are those of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec import UNSET
from msgspec.structs import replace

import cnnstat
from cnnstat.commands.trace.families.loss import loss_gradient
from cnnstat.commands.trace.options import TraceOptions
from cnnstat.commands.trace.traced_run import prepared, traced
from cnnstat.commands.trace.unit_trace import document_of, trace_of
from cnnstat.executor.loss import LOSSES
from tests.small import EVERY_TYPE

if TYPE_CHECKING:
    from cnnstat.commands.trace.document import Backward
    from cnnstat.graph.model import Graph

TOLERANCE = 1e-10
"""Of gradients that came back through many layers."""

BRANCHES = """
input: [2, 5, 6]
layers:
  - {name: stem, type: conv, filters: 4, kernel: 3, padding: 1}
  - {name: again, type: conv, filters: 4, kernel: 3, padding: 1, from: stem}
  - {name: twice, type: add, from: [stem, again, stem]}
  - {name: lost, type: relu, from: stem, unused: true}
  - {name: same, type: conv, filters: 4, kernel: 3, padding: 1, from: twice, weights: again}
  - {name: fixed, type: batch_norm, frozen: true}
  - {type: global_avg_pool}
  - {type: flatten}
  - {name: fc, type: linear, units: 3}
  - {type: softmax}
"""


def units_of(graph: Graph, number: int, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    rng = np.random.RandomState(number)
    return [tuple(int(rng.randint(n)) for n in shape) for _ in range(2)]


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("text", [EVERY_TYPE, BRANCHES], ids=["every type", "branches"])
def test_every_node_of_a_network(text: str, training: bool) -> None:
    graph = cnnstat.loads(text)
    at = TraceOptions(at="", unit=(), sample=1, batch=2, backward=True, training=training)
    analysis, _ = prepared(graph, at)
    run = traced(analysis, range(len(graph.nodes)), at)
    for number, shape in enumerate(analysis.shapes):
        for unit in units_of(graph, number, shape):
            found = document_of(run, number, replace(at, unit=unit))
            _same(found.working.value, found.executed, 1e-12, found.layer)
            assert found.backward is not UNSET
            back = found.backward
            _same(back.gradient, back.executed, TOLERANCE, f"delta of {found.layer} {unit}")
            shared = any(node.owner == number for node in graph.layers if node.number != number)
            for weight in back.weights if not shared and found.layer != "same" else ():
                _same(weight.working.value, weight.executed, TOLERANCE, f"{weight.tensor} {weight.index}")


def back_to(name: str, unit: tuple[int, ...]) -> Backward:
    """Return the way back to a unit of the network with branches."""
    found = trace_of(cnnstat.loads(BRANCHES), TraceOptions(at=name, unit=unit, backward=True)).backward
    assert found is not UNSET
    return found


def _same(traced: float, executed: float, tolerance: float, what: str) -> None:
    assert abs(traced - executed) <= tolerance * max(1.0, abs(executed)), what


@pytest.mark.parametrize("name", LOSSES)
def test_each_loss(name: str) -> None:
    rng = np.random.RandomState(3)
    y = rng.rand(4, 5) + 0.1
    classes = np.array([1, 4, 0, 2])
    gradient = LOSSES[name].gradient(y, classes)
    for sample in range(4):
        for unit in range(5):
            found = loss_gradient(name, y[sample].tolist(), int(classes[sample]), unit, 4).value
            _same(found, gradient[sample, unit], 1e-12, f"{sample} {unit}")


def test_a_layer_that_nothing_comes_back_to() -> None:
    found = back_to("lost", (0, 1, 1))
    assert (found.gradient, found.executed) == (0.0, 0.0)
    assert (found.shares, found.weights) == ((), ())


def test_frozen_layers_have_no_gradients_of_weights() -> None:
    assert back_to("fixed", (0, 1, 1)).weights == ()


def test_shared_weights_are_said_to_be() -> None:
    own, other = (back_to(name, (0, 1, 1)).weights for name in ("again", "same"))
    assert len(own) == 2
    for one, two in zip(own, other, strict=True):
        assert one.tensor == two.tensor
        assert one.shared_with == ("same",)
        assert two.shared_with == ("again",)
        _same(one.working.value + two.working.value, one.executed, 1e-12, one.tensor)
