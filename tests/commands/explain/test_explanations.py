"""Explanations: the arithmetic gives the figures that were calculated, and fields grow as they should."""

from __future__ import annotations

import re

import pytest

import cnnstat
from cnnstat.base.errors import ArgumentError
from tests.commands.explain.explained import asked, by_name, entries, of_text, said

JOIN = """
input: [2, 16, 16]
layers:
  - {name: a, type: conv, filters: 2, kernel: 1}
  - {name: b, type: conv, filters: 2, kernel: 3, padding: 1}
  - {name: c, type: add, from: [b, a]}
  - {name: d, type: upsample, scale: 2}
  - {name: e, type: conv, filters: 2, kernel: 3}
"""


def test_c3_of_lenet5() -> None:
    c3 = by_name(cnnstat.analyze("lenet5"), "C3")["C3"]
    params = "6·(3·5·5 + 1) + 6·(4·5·5 + 1) + 3·(4·5·5 + 1) + 1·(6·5·5 + 1) = 1516"
    assert said(c3, "params") == [params]
    assert said(c3, "height, width") == ["(14 - 5 + 2·0)/1 + 1 = 10"]
    assert said(c3, "field above") == ["scaled_tanh2: r = 6, S = 2, P = 0"]
    assert said(c3, "field") == ["6 + (5 - 1)·2 = 14"]
    assert said(c3, "field stride") == ["2·1 = 2"]
    assert said(c3, "field padding") == ["0 + 0·2 = 0"]


@pytest.mark.parametrize(
    "name",
    [
        *("lenet5", "lenet5-full", "alexnet", "googlenet", "resnet18", "unet", "densenet121", "mobilenet-v2"),
        *("vit-b-16", "botnet50"),  # where parameters are joined with what sees the input
    ],
)
def test_every_step_gives_its_result(name: str) -> None:
    analysis = cnnstat.analyze(name)
    steps = [(entry.name, step) for entry in entries(analysis) for step in entry.steps]
    assert {name for name, _ in steps} > {row.name for row in (*analysis.rows, *analysis.groups)}
    for name, step in steps:
        if isinstance(step.numbers, str) and "⌈" not in step.numbers:
            assert evaluated(step.numbers) == step.result, (name, step)


def evaluated(numbers: str) -> int:
    whole = re.sub("[⌊⌋]", lambda sign: {"⌊": "(", "⌋": ")"}[sign[0]], numbers)
    return int(eval(whole.replace("·", "*").replace("/", "//")))


@pytest.mark.parametrize("name", ["googlenet", "vgg16", "resnet50"])
def test_totals_and_blocks_are_the_figures_of_the_analysis(name: str) -> None:
    analysis = cnnstat.analyze(name)
    group, totals = analysis.groups[0], analysis.totals
    explained = by_name(analysis, "total", group.name)
    found = {
        step.figure: step.result
        for step in explained["total"].steps
        if step.label not in ("alive at once", "read back", "alive in training")
    }
    assert found["macs"] == totals.counts.macs
    assert found["inference_memory_bytes"] == totals.inference_memory_bytes
    assert found["training_memory_bytes"] == totals.training_memory_bytes
    block = {step.figure: step.result for step in explained[group.name].steps}
    assert block["params"] == group.counts.params


def test_a_join_names_the_branch_that_sets_it() -> None:
    explained = by_name(of_text(JOIN))
    assert said(explained["c"], "field") == [
        "b brings 3×3, stride 1, padding 1",
        "a brings 1×1, stride 1, padding 0",
        "union of the branches: 3×3, stride 1, padding 1, set by b",
    ]
    crossed = by_name(cnnstat.analyze("inception-v3"))["mixed8.1.concat"]
    assert said(crossed, "field")[-1].endswith(
        "height set by mixed8.1.twice_b.relu, width set by mixed8.1.twice_a.relu"
    )
    assert "followed unit by unit" in said(explained["e"], "field")[0]
    assert "all" not in said(explained["e"], "field")[0]


@pytest.mark.parametrize("join", ["add", "concat, axis: height"])
@pytest.mark.parametrize(
    ("inputs", "unseen"),
    [
        ("{image: [2, 8, 8], other: [2, 8, 8]}", "{name: p, type: relu, from: other}"),
        ("{image: [2, 8, 8]}", "{name: p, type: parameter, from: image}"),
    ],
)
def test_a_branch_that_sees_nothing_brings_nothing(inputs: str, unseen: str, join: str) -> None:
    text = f"""
input: {inputs}
layers:
  - {{name: a, type: conv, from: image, filters: 2, kernel: 3, padding: 1}}
  - {unseen}
  - {{name: c, type: {join}, from: [p, a]}}
"""
    *brought, union = said(by_name(of_text(text))["c"], "field")
    assert [words.partition(" brings")[0] for words in brought] == ["a"]
    assert union.startswith("union of the branches: 3×3, ")
    assert union.endswith(", set by a")


def test_what_is_seen_together_is_that_of_all_that_see_anything() -> None:
    text = """
input: [2, 8]
layers:
  - {name: a, type: conv, filters: 8, kernel: 3, padding: 1}
  - {name: p, type: parameter}
  - {name: c, type: matmul, from: [p, a], transpose_b: true}
  - {name: d, type: conv, from: a, filters: 8, kernel: 1}
  - {name: e, type: matmul, from: [a, d], transpose_b: true, unused: true}
outputs: c
"""
    explained = by_name(of_text(text))
    assert said(explained["c"], "field") == ["all: what all units of a see together"]
    assert said(explained["e"], "field") == ["all: what all units of a and d see together"]


def test_sizes_that_only_happen_to_be_equal_have_their_arithmetic() -> None:
    conv = by_name(cnnstat.analyze("vgg16"))["stage1.1.conv"]
    assert said(conv, "height, width") == ["(224 - 3 + 2·1)/1 + 1 = 224"]
    layers = (
        "  - {name: a, type: crop, size: 4}\n  - {type: flatten}\n  - {name: c, type: linear, units: 32}\n"
    )
    explained = by_name(of_text(f"input: [2, 8, 8]\nlayers:\n{layers}"))
    assert said(explained["a"], "channels") == ["2, as its input"]
    assert said(explained["a"], "height") == ["4"]
    assert said(explained["a"], "field padding") == ["0 - 2·1 = -2"]
    assert said(explained["c"], "units") == ["32"]


def test_what_training_leaves_as_it_is() -> None:
    text = """
input: [1, 8, 8]
blocks:
  pair: {layers: [{name: a, type: conv, filters: 2, kernel: 3}, {name: b, type: batch_norm}]}
layers: [{name: held, type: pair, frozen: true}, {name: free, type: pair}, {name: total, type: relu}]
"""
    analysis = of_text(text)
    explained = by_name(analysis, "held", "held.a", "free")
    assert said(explained["held"], "trainable") == said(explained["held.a"], "trainable")
    assert said(explained["held"], "trainable") == ["0, as training leaves them as they are"]
    assert said(explained["free"], "trainable") == []
    assert asked(analysis, "held.a").layers[0].options == "kernel 3, filters 2, frozen true"
    # A layer that is called so does not hide the sums.
    assert [len(entry.steps) > 9 for entry in entries(analysis, "total")] == [False, True]


def test_names_that_look_like_arithmetic_are_in_quotes() -> None:
    layers = "[{name: 1, type: relu}, {name: 2-1, type: relu}, {name: b, type: relu}]"
    (sums,) = entries(of_text(f"input: [1, 2, 2]\nlayers: {layers}\n"), "total")
    assert [step.formula for step in sums.steps if step.figure == "activations"] == ["'1' + '2-1' + b"]
    (block,) = entries(cnnstat.analyze("resnet34"), "layer1")
    formulas = [step.formula for step in block.steps if step.figure == "params"]
    assert formulas == ["layer1.0 + layer1.1 + layer1.2"]


def test_what_backward_reads_is_summed_up() -> None:
    (read,) = said(by_name(cnnstat.analyze("lenet5"))["total"], "read back")
    assert read == "1024 + 4704 + 1176 + 1600 + 400 + 120 + 120 + 84 = 9228"


def test_what_is_alive_in_training_is_summed_up() -> None:
    # While b runs, a is alive, which it reads, and the input, which a reads back.
    layers = "[{name: a, type: conv, filters: 2, kernel: 1, bias: false}, {name: b, type: relu}]"
    (alive,) = said(by_name(of_text(f"input: [2, 2, 2]\nlayers: {layers}\n"))["total"], "alive in training")
    assert alive == "8 + 8 + 8 = 24"


def test_unknown_layers() -> None:
    with pytest.raises(ArgumentError, match="did you mean 'C3'"):
        entries(cnnstat.analyze("lenet5"), "C33")


@pytest.mark.parametrize("shape", ["[5]", "[3, 4]", "[3, 4, 5]"])
def test_a_parameter_reads_no_values_and_is_explained(shape: str) -> None:
    """With nobody's field to grow from."""
    analysis = of_text(f"input: {shape}\nlayers:\n  - {{name: p, type: parameter}}\n  - {{type: relu}}\n")
    (entry,) = entries(analysis, "p")
    assert said(entry, "field") == ["none: it reads no values"]


@pytest.mark.parametrize(
    ("text", "layer", "said_of_it"),
    [
        (
            "input: [1, 4, 4]\nlayers:\n  - {name: p, type: parameter}\n"
            "  - {name: s, type: add, from: [input, p]}\n",
            "s",
            [
                "input brings 1×1, stride 1, padding 0",
                "union of the branches: 1×1, stride 1, padding 0, set by input",
            ],
        ),
        (
            "input: {left: [1, 4, 4], right: [1, 4, 4]}\nlayers:\n"
            "  - {name: l, type: conv, filters: 1, kernel: 3, padding: 1, from: left}\n"
            "  - {name: s, type: multiply, from: [right, l]}\n",
            "s",
            [
                "l brings 3×3, stride 1, padding 1",
                "union of the branches: 3×3, stride 1, padding 1, set by l",
            ],
        ),
        (
            "input: [1, 4, 4]\nlayers:\n  - {name: p, type: parameter}\n"
            "  - {name: s, type: matmul, from: [p, input]}\n",
            "s",
            None,
        ),
    ],
    ids=["add", "another input", "matmul"],
)
def test_a_branch_that_sees_nothing_of_the_input_brings_nothing(
    text: str, layer: str, said_of_it: list[str] | None
) -> None:
    (entry,) = entries(of_text(text), layer)
    found = said(entry, "field")
    assert found
    assert said_of_it is None or found == said_of_it
