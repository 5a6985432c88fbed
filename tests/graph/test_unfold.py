"""Blocks, repeats, conditions and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cnnstat
from cnnstat.base.errors import SpecError
from cnnstat.graph.nodes import LayerNode
from cnnstat.spec.expression import Expression

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnstat.graph.call import Call
    from cnnstat.spec.values import Value

HEAD = "input: [4, 16, 16]\n"


def paths(text: str) -> list[str]:
    return [node.path for node in cnnstat.loads(HEAD + text).layers]


def inputs(text: str) -> dict[str, tuple[str, ...]]:
    return {row.name: row.inputs for row in cnnstat.analyze(cnnstat.loads(HEAD + text)).rows}


def test_blocks_repeat_with_an_index_and_a_first() -> None:
    graph = cnnstat.loads(
        HEAD
        + """
blocks:
  unit:
    params: {filters, stride: 1}
    layers:
      - {name: conv, type: conv, filters: $filters, kernel: 1, stride: $stride}
layers:
  - {name: a, type: unit, repeat: 3, filters: 8 * ($index + 1), first: {stride: 2}}
"""
    )
    rows = cnnstat.analyze(graph).rows
    assert [(r.name, r.output_shape) for r in rows] == [
        ("a.0.conv", (8, 8, 8)),
        ("a.1.conv", (16, 8, 8)),
        ("a.2.conv", (24, 8, 8)),
    ]


def test_frozen_is_inherited_by_everything_inside() -> None:
    graph = cnnstat.loads(
        HEAD
        + """
blocks:
  inner:
    layers: [{name: conv, type: conv, filters: 4, kernel: 1}]
  outer:
    params: {hold: false}
    layers:
      - {name: first, type: inner, frozen: $hold}
      - {name: second, type: inner}
layers:
  - {name: a, type: outer, frozen: true}
  - {name: b, type: outer}
  - {name: c, type: outer, hold: true}
  - {name: d, type: inner, repeat: 3, frozen: $index < 2}
  - {name: e, type: conv, filters: 4, kernel: 1, frozen: true}
"""
    )
    assert [node.path for node in graph.layers if node.frozen] == [
        *("a.first.conv", "a.second.conv", "c.first.conv", "d.0.conv", "d.1.conv", "e"),
    ]


def test_a_layer_that_is_left_out_stands_for_its_input() -> None:
    wired = inputs(
        """
layers:
  - {name: a, type: relu}
  - {name: b, type: conv, when: false, filters: 1, kernel: 1}
  - {name: c, type: tanh}
  - {name: d, type: add, from: [b, c]}
"""
    )
    assert wired == {"a": ("input",), "c": ("a",), "d": ("a", "c")}


def test_twins_of_one_name_with_opposite_conditions() -> None:
    for first, kept in (("true", "conv"), ("false", "identity")):
        graph = cnnstat.loads(
            HEAD
            + f"""
params: {{project: {first}}}
layers:
  - {{name: s, type: conv, when: $project, filters: 4, kernel: 1}}
  - {{name: s, type: identity, when: not $project}}
  - {{name: out, type: relu, from: s}}
"""
        )
        assert [node.type for node in graph.layers] == [kept, "relu"]


def test_names_are_numbered_within_their_block_and_skip_taken_ones() -> None:
    assert paths("layers:\n  - {type: relu}\n  - {name: relu2, type: tanh}\n  - {type: relu}\n") == [
        "relu1",
        "relu2",
        "relu3",
    ]


def test_references_go_into_blocks_and_a_block_has_several_inputs() -> None:
    wired = inputs(
        """
blocks:
  two:
    layers:
      - {name: x, type: relu}
      - {name: y, type: tanh}
  join:
    inputs: [left, right]
    layers:
      - {name: sum, type: add, from: [left, right]}
layers:
  - {name: a, type: two, repeat: 2}
  - {name: j, type: join, from: [a.0.x, a]}
"""
    )
    assert wired["j.sum"] == ("a.0.x", "a.1.y")


def test_network_parameters_are_seen_in_blocks_and_may_choose_types() -> None:
    graph = cnnstat.loads(
        HEAD
        + """
params: {act: silu, width: 1.5}
blocks:
  b: {layers: [{type: conv, filters: "divisible(8 * $width, 4)", kernel: 1}, {type: $act}]}
layers: [{type: b}]
"""
    )
    assert [node.type for node in graph.layers] == ["conv", "silu"]
    assert cnnstat.analyze(graph).totals.output_shape == (12, 16, 16)


def test_in_is_the_channels_that_a_layer_reads() -> None:
    wide = "{type: conv, filters: 6 * $in, kernel: 1, groups: $in}"
    text = f"layers:\n  - {wide}\n  - {{type: conv, filters: $in / 4, kernel: 1}}\n"
    rows = cnnstat.analyze(cnnstat.loads(HEAD + text)).rows
    assert [r.output_shape[0] for r in rows] == [24, 6]


def test_equal_blocks_share_one_template() -> None:
    graph = cnnstat.loads(
        HEAD
        + """
blocks:
  b:
    layers:
      - {name: c, type: conv, filters: 4, kernel: 3, padding: 1}
      - {type: relu}
      - {type: add, from: [relu1, input]}
layers:
  - {name: a, type: b, repeat: 2000}
"""
    )
    assert len(graph.layers) == 6_000
    assert graph.layers[0].layer is graph.layers[5_997].layer
    analysis = cnnstat.analyze(graph)
    assert analysis.totals.field.sizes(analysis.totals.output_shape) == (4_001, 4_001)


def test_true_is_not_one() -> None:
    one = "{type: conv, filters: 1, kernel: 1}"
    text = f"layers:\n  - {one}\n  - {one.replace('1', 'true', 1)}\n"
    with pytest.raises(cnnstat.SpecError, match="filters: expected a whole number"):
        cnnstat.loads(HEAD + text)


def test_a_block_that_is_left_out_whole_hands_its_input_on() -> None:
    graph = cnnstat.loads(
        HEAD
        + """
blocks:
  b:
    params: {on: false}
    layers: [{name: c, type: conv, when: $on, filters: 9, kernel: 3}]
layers:
  - {name: first, type: b, expect: {shape: [4, 16, 16], params: 0}}
  - {name: pool, type: max_pool, kernel: 2}
  - {name: second, type: b, expect: {shape: [4, 8, 8], params: 0}}
  - {name: last, type: flatten, from: second}
"""
    )
    analysis = cnnstat.analyze(graph)
    assert [r.name for r in analysis.rows] == ["pool", "last"]
    assert (analysis.checked, analysis.missed) == (4, ())


@pytest.mark.parametrize("name", ["five", "5"])
@pytest.mark.parametrize("kind", ["unit", "conv, filters: 4, kernel: 1"])
def test_a_repeat_expects_its_sum_once_whatever_its_name(name: str, kind: str) -> None:
    text = f"""
blocks:
  unit: {{layers: [{{type: conv, filters: 4, kernel: 1}}]}}
layers:
  - {{name: {name}, type: {kind}, repeat: 2, expect: {{params: 40}}}}
"""
    met = cnnstat.analyze(cnnstat.loads(HEAD + text))
    assert (met.checked, met.missed) == (1, ())
    one = cnnstat.analyze(cnnstat.loads(HEAD + text.replace("params: 40", "params: 20")))
    assert (one.checked, [missed.name for missed in one.missed]) == (1, [name])


def test_a_repetition_knows_its_index_in_every_place() -> None:
    graph = cnnstat.loads(
        HEAD
        + """
blocks:
  "5":
    layers:
      - {name: 7, type: relu, repeat: 2}
      - {name: 8, type: relu}
layers:
  - {name: 6, type: "5", repeat: 2}
  - {type: "5"}
"""
    )
    assert {group.path: group.index for group in graph.groups} == {
        **{"6": None, "6.0": 0, "6.0.7": None, "6.1": 1, "6.1.7": None},
        **{"51": None, "51.7": None},
    }
    assert {node.path: node.index for node in graph.layers} == {
        **{"6.0.7.0": 0, "6.0.7.1": 1, "6.0.8": None, "6.1.7.0": 0, "6.1.7.1": 1, "6.1.8": None},
        **{"51.7.0": 0, "51.7.1": 1, "51.8": None},
    }


@pytest.mark.parametrize(
    ("option", "evaluated"), [("2 if $in > 4 else $in", 2), ("[$one, 1]", 2), ("$index + 1", 30), ("$one", 2)]
)
def test_options_that_no_repetition_changes_are_worked_out_once(
    option: str, evaluated: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """200,000 repetitions of a choice by channels took eight seconds."""
    count = 0
    evaluate = Expression.evaluate

    def counted(self: Expression, params: Mapping[str, Value]) -> Value:
        nonlocal count
        count += 1
        return evaluate(self, params)

    monkeypatch.setattr(Expression, "evaluate", counted)
    key = "kernel" if option.startswith("[") else "filters"
    rest = "filters: 2" if key == "kernel" else "kernel: 1"
    entry = f'{{type: conv, {key}: "{option}", {rest}, repeat: 30}}'
    entry = entry.replace('"[', "[").replace(']"', "]")
    graph = cnnstat.loads(f"input: [2, 40, 40]\nparams: {{one: 1}}\nlayers:\n  - {entry}\n")
    assert len(graph.layers) == 30
    assert count == evaluated


@pytest.mark.parametrize(("depth", "code"), [(15, "spec/too-large"), (40, "block/nesting")])
def test_of_a_network_that_is_refused_no_layers_of_blocks_are_made(
    depth: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = 0
    under = LayerNode.under

    def counted(node: LayerNode, call: Call, numbers: Sequence[int]) -> LayerNode:
        nonlocal made
        made += 1
        return under(node, call, numbers)

    monkeypatch.setattr(LayerNode, "under", counted)
    text = """
blocks:
  tree:
    params: {depth: 0}
    layers:
      - {name: a, type: conv, filters: 3, kernel: 3, padding: 1}
      - {name: left, type: tree, when: $depth > 0, depth: $depth - 1}
      - {name: right, type: tree, from: a, when: $depth > 0, depth: $depth - 1}
      - {type: add, from: [left, right]}
layers:
"""
    assert len(paths(f"{text}  - {{type: tree, depth: 3}}")) == 30
    assert made
    made = 0
    with pytest.raises(SpecError) as refused:
        paths(f"{text}  - {{type: tree, depth: {depth}}}")
    assert refused.value.problems[0].code == code
    assert made == 0
