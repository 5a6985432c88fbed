"""Differences: what folding hides is a difference all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

import cnnstat

if TYPE_CHECKING:
    from cnnstat.commands.diff.difference import Difference

WIRED = """
input: [4, 8, 8]
blocks:
  pair:
    inputs: [x, y]
    params: {held: true, also: false}
    layers:
      - {name: l1, type: conv, from: x, filters: 4, kernel: 1, frozen: $held}
      - {name: l2, type: conv, from: y, filters: 4, kernel: 1, frozen: $also}
      - {name: l3, type: add, from: [l1, l2, x]}
layers:
  - {name: p, type: conv, filters: 4, kernel: 1}
  - {name: q, type: relu}
  - {name: pair, type: pair, from: [p, q]}
  - {name: j, type: add, from: [pair, pair.l1]}
"""


def compared(before: str, after: str, depth: int | None = None) -> Difference:
    return cnnstat.diff(cnnstat.loads(before), cnnstat.loads(after), depth=depth)


@pytest.mark.parametrize(
    ("written", "instead", "what"),
    [
        ("from: [l1, l2, x]", "from: [l1, l2, y]", "layers"),
        ("from: [l1, l2, x]", "from: [l2, l1, x]", "layers"),
        ("[pair, pair.l1]", "[pair, pair.l2]", "inputs"),
        ("held: true, also: false", "held: false, also: true", "frozen"),
        ("name: l3", "name: l4", "layers"),
        ("[p, q]", "[q, p]", "inputs"),
    ],
)
def test_what_changes_in_a_folded_block_is_a_difference(written: str, instead: str, what: str) -> None:
    assert written in WIRED
    other = WIRED.replace(written, instead)
    assert compared(WIRED, other).differ
    folded = compared(WIRED, other, depth=1)
    assert [edit.what for change in folded.changes for edit in change.edits] == [what]
    assert not compared(other, other, depth=1).differ


def test_a_layer_that_became_frozen_is_named_beside_its_options() -> None:
    layer = "input: [3, 8, 8]\nlayers: [{name: c, type: conv, filters: 4, kernel: 3}]\n"
    (change,) = compared(layer, layer.replace("kernel: 3", "kernel: 5, frozen: true")).changes
    assert [(edit.what, edit.before, edit.after) for edit in change.edits] == [
        ("kernel", 3, 5),
        ("frozen", False, True),
    ]


NESTED = """
input: [3, 16, 16]
blocks:
  unit: {layers: [{name: c, type: conv, filters: 8, kernel: 3, padding: 1}]}
  stage: {layers: [{name: a, type: unit}, {name: body, type: unit, repeat: 2}]}
layers:
  - {name: s1, type: stage}
"""


@pytest.mark.parametrize(
    ("written", "instead", "differ"),
    [
        ("name: a,", "name: x,", True),
        ("name: body", "name: trunk", True),
        ("name: s1", "name: s2", True),
        ("name: c", "name: d", True),
        ("stage", "phase", False),  # what a block is called says nothing of its layers
        ("unit", "pair", False),
    ],
)
def test_every_depth_says_the_same(written: str, instead: str, differ: bool) -> None:
    other = NESTED.replace(written, instead)
    for depth in (None, 1, 2, 3):
        difference = compared(NESTED, other, depth)
        assert difference.differ == differ
        assert not difference.outputs_differ


def test_options_inside_a_folded_block_are_named() -> None:
    (change,) = compared(NESTED, NESTED.replace("kernel: 3, padding: 1", "kernel: 5, padding: 2"), 1).changes
    assert [(edit.what, edit.before, edit.after) for edit in change.edits] == [
        ("kernel", 3, 5),
        ("padding", 1, 2),
    ]


def test_other_outputs_inside_a_block() -> None:
    outputs = NESTED + "outputs: [s1.a, s1]\n"
    assert compared(outputs, outputs.replace("[s1.a, s1]", "[s1, s1.a]"), 1).outputs_differ
    assert not compared(outputs, outputs.replace("s1", "s2"), 1).outputs_differ


def test_inputs_are_partners_by_their_names() -> None:
    graph = cnnstat.loads(WIRED)
    (source,) = graph.inputs
    renamed = replace(graph, inputs=(replace(source, path="image"),))
    assert not cnnstat.diff(renamed, renamed).differ
    edits = [(c.a.row.name, e.what) for c in cnnstat.diff(graph, renamed).changes if c.a for e in c.edits]
    assert edits == [("p", "inputs")]
    # Without p, both q read an input, which is another one.
    layers = WIRED.replace("  - {name: p, type: conv, filters: 4, kernel: 1}\n", "").replace(
        "[p, q]", "[q, q]"
    )
    bare = cnnstat.loads(layers)
    other = replace(bare, inputs=renamed.inputs)
    assert [c.status for c in cnnstat.diff(graph, bare).changes if c.a and c.a.row.name == "q"] == ["same"]
    assert [c.status for c in cnnstat.diff(graph, other).changes if c.a and c.a.row.name == "q"] == [
        "changed"
    ]


def test_a_width_that_follows_from_channels_is_the_number_it_comes_to() -> None:
    """As in the file of a model, which has nothing but numbers."""
    written = cnnstat.loads(
        "input: [8, 4, 4]\nlayers: [{name: a, type: conv, filters: $in / 4, kernel: 1}]\n"
    )
    numbers = cnnstat.loads("input: [8, 4, 4]\nlayers: [{name: a, type: conv, filters: 2, kernel: 1}]\n")
    others = cnnstat.loads("input: [8, 4, 4]\nlayers: [{name: a, type: conv, filters: 3, kernel: 1}]\n")
    assert not cnnstat.diff(written, numbers).differ
    assert [edit.before for change in cnnstat.diff(written, others).changes for edit in change.edits] == [2]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("conv, filters: 4, kernel: [3, 3]", "conv, filters: 4, kernel: 3", True),
        ("conv, filters: 4, kernel: 3, padding: [1, 1]", "conv, filters: 4, kernel: 3, padding: 1", True),
        ("conv, filters: 4, kernel: [3, 1]", "conv, filters: 4, kernel: 3", False),
        ("reshape, shape: [8, 8]", "reshape, shape: [4, 16]", False),
    ],
)
def test_a_number_for_each_axis_is_one_where_all_are_equal(one: str, other: str, same: bool) -> None:
    text = "input: [1, 8, 8]\nlayers: [{{name: c, type: {}}}]\n"
    found = compared(text.format(one), text.format(other))
    assert found.differ is not same
    assert any(change.edits for change in found.changes) is not same


def test_a_width_that_follows_from_another_axis_is_a_number_too() -> None:
    text = "input: [3, 4, 5]\nlayers: [{{name: a, type: linear, axis: width, units: {}}}]\n"
    assert not cnnstat.diff(cnnstat.loads(text.format("2 * $in / 5")), cnnstat.loads(text.format(2))).differ
