"""Named outputs of blocks, what repeats carry on, lists of repetitions, twins, and blocks in themselves."""

from __future__ import annotations

import pytest

import cnnstat
from cnnstat.base.errors import SpecError

WAVES = """
input: [4, 32]
blocks:
  wave:
    outputs: {on: sum, skip: side}
    layers:
      - {name: conv, type: conv, filters: $in, kernel: 3, padding: 1}
      - {name: side, type: conv, filters: 2, kernel: 1}
      - {name: sum, type: add, from: [conv, input], unused: true}
layers:
  - {name: stage, type: wave, repeat: 3}
  - {name: all, type: add, from: stage.*.skip}
"""

STREAMS = """
input: [2, 8, 8]
blocks:
  cross:
    inputs: [high, low]
    outputs: {low: down, high: up}
    layers:
      - {name: wide, type: upsample, from: low, scale: 2}
      - {name: up, type: add, from: [high, wide]}
      - {name: small, type: max_pool, from: high, kernel: 2}
      - {name: down, type: add, from: [low, small]}
layers:
  - {name: stem, type: max_pool, kernel: 2}
  - {name: fuse, type: cross, repeat: 2, from: [input, stem]}
outputs: [fuse.high, fuse.low]
"""


def inputs(graph: cnnstat.Graph, name: str) -> list[str]:
    (node,) = (node for node in graph.layers if node.path == name)
    return [graph.name(number) for number in node.inputs]


def test_a_repeat_carries_the_first_output_and_a_star_lists_the_others() -> None:
    graph = cnnstat.loads(WAVES)
    assert inputs(graph, "stage.1.conv") == ["stage.0.sum"]
    assert inputs(graph, "all") == ["stage.0.side", "stage.1.side", "stage.2.side"]
    assert cnnstat.verify(graph).good
    assert all(checked.good for checked in cnnstat.check_gradients(graph))


def test_outputs_go_to_the_inputs_of_their_names() -> None:
    graph = cnnstat.loads(STREAMS)
    assert inputs(graph, "fuse.1.up") == ["fuse.0.up", "fuse.1.wide"]
    assert inputs(graph, "fuse.1.down") == ["fuse.0.down", "fuse.1.small"]
    assert [graph.name(number) for number in graph.outputs] == ["fuse.1.up", "fuse.1.down"]
    assert cnnstat.verify(graph).good


def test_what_nobody_reads_is_refused_unless_it_is_declared() -> None:
    with pytest.raises(SpecError, match=r"no layer reads 'stage\.2\.sum'"):
        cnnstat.loads(WAVES.replace(", unused: true", ""))
    at_the_call = WAVES.replace(", unused: true", "").replace("repeat: 3", "repeat: 3, unused: true")
    assert cnnstat.loads(at_the_call).layers[-1].path == "all"


def test_what_is_unused_is_freed_at_once() -> None:
    graph = cnnstat.loads("""
input: [9]
layers:
  - {name: a, type: relu, unused: true}
  - {name: b, type: relu, from: input, unused: true}
  - {name: c, type: relu, from: input}
""")
    assert cnnstat.verify(graph).good
    assert cnnstat.analyze(graph).totals.inference_memory_bytes == 4 * 2 * 9


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("stage.*.skip", "stage.*.skips"), "graph/unknown-name"),
        (("from: stage.*.skip", "from: [stage.0.skip, all.*.x]"), "graph/no-repeat"),
        (("{on: sum, skip: side}", "{conv: sum, skip: side}"), "name/duplicate"),
        (("{on: sum, skip: side}", "{on: sum, skip: sides}"), "graph/unknown-name"),
        (("{on: sum, skip: side}", "{on: [sum, side]}"), "spec/name"),
        (("unused: true", "unused: 3"), "spec/type"),
    ],
)
def test_wrong_outputs_have_a_code(change: tuple[str, str], code: str) -> None:
    with pytest.raises(SpecError) as caught:
        cnnstat.loads(WAVES.replace(*change))
    assert code in {problem.code for problem in caught.value.problems}


TWINS = """
input: [4, 8, 8]
params: {wide: true}
layers:
  - {name: stem, type: relu}
  - {name: mix, type: conv, filters: 4, kernel: 3, padding: 1, when: $wide}
  - {name: mix, type: conv, filters: 4, kernel: 1, when: not $wide}
  - {name: next, type: relu}
  - {name: sum, type: add, from: [next, mix]}
"""


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("swapped", [True, False])
def test_of_two_layers_of_one_name_readers_get_the_one_that_is_there(wide: bool, swapped: bool) -> None:
    text = TWINS
    if swapped:
        lines = text.splitlines(keepends=True)
        lines[5], lines[6] = lines[6], lines[5]
        text = "".join(lines)
    graph = cnnstat.loads(text, params={"wide": wide})
    assert inputs(graph, "next") == ["mix"]
    assert inputs(graph, "mix") == ["stem"]
    assert inputs(graph, "sum") == ["next", "mix"]


def test_are_both_left_out_the_name_stands_for_the_input_of_the_first() -> None:
    text = TWINS.replace("when: $wide", "when: false").replace("when: not $wide", "from: input, when: false")
    assert inputs(cnnstat.loads(text), "sum") == ["next", "stem"]


HOURGLASS = """
input: [3, 32, 32]
params: {depth: 4}
blocks:
  hourglass:
    params: {depth}
    layers:
      - {name: down, type: max_pool, kernel: 2}
      - {name: inner, type: hourglass, depth: $depth - 1, when: $depth > 1}
      - {name: inner, type: conv, filters: $in, kernel: 3, padding: 1, when: $depth == 1}
      - {name: up, type: upsample, scale: 2}
      - {type: add, from: [input, up]}
layers:
  - {name: hg, type: hourglass, depth: $depth}
"""


def test_a_block_may_call_itself_as_long_as_it_ends() -> None:
    graph = cnnstat.loads(HOURGLASS)
    assert [node.path for node in graph.layers if node.type == "conv"] == ["hg.inner.inner.inner.inner"]
    assert cnnstat.analyze(graph).totals.output_shape == (3, 32, 32)
    with pytest.raises(SpecError, match="contains itself"):
        cnnstat.loads(HOURGLASS.replace("depth: $depth - 1, when: $depth > 1", "depth: $depth"))
    with pytest.raises(SpecError, match="deep; a block that calls itself ends with 'when:'"):
        cnnstat.loads(HOURGLASS.replace("depth: $depth - 1, when: $depth > 1", "depth: $depth + 1"))
