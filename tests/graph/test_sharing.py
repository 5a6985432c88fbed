"""Shared weights: one set of parameters used by several layers, counted and stored once."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner

import cnnstat
from cnnstat.base.errors import SpecError
from cnnstat.cli import cli

SIAMESE = """
input: [2, 8, 8]
blocks:
  trunk:
    params: {filters: 3}
    layers:
      - {name: conv, type: conv, filters: $filters, kernel: 3, padding: 1}
      - {name: norm, type: batch_norm}
      - {name: relu, type: relu}
layers:
  - {name: halves, type: slice, axis: channels, start: 0, stop: 1}
  - {name: left, type: trunk}
  - {name: other, type: slice, from: input, axis: channels, start: 1, stop: 2}
  - {name: right, type: trunk, weights: left}
  - {name: join, type: concat, from: [left, right]}
  - {name: refine, type: conv, filters: 6, kernel: 3, padding: 1, repeat: 3, weights: refine}
"""


def test_parameters_are_counted_once_and_work_each_time() -> None:
    analysis = cnnstat.analyze(cnnstat.loads(SIAMESE))
    own = SIAMESE.replace(", weights: left", "").replace(", weights: refine", "")
    apart = cnnstat.analyze(cnnstat.loads(own))
    trunk, refine = 3 * (9 + 1) + 6, 6 * (9 * 6 + 1)
    assert apart.totals.counts.params == 2 * trunk + 3 * refine
    assert analysis.totals.counts.params == trunk + refine
    assert analysis.totals.counts.trainable == trunk + refine
    assert analysis.totals.counts.buffers == 6
    for key in ("macs", "connections", "activations", "additions"):
        assert getattr(analysis.totals.counts, key) == getattr(apart.totals.counts, key)
    fewer = 4 * (trunk + 2 * refine)
    assert apart.totals.inference_memory_bytes - analysis.totals.inference_memory_bytes == fewer
    assert apart.totals.training_memory_bytes - analysis.totals.training_memory_bytes == 3 * fewer
    assert [row.weights_of for row in analysis.rows if row.weights_of] == [
        *("left.conv", "left.norm"),
        *("refine.0", "refine.0"),
    ]


def test_figures_are_measured_and_gradients_of_all_uses_add_up() -> None:
    assert cnnstat.verify(cnnstat.loads(SIAMESE), batch=2).good
    assert all(checked.good for checked in cnnstat.check_gradients(cnnstat.loads(SIAMESE)))
    assert all(checked.good for checked in cnnstat.check_gradients(cnnstat.loads(SIAMESE), training=True))


def test_a_gradient_is_the_sum_of_those_of_separate_layers() -> None:
    shared = cnnstat.Network(cnnstat.loads(SIAMESE), dtype="float64")
    apart = cnnstat.Network(cnnstat.loads(SIAMESE.replace(", weights: left", "")), dtype="float64")
    tensors = shared.parameters
    assert "right.conv.weight" not in tensors
    twin = {name.replace("left", "right"): value for name, value in tensors.items() if "left" in name}
    apart.load({name: value for name, value in {**tensors, **twin}.items() if name in apart.parameters})
    both = []
    for network in (shared, apart):
        x = shared.sample(2)
        y = network.forward(x)
        assert isinstance(y, np.ndarray)
        both.append(network.backward(np.ones_like(y)).parameters)
    together, alone = both
    for name in ("conv.weight", "conv.bias", "norm.weight", "norm.bias"):
        expected = alone[f"left.{name}"] + alone[f"right.{name}"]
        np.testing.assert_allclose(together[f"left.{name}"], expected, rtol=1e-12)


def test_a_repeat_takes_those_of_the_same_repetition_of_another() -> None:
    text = """
input: [4, 8, 8]
layers:
  - {name: a, type: conv, filters: 4, kernel: 3, repeat: 2}
  - {name: b, type: conv, filters: 4, kernel: 3, repeat: 2, from: input, weights: a}
  - {name: c, type: conv, filters: 4, kernel: 3, repeat: 2, from: input, weights: a.1}
  - {type: add, from: [a, b, c]}
"""
    rows = cnnstat.analyze(cnnstat.loads(text)).rows
    assert [row.weights_of for row in rows] == ["", "", "a.0", "a.1", "a.1", "a.1", ""]


def test_frozen_is_what_the_owner_is() -> None:
    text = """
input: [4, 8, 8]
layers:
  - {name: a, type: conv, filters: 4, kernel: 3, frozen: true}
  - {name: b, type: conv, filters: 4, kernel: 3, from: input, weights: a}
  - {type: add, from: [a, b]}
"""
    graph = cnnstat.loads(text)
    assert cnnstat.analyze(graph).totals.counts.trainable == 0
    assert cnnstat.verify(graph).good


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (
            "type: conv, filters: 4, kernel: 3, from: b, weights: a",
            "weights/shape",
            ["the weights of 'a': weight 4x2x3x3, there 4x3x3x3 (layer"],
        ),
        ("type: linear, units: 4, weights: a", "weights/layers", ["conv", "linear"]),
        ("type: trunk, weights: a", "weights/layers", ["relu", "ends"]),
        ("type: relu, from: input, weights: r", "weights/shape", ["no weights"]),
        ("type: conv, filters: 4, kernel: 3, weights: input", "weights/layers", ["input"]),
        ("type: conv, filters: 4, kernel: 3, weights: d", "graph/unknown-name", ["'d'"]),
        ("type: conv, filters: 4, kernel: 3, weights: a, frozen: true", "weights/frozen", ["'a'"]),
    ],
)
def test_what_cannot_share_says_why(line: str, code: str, words: list[str]) -> None:
    text = f"""
input: [3, 8, 8]
blocks: {{trunk: {{layers: [{{type: conv, filters: 4, kernel: 3}}, {{type: relu}}]}}}}
layers:
  - {{name: a, type: conv, filters: 4, kernel: 3}}
  - {{name: b, type: conv, filters: 2, kernel: 3, padding: 1, from: input}}
  - {{name: r, type: relu}}
  - {{name: last, {line}}}
outputs: [a, r, last]
"""
    with pytest.raises(SpecError) as caught:
        cnnstat.analyze(cnnstat.loads(text))
    (problem,) = caught.value.problems
    assert problem.code == code
    assert all(word in problem.message for word in words), problem.message


@pytest.mark.parametrize(
    ("lender", "borrower", "words"),
    [
        (
            "transposed_conv, filters: 8, kernel: 2, groups: 2",
            "transposed_conv, filters: 8, kernel: 2, groups: 4",
            "weight 4x2x2x2, there 4x4x2x2",
        ),
        (
            "conv, filters: 2, kernel: 1, table: [[0, 1, 2, 3], [0, 1, 2, 3]]",
            "conv, filters: 2, kernel: 1",
            "weight 2x4x1x1, there 8x1x1",
        ),
        ("batch_norm, affine: false", "batch_norm", "weight 4, there none; bias 4, there none"),
        (
            "conv, filters: 4, kernel: 3",
            "conv, filters: 4, kernel: 3, bias: false",
            "bias none, there 4",
        ),
    ],
)
def test_tensors_of_other_shapes_are_not_shared(lender: str, borrower: str, words: str) -> None:
    text = f"""
input: [4, 8, 8]
layers:
  - {{name: a, type: {lender}}}
  - {{name: b, from: input, weights: a, type: {borrower}}}
outputs: [a, b]
"""
    for check in (cnnstat.analyze, cnnstat.verify):
        with pytest.raises(SpecError) as caught:
            check(cnnstat.loads(text))
        (problem,) = caught.value.problems
        assert problem.code == "weights/shape"
        assert f"the weights of 'a': {words} (layer 'b'" in problem.message


BLOCKS = """
input: [16]
blocks:
  tied:
    params: {tie: false, learned: false, held: false}
    layers:
      - {name: p, type: linear, units: 16, frozen: $held}
      - {name: q, type: linear, units: 16, weights: p, when: $tie}
      - {name: q, type: linear, units: 16, when: not $tie}
      - {name: r, type: rbf, units: 16, learned: $learned}
layers:
"""


@pytest.mark.parametrize(
    ("lines", "code", "words"),
    [
        (
            ("{name: x, type: rbf, units: 16, learned: true}", "{type: rbf, units: 16, weights: x}"),
            "weights/trained",
            "are trained, and 'rbf1' says that its own are not",
        ),
        (
            ("{name: x, type: rbf, units: 16}", "{type: rbf, units: 16, learned: true, weights: x}"),
            "weights/trained",
            "are not trained, and 'rbf1' says that its own are",
        ),
        (
            ("{name: x, type: tied, learned: true}", "{name: y, type: tied, weights: x}"),
            "weights/trained",
            "the weights of 'x.r' are trained, and 'y.r' says that its own are not",
        ),
        (
            ("{name: x, type: tied}", "{name: y, type: tied, frozen: true, weights: x}"),
            "weights/frozen",
            "'x'",
        ),
        (
            ("{name: x, type: tied}", "{name: y, type: tied, weights: x, held: true}"),
            "weights/trained",
            "the weights of 'x.p' are trained, and 'y.p' says that its own are not",
        ),
        (
            ("{name: x, type: tied}", "{name: y, type: tied, tie: true, weights: x}"),
            "weights/tied",
            "'y.q' uses the weights of 'y.p', but 'x.q' those of its own",
        ),
    ],
)
def test_what_contradicts_the_owner_is_refused(lines: tuple[str, ...], code: str, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        cnnstat.analyze(cnnstat.loads(BLOCKS + "".join(f"  - {line}\n" for line in lines)))
    (problem,) = caught.value.problems
    assert problem.code == code
    assert words in problem.message


@pytest.mark.parametrize("options", ["tie: true", "learned: true", "tie: true, learned: true"])
def test_what_agrees_with_the_owner_is_used(options: str) -> None:
    lines = f"  - {{name: x, type: tied, {options}}}\n  - {{name: y, type: tied, {options}, weights: x}}\n"
    graph = cnnstat.loads(BLOCKS + lines)
    alone = cnnstat.loads(BLOCKS + lines.splitlines()[0])
    counted, once = cnnstat.analyze(graph).totals.counts, cnnstat.analyze(alone).totals.counts
    assert (counted.params, counted.trainable) == (once.params, once.trainable)
    assert cnnstat.verify(graph).good
    assert all(checked.good for checked in cnnstat.check_gradients(graph))


@pytest.mark.parametrize("learned", ["true", "false"])
def test_what_is_frozen_at_the_owner_is_not_trained_whoever_uses_it(learned: str) -> None:
    graph = cnnstat.loads(
        BLOCKS
        + f"  - {{name: x, type: rbf, units: 16, frozen: true, learned: {learned}}}\n"
        + "  - {type: rbf, units: 16, learned: true, weights: x}\n"
    )
    assert cnnstat.analyze(graph).totals.counts.trainable == 0
    assert all(checked.good for checked in cnnstat.check_gradients(graph))


def test_more_may_be_tied_by_the_lender() -> None:
    lines = "  - {name: x, type: tied, tie: true}\n  - {name: y, type: tied, weights: x}\n"
    rows = {row.name: row for row in cnnstat.analyze(cnnstat.loads(BLOCKS + lines)).rows}
    assert rows["y.p"].weights_of == rows["y.q"].weights_of == "x.p"


def test_tensors_of_one_shape_are_shared_however_they_come_to_it() -> None:
    text = """
input: [1, 8, 8]
layers:
  - {name: a, type: prelu}
  - {name: b, type: prelu, shared: true, weights: a}
  - {name: c, type: conv, filters: 4, kernel: 3}
  - {name: d, type: depthwise_conv, multiplier: 4, kernel: 3, from: b}
  - {type: add, from: [c, d]}
  - {name: e, type: conv, filters: 4, groups: $in, kernel: 1}
  - {name: f, type: conv, filters: $in, groups: 4, kernel: 1, weights: e}
"""
    graph = cnnstat.loads(text)
    assert cnnstat.analyze(graph).totals.counts.params == 1 + 2 * (4 * (9 + 1)) + 4 * 2
    assert cnnstat.verify(graph).good


def test_summary_and_explain_say_whose_weights_they_are() -> None:
    runner = CliRunner()
    assert "right.conv of left.conv" in runner.invoke(cli, ["summary", "-"], input=SIAMESE).output
    explained = runner.invoke(cli, ["explain", "-", "right.conv"], input=SIAMESE).output
    assert "uses the 30 params of left.conv" in explained


def test_a_difference_in_whose_weights_are_used_is_one() -> None:
    before, after = cnnstat.loads(SIAMESE.replace(", weights: left", "")), cnnstat.loads(SIAMESE)
    changed = [change for change in cnnstat.diff(before, after).changes if change.edits]
    assert [edit.what for change in changed for edit in change.edits] == ["weights", "weights"]
    (edit,) = changed[0].edits
    assert (edit.before, edit.after) == (None, "left.conv")
