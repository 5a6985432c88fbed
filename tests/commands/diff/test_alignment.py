"""Which layers of two networks meet, and what a comparison says of them."""

from __future__ import annotations

import time
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnnstat
from cnnstat.commands.diff import alignment
from cnnstat.commands.diff.difference import Change, Difference, compare
from cnnstat.commands.diff.items import items
from cnnstat.spec.bundled import names

Layers: TypeAlias = list[tuple[str, str]]
"""Name (empty: none) and type of each layer of a chain."""

OPTIONS = {"conv": ", filters: 4, kernel: 3, padding: 1", "max_pool": ", kernel: 3, stride: 1, padding: 1"}


def compared(a: str, b: str) -> Difference:
    before, after = (cnnstat.analyze(cnnstat.loads(text)) for text in (a, b))
    return compare(before, after)


def bundled(a: str, b: str) -> Difference:
    before, after = cnnstat.analyze(a), cnnstat.analyze(b)
    return compare(before, after)


def spec(layers: Layers) -> str:
    lines = [
        f"  - {{{f'name: {name}, ' if name else ''}type: {kind}{OPTIONS.get(kind, '')}}}"
        for name, kind in layers
    ]
    return "\n".join(["input: [4, 8, 8]", "layers:", *lines, ""])


def named(difference: Difference, status: str) -> list[tuple[str, str]]:
    return [
        (change.a.row.name if change.a else "", change.b.row.name if change.b else "")
        for change in difference.changes
        if change.status == status
    ]


def edited(difference: Difference) -> list[Change]:
    return [change for change in difference.changes if change.edits]


def edits(change: Change) -> dict[str, tuple[object, object]]:
    return {edit.what: (edit.before, edit.after) for edit in change.edits}


KINDS = st.sampled_from(["conv", "relu", "max_pool", "batch_norm"])


@st.composite
def chains(draw: st.DrawFn) -> Layers:
    kinds = draw(st.lists(KINDS, min_size=2, max_size=14))
    # Each layer has a name of its own, or none.
    return [(f"layer_{i}" if draw(st.booleans()) else "", kind) for i, kind in enumerate(kinds)]


@st.composite
def longer_chains(draw: st.DrawFn) -> tuple[Layers, Layers, list[str]]:
    """Return a chain, the same with named layers put in, and their names."""
    short = draw(chains())
    long = list(short)
    added = [f"new_{i}" for i in range(draw(st.integers(1, 4)))]
    for name in added:
        long.insert(draw(st.integers(0, len(long))), (name, draw(KINDS)))
    return short, long, added


@settings(max_examples=60, deadline=None)
@given(longer_chains())
def test_layers_put_in_are_exactly_those_added(drawn: tuple[Layers, Layers, list[str]]) -> None:
    short, long, added = drawn
    difference = compared(spec(short), spec(long))
    assert sorted(name for _, name in named(difference, "added")) == sorted(added)
    assert not named(difference, "removed")
    assert not edited(difference)
    assert difference.differ


@settings(max_examples=60, deadline=None)
@given(longer_chains())
def test_layers_taken_out_are_exactly_those_removed(drawn: tuple[Layers, Layers, list[str]]) -> None:
    short, long, removed = drawn
    difference = compared(spec(long), spec(short))
    assert sorted(name for name, _ in named(difference, "removed")) == sorted(removed)
    assert not named(difference, "added")
    assert not edited(difference)


@settings(max_examples=60, deadline=None)
@given(chains(), st.data())
def test_renamed_layers_are_exactly_those_renamed(chain: Layers, data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.integers(0, len(chain) - 1), min_size=1))
    renamed = [(f"other_{i}" if i in chosen else name, kind) for i, (name, kind) in enumerate(chain)]
    difference = compared(spec(chain), spec(renamed))
    assert [i for i, change in enumerate(difference.changes) if change.edits] == sorted(chosen)
    assert all(set(edits(change)) == {"name"} for change in edited(difference))
    assert len(difference.changes) == len(chain)
    assert not any(change.figures for change in difference.changes)


@settings(max_examples=30, deadline=None)
@given(chains())
def test_a_network_is_no_different_from_itself(chain: Layers) -> None:
    difference = compared(spec(chain), spec(chain))
    assert not difference.differ
    assert all(change.status == "same" for change in difference.changes)


@pytest.mark.parametrize("name", names()[::12])
def test_no_bundled_network_differs_from_itself(name: str) -> None:
    assert not bundled(name, name).differ


@settings(max_examples=40, deadline=None)
@given(chains(), chains(), st.sampled_from([1, 20, 10**6]))
def test_every_layer_appears_once_and_in_order(a: Layers, b: Layers, most: int) -> None:
    before, after = (cnnstat.analyze(cnnstat.loads(spec(chain))) for chain in (a, b))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "MOST_STEPS", most)  # 1: everything is cut down to single layers
        patch.setattr(alignment, "PIECE", most)
        changes = compare(before, after).changes
    assert [change.a.row for change in changes if change.a] == list(before.rows)
    assert [change.b.row for change in changes if change.b] == list(after.rows)


UNITS = """
input: [8, 16, 16]
blocks:
  unit:
    layers:
      - {{name: conv, type: conv, filters: 8, kernel: {kernel}, padding: {padding}}}
      - {{type: relu}}
      - {{name: add, type: add, from: [relu1, input]}}
layers:
  - {{name: unit, type: unit, repeat: {repeat}}}
"""


def test_a_network_that_is_cut_is_compared_as_a_whole_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    specs = (UNITS.format(kernel=3, padding=1, repeat=40), UNITS.format(kernel=5, padding=2, repeat=43))
    before, after = (cnnstat.analyze(cnnstat.loads(text)) for text in specs)
    whole = compare(before, after).changes
    monkeypatch.setattr(alignment, "MOST_STEPS", 1000)
    monkeypatch.setattr(alignment, "PIECE", 100)
    assert compare(before, after).changes == whole


def test_vgg19_has_three_convolutions_more_than_vgg16() -> None:
    difference = bundled("vgg16", "vgg19")
    added = [f"stage{stage}.3.{part}" for stage in (3, 4, 5) for part in ("conv", "relu")]
    assert [name for _, name in named(difference, "added")] == added
    assert not named(difference, "removed")
    assert all(change.field_only for change in difference.changes if change.status == "changed")


def test_resnet34_keeps_all_its_layers_in_resnet50() -> None:
    difference = bundled("resnet34", "resnet50")
    assert difference.count("removed") == 0
    assert difference.count("added") == 50
    pairs = [(change.a, change.b) for change in difference.changes if change.a and change.b]
    unlike = {(a.own, b.own) for a, b in pairs if a.path != b.path}
    # The last relu of a block has another name, as there is one more above it.
    assert unlike == {("relu2", "relu3")}


def test_strangers_meet_in_order_of_type_and_end_in_the_same() -> None:
    difference = bundled("lenet5", "vgg16")
    pairs = {change.a.row.name: change.b.row.name for change in difference.changes if change.a and change.b}
    assert pairs["C1"] == "stage1.0.conv"
    assert pairs["S2"] == "pool1"
    assert pairs["F6"] == "fc6"
    assert pairs["output"] == "fc8"
    assert difference.count("removed") == 0


CONV = "{name: a, type: conv, filters: 4, kernel: 3, padding: 1}"
CHAIN = f"input: [4, 8, 8]\nlayers:\n  - {CONV}\n  - {{type: relu}}\n  - {{name: b, type: relu6}}\n"


def test_a_layer_moved_into_a_block_is_renamed() -> None:
    moved = (
        f"input: [4, 8, 8]\nblocks:\n  stem:\n    layers:\n      - {CONV}\n      - {{type: relu}}\n"
        "layers:\n  - {name: first, type: stem}\n  - {name: b, type: relu6}\n"
    )
    difference = compared(CHAIN, moved)
    assert named(difference, "changed") == [("a", "first.a"), ("relu1", "first.relu1")]
    assert named(difference, "same") == [("b", "b")]


def test_edits_stand_apart_from_what_follows() -> None:
    wider = CHAIN.replace("filters: 4, kernel: 3, padding: 1", "filters: 6, kernel: 5, padding: 2")
    first, second, _ = compared(CHAIN, wider).changes
    assert edits(first) == {"filters": (4, 6), "kernel": (3, 5), "padding": (1, 2)}
    assert {"output_shape", "params", "macs", "receptive_field"} <= set(first.figures)
    assert second.edits == ()
    assert "output_shape" in second.figures


def test_another_type_under_the_same_name() -> None:
    change = compared(CHAIN, CHAIN.replace("type: relu6", "type: max_pool, kernel: 2")).changes[-1]
    assert edits(change) == {"type": ("relu6", "max_pool")}


def test_a_convolution_may_become_a_transposed_one() -> None:
    change = compared(CHAIN, CHAIN.replace("name: a, type: conv", "type: transposed_conv")).changes[0]
    assert set(edits(change)) == {"name", "type"}


def test_a_layer_that_reads_another_is_edited() -> None:
    text = (
        "input: [4, 8, 8]\nlayers:\n  - {name: a, type: relu}\n  - {name: b, type: relu6}\n"
        "  - {name: sum, type: add, from: [b, a]}\n  - {name: last, type: relu}\n"
    )
    (change,) = edited(
        compared(text, text.replace("[b, a]", "[b, input]").replace("relu6}", "relu6, from: a}"))
    )
    assert edits(change) == {"inputs": (("b", "a"), ("b", "input"))}
    # A layer between two others is not read otherwise by the second: it stands for what it reads.
    more = text.replace("  - {name: sum", "  - {name: new, type: silu}\n  - {name: sum").replace(
        "[b,", "[new,"
    )
    assert not edited(compared(text, more))


def test_folded_blocks_are_compared_with_their_layers() -> None:
    text = (
        "input: [4, 8, 8]\nblocks:\n  two:\n    layers:\n      - {name: x, type: relu}\n"
        "      - {name: y, type: relu6}\n      - {name: z, type: add, from: [x, y]}\n"
        "layers:\n  - {name: block, type: two}\n"
    )
    for other in (text.replace("relu6", "silu"), text.replace("[x, y]", "[y, y]")):
        before, after = (cnnstat.analyze(cnnstat.loads(each)) for each in (text, other))
        (change,) = compare(before, after, 1).changes
        assert edits(change) == {"layers": (3, 3)}


def test_names_that_only_count_are_not_written_ones() -> None:
    call = '{{type: "5", repeat: 2{name}}}'
    text = 'input: [4]\nblocks:\n  "5": {layers: [{name: a, type: relu}]}\nlayers: [%s]\n'
    for name, written in (("", ["", "0", "1"]), (", name: 6", ["6", "0", "1"])):
        analysis = cnnstat.analyze(cnnstat.loads(text % call.format(name=name)))
        found = items(analysis, sorted(analysis.groups, key=lambda group: group.name))
        assert [item.own for item in found] == written


def test_large_networks_are_aligned_in_little_time() -> None:
    text = spec([("", kind) for kind in ("conv", "relu") * 2_000])
    edited_text = text.replace("relu}", "silu}", 1)
    before, after = (cnnstat.analyze(cnnstat.loads(each)) for each in (text, edited_text))
    start = time.process_time()
    difference = compare(before, after)
    assert difference.count("same") == 3_999
    assert time.process_time() - start < 5
