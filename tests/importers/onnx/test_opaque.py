"""Nodes that the catalogue has no layer type for: named, reported, never counted as zero."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("onnx")

from typing import TYPE_CHECKING

import numpy as np

import cnnstat
from cnnstat.importers.onnx.value import keeps_numbers
from tests.importers.onnx.graphs import model_of, saved
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.exchange

X = (1, 4, 7, 6)
NODES = [
    ("Conv", "x w", "a"),
    ("TopK", "a k", "values places", {"axis": 1}),
    ("CumSum", "values n", "sums"),
    ("Relu", "sums", "y"),
]


def made(folder: Path) -> str:
    constants = {"w": (6, 4, 3, 3), "k": np.array([2]), "n": np.array(1)}
    return saved(model_of(NODES, X, constants), folder)


def test_shapes_are_known_behind_it(tmp_path: Path) -> None:
    analysis = cnnstat.analyze(made(tmp_path))
    assert analysis.without == {"topk": 1, "cumsum": 1}
    assert analysis.totals.output_shape == (2, 5, 4)
    assert analysis.totals.field.because == "topk"


@pytest.mark.parametrize(
    "command", ["summary", "flops", "rf", "explain", "sizes", "flops --training", "flops --conventions"]
)
def test_reports_say_what_they_are_without(command: str, tmp_path: Path) -> None:
    name, *more = command.split()
    ended = within(name, made(tmp_path), *more)
    assert ended.returncode == 0, ended.stderr
    assert "without 2 nodes: topk, cumsum" in ended.stdout


def test_figures_are_null_and_not_zero(tmp_path: Path) -> None:
    found = json.loads(within("summary", made(tmp_path), "--format", "json").stdout)
    assert found["without"] == {"topk": 1, "cumsum": 1}
    conv, topk, *_ = found["layers"]
    assert conv["params"] == 216
    assert [topk[key] for key in ("params", "macs", "flops", "connections", "operations")] == [None] * 5
    assert topk["output_shape"] == [2, 5, 4]
    assert "without" not in json.loads(within("summary", "lenet5", "--format", "json").stdout)


def test_it_cannot_be_run(tmp_path: Path) -> None:
    ended = within("run", made(tmp_path))
    assert ended.returncode == 2
    assert (
        "2 nodes of the model cannot be run, as no layer type stands for them: topk, cumsum" in ended.stderr
    )


def test_nodes_of_unknown_shape_are_one_layer(tmp_path: Path) -> None:
    nodes = [("Relu", "x", "a"), ("NonZero", "a", "places"), ("Cast", "places", "y", {"to": 1})]
    analysis = cnnstat.analyze(saved(model_of(nodes, X), tmp_path))
    assert analysis.without == {"rest": 2}
    assert analysis.rows[-1].node.layer.op == "NonZero, Cast"  # type: ignore[attr-defined]


def test_a_domain_of_its_own_is_opaque(tmp_path: Path) -> None:
    model = model_of(
        [("Relu", "x", "a"), ("Own", "a", "b", {"domain": "com.example"}), ("Relu", "b", "y")], X
    )
    from onnx import TensorProto, helper  # noqa: PLC0415

    model.graph.value_info.append(helper.make_tensor_value_info("b", TensorProto.FLOAT, (1, 9, 2, 2)))
    model.opset_import.append(helper.make_opsetid("com.example", 1))
    analysis = cnnstat.analyze(saved(model, tmp_path))
    assert analysis.without == {"own": 1}
    assert analysis.totals.output_shape == (9, 2, 2)


def test_a_page_explains_it() -> None:
    assert "Its figures are unknown, not zero" in within("explain", "opaque").stdout


def test_a_resize_of_very_many_cells_is_not_looked_at_one_by_one(tmp_path: Path) -> None:
    options = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    scales = np.array([1, 1, 1 << 25, 1 << 25], np.float32)
    model = saved(
        model_of([("Resize", "x none s", "y", options)], X, {"s": scales, "none": np.zeros(0)}), tmp_path
    )
    assert cnnstat.analyze(model).without == {"resize": 1}


CUTS = {
    "to int": [("Cast", "a", "b", {"to": 6}), ("Cast", "b", "c", {"to": 1})],
    "to bool": [("Cast", "a", "b", {"to": 9}), ("Cast", "b", "c", {"to": 1})],
    "to int of another's type": [("CastLike", "a like", "b"), ("Cast", "b", "c", {"to": 1})],
    "whole numbers divided": [
        ("Cast", "a", "i", {"to": 6}),
        ("Div", "i two", "b"),
        ("Cast", "b", "c", {"to": 1}),
    ],
}


@pytest.mark.parametrize("name", CUTS)
def test_numbers_that_are_cut_off_are_no_layer(name: str, tmp_path: Path) -> None:
    nodes = [("Relu", "x", "a"), *CUTS[name], ("Sigmoid", "c", "y")]
    constants = {"like": np.array([1]), "two": np.array(2, np.int32)}
    graph = cnnstat.load(saved(model_of(nodes, X, constants), tmp_path))
    opaque = ["opaque"] * (1 + (name == "whole numbers divided"))
    assert [node.type for node in graph.layers] == ["relu", *opaque, "sigmoid"]


def test_other_types_of_the_same_numbers_are_left_out(tmp_path: Path) -> None:
    nodes = [("Cast", "x", "a", {"to": 11}), ("Relu", "a", "b"), ("Cast", "b", "y", {"to": 10})]
    assert [node.type for node in cnnstat.load(saved(model_of(nodes, X), tmp_path)).layers] == ["relu"]


def test_whole_numbers_stay_what_they_are_where_there_is_room() -> None:
    float32, float16, uint8, int8, int32, int64, bool_ = 1, 10, 2, 3, 6, 7, 9
    for before, after in (
        (uint8, float32),
        (bool_, int8),
        (uint8, int32),
        (int32, int64),
        (float32, float16),
    ):
        assert keeps_numbers(before, after)
    for before, after in ((float16, int64), (float32, bool_), (int64, uint8), (int8, uint8), (int32, bool_)):
        assert not keeps_numbers(before, after)
