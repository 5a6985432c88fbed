"""A spec that becomes an ONNX file is the same network when that is read: `cnnstat diff` finds nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("onnx")

import numpy as np
import onnx

import cnnstat
from cnnstat.commands.diff.difference import diff
from cnnstat.exporters.onnx.model import model
from cnnstat.exporters.onnx.notes import KEY
from cnnstat.importers import of_file, weights
from tests.importers.onnx.graphs import saved
from tests.small import EVERY_TYPE, every_architecture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cnnstat.commands.diff.difference import Difference
    from cnnstat.graph.model import Graph

pytestmark = pytest.mark.exchange


def exported(graph: Graph, values: Any = None) -> Any:
    made, _ = model(cnnstat.analyze(graph), values)
    return made


def differences(found: Difference) -> Iterator[tuple[Any, ...]]:
    """Yield what two networks differ in, layer by layer."""
    for change in found.changes:
        a, b = (None if item is None else item.row.name for item in (change.a, change.b))
        for edit in change.edits:
            yield a, b, edit.what, edit.before, edit.after
        if change.figures or a is None or b is None:
            yield a, b, *change.figures


@pytest.mark.parametrize("name", every_architecture())
def test_a_bundled_network_comes_back(name: str, tmp_path: Path) -> None:
    graph = cnnstat.load(name)
    found = diff(graph, saved(exported(graph), tmp_path))
    assert [*differences(found)] == []
    assert not found.differ


def test_every_layer_type_comes_back(tmp_path: Path) -> None:
    graph = cnnstat.loads(EVERY_TYPE)
    assert [*differences(diff(graph, saved(exported(graph), tmp_path)))] == []


@pytest.mark.parametrize("name", ["lenet5", "lenet5-full", "resnet20", "convnext-tiny"])
def test_weights_come_back(name: str, tmp_path: Path) -> None:
    network = cnnstat.Network(name)
    path = saved(exported(network.graph, network.parameters), tmp_path)
    found = dict(weights(path))
    assert found.keys() == network.parameters.keys()
    for key, tensor in network.parameters.items():
        np.testing.assert_array_equal(found[key], tensor)


def test_a_file_without_numbers_says_so(tmp_path: Path) -> None:
    path = saved(exported(cnnstat.load("lenet5")), tmp_path)
    with pytest.raises(cnnstat.SpecError, match=r"the numbers of 'C1.weight' are missing"):
        dict(weights(path))


def test_a_connection_table_has_its_kernels_alone(tmp_path: Path) -> None:
    network = cnnstat.Network("lenet5")
    made = exported(network.graph, network.parameters)
    stored = {each.name: each.dims for each in made.graph.initializer}
    assert stored["C3.weight"] == [60, 5, 5]
    rows = {row.name: row.counts.params for row in cnnstat.analyze(saved(made, tmp_path)).rows}
    assert rows["C3"] == 1516


SPEC = """
input: [4, 12, 12]
layers:
  - {name: first, type: conv, filters: 6, kernel: 3, padding: same, frozen: true}
  - {name: second, type: zero_pad_shortcut, filters: 8, stride: 2}
"""


def _stride(made: Any) -> None:
    strides = next(each for each in made.graph.node[0].attribute if each.name == "strides")
    strides.ints[:] = [2, 2]


def _another_type(made: Any) -> None:
    _say(made.graph.node[0], {"type": "max_pool", "kernel": 3, "from": ["input"]})


def _another_number(made: Any) -> None:
    _say(
        made.graph.node[0], {"type": "conv", "filters": 60, "kernel": 3, "padding": "same", "from": ["input"]}
    )


def _read_between(made: Any) -> None:
    inner = next(node for node in made.graph.node if node.op_type == "Slice")
    made.graph.output.append(onnx.helper.make_tensor_value_info(inner.output[0], 1, None))


def _say(node: Any, what: Any) -> None:
    del node.metadata_props[:]
    node.metadata_props.add(key=KEY, value=what if isinstance(what, str) else json.dumps(what))


@pytest.mark.parametrize(
    ("edit", "first"),
    [
        (_stride, (6, 6, 6)),
        (_another_type, (6, 12, 12)),
        (_another_number, (6, 12, 12)),
    ],
)
def test_what_somebody_edited_is_read_as_it_is(
    edit: Callable[[Any], None], first: tuple[int, ...], tmp_path: Path
) -> None:
    made = exported(cnnstat.loads(SPEC))
    edit(made)
    rows = cnnstat.analyze(saved(made, tmp_path)).rows
    assert rows[0].output_shape == first
    assert rows[0].type == "conv"
    assert not rows[0].node.frozen


def test_what_others_read_between_operators_is_there(tmp_path: Path) -> None:
    made = exported(cnnstat.loads(SPEC))
    _read_between(made)
    rows = cnnstat.analyze(saved(made, tmp_path)).rows
    assert len(rows) > 2
    assert rows[-1].output_shape == (8, 6, 6)


@pytest.mark.parametrize(
    "said",
    [
        *("", "{", "[]", "3", "null", "[" * 100_000, '{"type": "conv"}', '{"type": 3, "from": 4}'),
        *('{"type": "conv", "from": ["nobody"]}', '{"type": "opaque", "op": "x", "from": ["input"]}'),
        '{"type": "conv", "filters": "9 ** 9 ** 9 ** $in", "kernel": 3, "from": ["input"]}',
        '{"type": "conv", "filters": 6, "kernel": 3, "padding": "same", "color": "red", "from": ["input"]}',
        '{"type": "conv", "filters": 6, "kernel": 1e400, "from": ["input"]}',
    ],
)
def test_a_note_may_be_anything(said: str, tmp_path: Path) -> None:
    made = exported(cnnstat.loads(SPEC))
    _say(made.graph.node[0], said)
    row = cnnstat.analyze(saved(made, tmp_path)).rows[0]
    assert (row.type, row.output_shape, row.node.frozen) == ("conv", (6, 12, 12), False)


WIDTHS = "input: [8, 6, 6]\nlayers:\n  - {name: c, type: conv, filters: $in / 4 + 1, kernel: 1}\n"


def test_a_note_has_numbers_for_widths() -> None:
    node = exported(cnnstat.loads(WIDTHS)).graph.node[-1]
    note = next(each.value for each in node.metadata_props if each.key == KEY)
    assert json.loads(note)["filters"] == 3


def test_a_width_that_a_note_says_by_channels_is_a_number(tmp_path: Path) -> None:
    made = exported(cnnstat.loads(WIDTHS))
    _say(made.graph.node[-1], {"type": "conv", "filters": "$in / 4 + 1", "kernel": 1, "from": ["input"]})
    assert "{name: c, type: conv, filters: 3, kernel: 1}" in of_file(saved(made, tmp_path))


def test_on_another_input_the_operators_alone_count(tmp_path: Path) -> None:
    spec = "input: [3, 12, 12]\nlayers:\n  - {name: pool, type: adaptive_avg_pool, size: 4}\n"
    path = saved(exported(cnnstat.loads(spec)), tmp_path)
    assert [row.type for row in cnnstat.analyze(path).rows] == ["adaptive_avg_pool"]
    other = cnnstat.analyze(path, input_shape=(3, 24, 24)).rows[0]
    assert (other.type, other.output_shape) == ("avg_pool", (3, 8, 8))
