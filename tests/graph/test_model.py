"""Nodes: one numbering through inputs and layers, and several inputs in it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

import cnnstat
from cnnstat.graph.model import Graph
from cnnstat.graph.nodes import InputNode

NESTED = """
input: [4, 8, 8]
blocks:
  gate:
    inputs: [left, right]
    layers:
      - {name: conv, type: conv, from: right, filters: 4, kernel: 1}
      - {name: add, type: add, from: [left, conv]}
  outer:
    layers:
      - {name: a, type: relu}
      - {name: b, type: gate, from: [input, a]}
layers:
  - {name: stem, type: conv, filters: 4, kernel: 1}
  - {name: pair, type: gate, from: [input, stem], repeat: 2}
  - {name: body, type: outer}
"""


@pytest.mark.parametrize("name", [NESTED, "resnet18", "googlenet", "unet"])
def test_a_node_stands_at_its_number_and_reads_nodes_above(name: str) -> None:
    graph = cnnstat.loads(name) if name == NESTED else cnnstat.load(name)
    assert [node.number for node in graph.nodes] == list(range(len(graph.nodes)))
    assert graph.nodes[: len(graph.inputs)] == graph.inputs
    for node in graph.layers:
        assert node.inputs
        assert all(0 <= source < node.number for source in node.inputs)
        assert node.owns


def test_a_call_reads_what_it_names_in_place_of_the_inputs_of_a_block() -> None:
    graph = cnnstat.loads(NESTED)
    wires = {node.path: [graph.name(source) for source in node.inputs] for node in graph.layers}
    assert wires == {
        "stem": ["input"],
        "pair.0.conv": ["stem"],
        "pair.0.add": ["input", "pair.0.conv"],
        "pair.1.conv": ["stem"],
        "pair.1.add": ["pair.0.add", "pair.1.conv"],
        "body.a": ["pair.1.add"],
        "body.b.conv": ["body.a"],
        "body.b.add": ["pair.1.add", "body.b.conv"],
    }
    assert {group.path: (group.start, group.stop, group.output) for group in graph.groups} == {
        "pair.0": (2, 4, 3),
        "pair.1": (4, 6, 5),
        "pair": (2, 6, 5),
        "body": (6, 9, 8),
        "body.b": (7, 9, 8),
    }


JOINED = """
input: [2, 6, 6]
layers:
  - {name: conv, type: conv, filters: 3, kernel: 3}
  - {name: flat, type: flatten}
  - {name: hidden, type: linear, units: 5, from: flat}
  - {name: both, type: add, from: [flat, hidden]}
outputs: [both]
"""


def with_a_vector(graph: Graph) -> Graph:
    """Return the network with a second input, of 5 numbers, that is added in place of the flattened map."""
    vector = InputNode(1, "vector", (5,))
    moved = [
        replace(
            node,
            number=node.number + 1,
            owner=node.owner + 1,
            inputs=tuple(source + 1 if source else 0 for source in node.inputs),
        )
        for node in graph.layers
    ]
    moved[-1] = replace(moved[-1], inputs=(vector.number, moved[2].number))
    return Graph(graph.spec, (*graph.inputs, vector), tuple(moved), (), (moved[-1].number,))


def test_another_input_is_another_node() -> None:
    graph = with_a_vector(cnnstat.loads(JOINED))
    analysis = cnnstat.analyze(graph)
    assert analysis.shapes == ((2, 6, 6), (5,), (3, 4, 4), (48,), (5,), (5,))
    assert [row.inputs for row in analysis.rows] == [("input",), ("conv",), ("flat",), ("vector", "hidden")]
    assert analysis.layer(4).name == "hidden"
    assert analysis.totals.counts.params == 57 + 245
    # Both inputs are there from the start: 72 + 5, and 48 beside them; then the map in its two shapes.
    assert analysis.totals.inference_memory_bytes == 4 * (302 + 72 + 5 + 48)
    assert not graph.as_published
