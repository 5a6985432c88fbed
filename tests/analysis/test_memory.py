"""Memory, counted by hand on nets small enough for that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

import cnnstat
from cnnstat.analysis.backward_cost import NeededGradients
from cnnstat.analysis.memory import alive_at_peak, backward_reads, stored_activations
from cnnstat.bridge.verify import verify
from cnnstat.executor.kernels import KERNELS
from cnnstat.layers import LAYERS
from cnnstat.layers.base import Reads
from tests.fuzz.networks import networks
from tests.fuzz.pieces import Drawn  # noqa: TC001 - hypothesis reads the annotation

RESIDUAL = """
input: [2, 4, 4]
layers:
  - {name: a, type: conv, filters: 2, kernel: 1, bias: false}
  - {name: b, type: relu}
  - {name: c, type: conv, filters: 4, kernel: 1, bias: false}
  - {name: d, type: conv, filters: 2, kernel: 1, bias: false}
  - {name: e, type: add, from: [d, a]}
"""


def test_inference_keeps_what_is_still_read() -> None:
    # Numbers alive while each layer runs; input, a, b, d, e have 32, c has 64:
    # a: input + a = 64; b: a + b = 64; c: a + b + c = 128; d: a + c + d = 128; e: a + d + e = 96.
    params = 4 + 8 + 8
    totals = cnnstat.analyze(cnnstat.loads(RESIDUAL)).totals
    assert totals.inference_memory_bytes == 4 * (params + 128)


@pytest.mark.parametrize(
    ("text", "alive"),
    [
        (RESIDUAL, ["a", "b", "c"]),
        ("input: [8]\nlayers: [{name: a, type: relu}, {name: b, type: relu}]\n", ["input", "a"]),
    ],
)
def test_who_is_alive_at_the_peak_is_named(text: str, alive: list[str]) -> None:
    analysis = cnnstat.analyze(cnnstat.loads(text))
    numbers = alive_at_peak(analysis.graph, stored_activations(analysis.graph, analysis.shapes))
    assert [analysis.graph.name(number) for number in numbers] == alive


@pytest.mark.parametrize(("dtype", "width"), [("int8", 1), ("float16", 2), ("bfloat16", 2), ("float64", 8)])
def test_batch_and_type_scale_activations(dtype: str, width: int) -> None:
    totals = cnnstat.analyze(cnnstat.loads(RESIDUAL), batch=3, dtype=dtype).totals
    assert totals.inference_memory_bytes == width * (20 + 3 * 128)


@pytest.mark.parametrize(("optimizer", "state"), [("sgd", 0), ("momentum", 1), ("adam", 2)])
def test_training_keeps_what_backward_reads(optimizer: str, state: int) -> None:
    # The convolutions read their inputs (input, b, c), relu its output (b): 32 + 32 + 64 are kept. While the
    # sum runs, what it reads (d, a) and its own 32 are alive beside them.
    totals = cnnstat.analyze(cnnstat.loads(RESIDUAL), batch=2, optimizer=optimizer).totals
    assert totals.training_memory_bytes == 4 * (20 * (2 + state) + 2 * (128 + 3 * 32))


FROZEN_TRUNK = """
input: [2, 8, 8]
layers:
  - {name: wide, type: conv, filters: 64, kernel: 1, bias: false, frozen: true}
  - {name: narrow, type: conv, filters: 1, kernel: 1, bias: false, frozen: true}
  - {name: pool, type: avg_pool, kernel: 8}
  - {name: head, type: conv, filters: 3, kernel: 1, bias: false}
"""


def test_a_frozen_trunk_is_run_through_all_the_same() -> None:
    # Backward reads the input of the head alone, one number; the forward pass has wide (4096) with what it
    # reads (128) alive at once, before that number exists.
    totals = cnnstat.analyze(cnnstat.loads(FROZEN_TRUNK), optimizer="sgd").totals
    params = 128 + 64 + 3
    assert totals.inference_memory_bytes == 4 * (params + 4096 + 128)
    assert totals.training_memory_bytes == 4 * (params + 3 + 4096 + 128)


def test_a_large_batch_is_run_through_all_the_same() -> None:
    totals = cnnstat.analyze("lenet5", batch=1_000_000).totals
    assert totals.training_memory_bytes > totals.inference_memory_bytes


@given(networks())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_training_takes_no_less_than_inference(drawn: Drawn) -> None:
    graph = cnnstat.loads(drawn.text)
    for batch in (1, 1_000_000):
        totals = cnnstat.analyze(graph, batch=batch, optimizer="sgd").totals
        assert totals.training_memory_bytes >= totals.inference_memory_bytes


def test_outputs_are_kept_to_the_end() -> None:
    layers = "  - {name: a, type: relu}\n  - {name: b, type: tanh}\n  - {name: c, type: relu}\n"
    text = f"input: [8]\nlayers:\n{layers}"
    assert cnnstat.analyze(cnnstat.loads(text)).totals.inference_memory_bytes == 4 * 16
    kept = cnnstat.analyze(cnnstat.loads(text + "outputs: [a, c]\n"))
    assert kept.totals.inference_memory_bytes == 4 * 24


MIXED = """
input: [2, 4, 4]
layers:
  - {name: a, type: relu}
  - {name: b, type: avg_pool, kernel: 2}
  - {name: c, type: conv, filters: 2, kernel: 1, bias: false}
  - {name: d, type: gelu}
  - {name: e, type: conv, filters: 2, kernel: 1, bias: false, frozen: true}
  - {name: f, type: max_pool, kernel: 2}
"""


def test_training_stores_for_each_gradient_what_it_reads() -> None:
    # No gradient goes below c, which reads b (8) for its weights; d reads c (8) and f reads e (8) for their
    # inputs. What is held, e, reads none: of w·x the gradient of x is made of w.
    graph = cnnstat.loads(MIXED)
    analysis = cnnstat.analyze(graph, optimizer="sgd")
    read = backward_reads(graph, [row.calculated for row in analysis.rows])
    assert [graph.name(number) for number in read] == ["b", "c", "e"]
    # Nothing is kept yet while a (32) reads the input (32), which is the peak.
    assert analysis.totals.training_memory_bytes == 4 * (8 + 4 + 2 * 32)


@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("inputs", [False, True])
def test_nothing_is_kept_but_for_a_gradient_that_is_needed(weights: bool, inputs: bool) -> None:
    need = NeededGradients(weights, (inputs,))
    assert need.keep_inputs(Reads(for_weights=True)) == (weights,)
    assert need.keep_inputs(Reads(inputs=True)) == (inputs,)
    assert need.keep_output(Reads(output=True)) == inputs
    assert need.keep_inputs(Reads(output=True)) == (False,)
    assert not need.keep_output(Reads(inputs=True, for_weights=True))


@pytest.mark.parametrize(
    ("needed", "kept"),
    [
        ((True, True), (True, True)),
        ((False, True), (True, False)),
        ((False, False), (False, False)),
        ((True, False, False), (False, True, True)),
    ],
)
def test_a_product_keeps_the_other_factors(needed: tuple[bool, ...], kept: tuple[bool, ...]) -> None:
    assert NeededGradients(False, needed).keep_inputs(Reads(others=True)) == kept


def test_a_gate_on_the_input_keeps_the_input_alone() -> None:
    # What PyTorch saves for (x * conv(x)).backward(): x, 128 numbers, and no gradient of x is asked for.
    # While the product runs, the gate and the product are alive, too.
    text = """
input: [2, 8, 8]
layers:
  - {name: gate, type: conv, filters: 2, kernel: 3, padding: 1, bias: false}
  - {name: y, type: multiply, from: [input, gate]}
"""
    totals = cnnstat.analyze(cnnstat.loads(text)).totals
    assert totals.training_memory_bytes == 4 * (36 + 36 * 2 + 3 * 128)


SCALES = """
input: [4, 6, 6]
layers:
  - {name: a, type: conv, filters: 8, kernel: 1, bias: false}
  - {name: b, type: relu}
  - {name: left, type: split, from: b, parts: 2, take: 0}
  - {name: right, type: slice, from: b, start: 4}
  - {name: part, type: slice, axis: height, start: 3}
  - {name: one, type: conv, from: left, filters: 2, kernel: 1, bias: false}
  - {name: two, type: conv, from: part, filters: 2, kernel: [1, 1], bias: false}
  - {name: out, type: concat, from: [one, one]}
outputs: [out, two]
"""


def test_parts_of_a_map_take_no_memory_of_their_own() -> None:
    # In numbers: input 144, a 288, b 288. The parts are b itself, which stays for them.
    graph = cnnstat.loads(SCALES)
    verified = verify(graph)
    assert verified.differences == ()
    analysis = verified.analysis
    assert analysis.totals.inference_memory_bytes == 4 * (analysis.totals.counts.params + 288 + 288)
    kept = backward_reads(graph, [row.calculated for row in analysis.rows])
    assert [graph.name(number) for number in kept] == ["input", "b"]
    sizes = stored_activations(graph, analysis.shapes)
    assert sizes == [144, 288, 288, 0, 0, 0, 72, 36, 144]


def test_a_map_stays_as_long_as_a_part_of_it_is_read() -> None:
    layers = (
        "  - {name: wide, type: conv, filters: 64, kernel: 1, bias: false}\n"
        "  - {name: cut, type: slice, stop: 1}\n"
        "  - {name: next, type: relu}\n"
        "  - {name: last, type: add, from: [cut, next]}\n"
    )
    verified = verify(cnnstat.loads(f"input: [1, 4, 4]\nlayers:\n{layers}"))
    assert verified.differences == ()
    assert verified.analysis.totals.inference_memory_bytes == 4 * (64 + 16 * (64 + 1 + 1))


@pytest.mark.parametrize("kind", [kind for kind, made in LAYERS.items() if made.view])
def test_what_counts_as_a_view_is_one(kind: str) -> None:
    assert KERNELS[kind].view
    options = {"split": "parts: 2, take: 1", "slice": "start: 1"}[kind]
    network = cnnstat.Network(cnnstat.loads(f"input: [4, 3, 3]\nlayers: [{{type: {kind}, {options}}}]\n"))
    visit = next(network.visits(network.sample(2)))
    assert np.shares_memory(visit.output, visit.inputs[0])


def test_both_halves_know_the_same_views() -> None:
    assert {kind for kind, made in LAYERS.items() if made.view} == {
        k for k, each in KERNELS.items() if each.view
    }
