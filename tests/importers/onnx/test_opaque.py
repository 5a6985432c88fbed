"""Nodes that the catalogue has no layer type for: named, reported, never counted as zero."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("onnxruntime")

from typing import TYPE_CHECKING, Any

import numpy as np

import cnnstat
from cnnstat.importers import drafted
from cnnstat.importers.onnx.nodes.value import keeps_numbers
from tests.importers.onnx.graphs import Nodes, model_of, ours, saved, theirs
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.exchange

X = (1, 4, 7, 6)
PADS = {"pads": [1] * 4}
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


def test_a_large_value_of_many_axes_has_a_shape(tmp_path: Path) -> None:
    windows = [
        ("Reshape", "x s", "a"),
        ("Transpose", "a", "b", {"perm": [0, 1, 2, 4, 3, 5]}),
        ("Reshape", "b t", "c"),
        ("Relu", "c", "y"),
    ]
    shapes = {"s": np.array([1, 2, 64, 16, 64, 16]), "t": np.array([1, 2, 1024, 1024])}
    rows = cnnstat.analyze(saved(model_of(windows, (1, 2, 1024, 1024), shapes), tmp_path)).rows
    assert [(row.type, row.output_shape) for row in rows] == [
        ("opaque", (128, 16, 64, 16)),
        ("opaque", (128, 64, 16, 16)),
        ("opaque", (2, 1024, 1024)),
        ("relu", (2, 1024, 1024)),
    ]


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
    scales = np.array([1, 1, 1 << 16, 1 << 16], np.float32)
    model = saved(model_of([("Resize", "x  s", "y", options)], X, {"s": scales}), tmp_path)
    assert cnnstat.analyze(model).without == {"resize": 1}


CUTS: dict[str, list[tuple[Any, ...]]] = {
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


OUTSIDE: dict[str, tuple[Nodes, dict[str, Any]]] = {
    "the samples' own statistics": (
        [("BatchNormalization", "x s b m v", "a c d", {"training_mode": 1})],
        {"s": (4,), "b": (4,), "m": (4,), "v": np.ones(4, np.float32)},
    ),
    "a part that is cut out": (
        [("Resize", "x r s", "a", {"coordinate_transformation_mode": "tf_crop_and_resize"})],
        {
            "r": np.array([0, 0, 0.2, 0.2, 1, 1, 0.8, 0.8], np.float32),
            "s": np.array([1, 1, 2, 2], np.float32),
        },
    ),
    "bounds in the wrong order": (
        [("Clip", "x l h", "a")],
        {"l": np.array(2, np.float32), "h": np.array(1, np.float32)},
    ),
    "a frame without end": (
        [("Pad", "x p v", "a")],
        {"p": np.array([0, 0, 1, 1, 0, 0, 1, 1]), "v": np.array(-np.inf, np.float32)},
    ),
    "a conv that cuts off": ([("Conv", "x w", "a", {"pads": [-1, 0, 0, 0]})], {"w": (4, 4, 3, 3)}),
    "a transposed conv that adds": (
        [("ConvTranspose", "x w", "a", {"pads": [-1, 0, 0, 0]})],
        {"w": (4, 4, 3, 3)},
    ),
    "an endless slope": ([("LeakyRelu", "x", "a", {"alpha": float("inf")})], {}),
    "a negative eps": ([("InstanceNormalization", "x s b", "a", {"epsilon": -1.0})], {"s": (4,), "b": (4,)}),
}
"""Nodes that put out `a`, which an option, a mode or a number keeps from being a layer."""


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_no_layer_takes_is_one_opaque_layer(name: str, tmp_path: Path) -> None:
    nodes, constants = OUTSIDE[name]
    path = saved(model_of([*nodes, ("Relu", "a", "y")], X, constants), tmp_path)
    types = [node.type for node in cnnstat.load(path).layers]
    assert types == (["opaque"] if "pads" in str(nodes) else ["opaque", "relu"])  # of these onnx has no shape


def test_bounds_that_are_none_are_nothing(tmp_path: Path) -> None:
    path = saved(model_of([("Clip", "x", "a"), ("Relu", "a", "y")], X), tmp_path)
    assert [node.type for node in cnnstat.load(path).layers] == ["relu"]


def test_maxima_are_read_behind_a_frame_without_end(tmp_path: Path) -> None:
    nodes = [("Pad", "x p v", "a"), ("MaxPool", "a", "y", {"kernel_shape": [2, 2]})]
    frame = {"p": np.array([0, 0, 0, 0, 0, 0, 1, 1]), "v": np.array(-np.inf, np.float32)}
    path = saved(model_of(nodes, X, frame), tmp_path)
    assert "opaque" not in [node.type for node in cnnstat.load(path).layers]
    network, (y,) = ours(path)
    np.testing.assert_allclose(y, theirs(path, network)[0], rtol=1e-5)


def test_a_tensor_of_two_layers_that_cannot_share_it_is_counted_twice_and_named(tmp_path: Path) -> None:
    nodes = [("MatMul", "x w", "a"), ("Gemm", "a w", "y", {"transB": 1})]
    path = saved(model_of(nodes, (1, 7), {"w": (7, 19)}), tmp_path)
    assert cnnstat.analyze(path).totals.counts.params == 2 * 7 * 19
    (remark,) = drafted(path).remarks
    assert remark == "its tensor 'w' is used in several layers that cannot share it, and is counted for each"


def test_a_copy_of_a_tensor_is_the_tensor(tmp_path: Path) -> None:
    nodes = [("Conv", "x w", "a"), ("Identity", "w", "v"), ("Conv", "a v", "y")]
    path = saved(model_of(nodes, X, {"w": (4, 4, 3, 3)}), tmp_path)
    assert cnnstat.analyze(path).totals.counts.params == 144
    assert not drafted(path).remarks


def test_an_output_that_no_layer_puts_out_is_named(tmp_path: Path) -> None:
    path = saved(model_of([("Relu", "x", "y")], X, {"w": (1, 2)}, outputs="y x w"), tmp_path)
    assert drafted(path).remarks == tuple(
        f"its output '{name}' is an input or a constant, and is left out" for name in ("x", "w")
    )


def test_values_that_are_put_out_twice_are_named(tmp_path: Path) -> None:
    nodes: Nodes = [("Relu", "x", "y"), ("Identity", "y", "z"), ("Sigmoid", "x", "s")]
    path = saved(model_of(nodes, X, outputs="y s z y"), tmp_path)
    draft = drafted(path)
    assert (draft.outputs, draft.results) == (("relu", "sigmoid"), ("relu", "sigmoid", "relu", "relu"))
    assert draft.remarks == ("its outputs 1, 3, 4 are one value, which is put out once",)


@pytest.mark.parametrize("target", [[1, -1], [3, -1]])
def test_an_output_in_which_samples_are_mixed_is_opaque(target: list[int], tmp_path: Path) -> None:
    """A model of two samples that lays both into one row, or parts of both."""
    nodes: Nodes = [("Conv", "x w", "a"), ("Reshape", "a s", "y")]
    constants = {"w": (6, 4, 3, 3), "s": np.array(target)}
    analysis = cnnstat.analyze(saved(model_of(nodes, (2, *X[1:]), constants), tmp_path))
    assert [row.type for row in analysis.rows] == ["conv", "opaque"]
    assert "it folds samples into another axis" in analysis.graph.spec.family.span.source.text


def test_rows_of_each_sample_one_behind_the_other_are_no_mixture(tmp_path: Path) -> None:
    nodes: Nodes = [("Conv", "x w", "a"), ("Reshape", "a s", "y")]
    constants = {"w": (6, 4, 3, 3), "s": np.array([-1, 4])}
    analysis = cnnstat.analyze(saved(model_of(nodes, (2, *X[1:]), constants), tmp_path))
    assert [row.type for row in analysis.rows] == ["conv", "reshape"]
    assert analysis.totals.output_shape == (30, 4)


CONTRADICTIONS: dict[str, tuple[Nodes, dict[str, Any], str]] = {
    "no groups": ([("Conv", "x w", "y", {"group": 0})], {"w": (6, 4, 3, 3)}, "0 groups"),
    "no groups back": ([("ConvTranspose", "x w", "y", {"group": 0})], {"w": (4, 6, 3, 3)}, "0 groups"),
    "a kernel of another size": (
        [("Conv", "x w", "y", {"kernel_shape": [5, 5], "pads": [1] * 4})],
        {"w": (6, 4, 3, 3)},
        "conv would put out",
    ),
    "a place beyond": ([("Gather", "x i", "y", {"axis": 3})], {"i": np.array(99)}, "place 99 of 6"),
    "a place before": ([("Gather", "x i", "y", {"axis": 3})], {"i": np.array(-7)}, "place -7 of 6"),
    "softmax": ([("Softmax", "x", "y", {"axis": 9})], {}, "axis 9 of 4"),
    "layer norm": (
        [("LayerNormalization", "x w w", "y", {"axis": 7})],
        {"w": (6,)},
        "axis 7 of 4",
    ),
    "texts": (
        [("Conv", "x w", "y")],
        {"w": np.full((6, 4, 3, 3), "a", object)},
        "its weight is no array of numbers",
    ),
    "truths": (
        [("Conv", "x w", "y")],
        {"w": np.ones((6, 4, 3, 3), bool)},
        "its weight is no array of numbers",
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_what_contradicts_itself_is_no_layer(name: str, tmp_path: Path) -> None:
    nodes, constants, why = CONTRADICTIONS[name]
    model = model_of(nodes, X, constants)
    for size in (1, 6, 5, 4):
        model.graph.output[0].type.tensor_type.shape.dim.add().dim_value = size
    draft = drafted(saved(model, tmp_path))
    assert [layer.type for layer in draft.layers] == ["opaque"]
    assert why in draft.remarks[0], draft.remarks


TIED: dict[str, tuple[Nodes, dict[str, Any], int]] = {
    "biases of their own": (
        [("Conv", "x w b", "a", PADS), ("Conv", "a w c", "y", PADS)],
        {"w": (4, 4, 3, 3), "b": (4,), "c": (4,)},
        152,
    ),
    "one bias": (
        [("Conv", "x w", "a", PADS), ("Conv", "a w c", "y", PADS)],
        {"w": (4, 4, 3, 3), "c": (4,)},
        148,
    ),
    "gemm": (
        [("Flatten", "x", "f"), ("Gemm", "f v", "h"), ("Gemm", "h w b", "a"), ("Gemm", "a w c", "y")],
        {"v": (168, 5), "w": (5, 5), "b": (5,), "c": (1, 5)},
        875,
    ),
}


@pytest.mark.parametrize("name", TIED)
def test_a_weight_of_layers_with_their_own_biases_is_counted_once(name: str, tmp_path: Path) -> None:
    nodes, constants, params = TIED[name]
    path = saved(model_of(nodes, X, constants), tmp_path)
    assert cnnstat.analyze(path).totals.counts.params == params
    assert not drafted(path).remarks
    network, (y,) = ours(path)
    np.testing.assert_allclose(y, theirs(path, network)[0], rtol=1e-4, atol=1e-5)


DROPOUTS: dict[str, tuple[int, dict[str, Any], dict[str, Any], str, list[str]]] = {
    "of a half": (13, {}, {}, "x", ["dropout"]),
    "of a rate": (13, {}, {"r": np.array(0.3, np.float32)}, "x r", ["dropout 0.3"]),
    "of a rate as an attribute": (10, {"ratio": 0.3}, {}, "x", ["dropout 0.3"]),
    "of none": (13, {}, {"r": np.array(0, np.float32)}, "x r", []),
    "in evaluation": (
        13,
        {},
        {"r": np.array(0.3, np.float32), "t": np.array(False)},
        "x r t",
        ["dropout 0.3"],
    ),
    "in training": (13, {}, {"r": np.array(0.3, np.float32), "t": np.array(True)}, "x r t", ["opaque"]),
}


@pytest.mark.parametrize("name", DROPOUTS)
def test_a_dropout_stays_as_it_does_of_a_module(name: str, tmp_path: Path) -> None:
    opset, attributes, constants, reads, wanted = DROPOUTS[name]
    nodes: Nodes = [("Dropout", reads, "a", attributes), ("Relu", "a", "y")]
    path = saved(model_of(nodes, X, constants, opset=opset), tmp_path)
    layers = [f"{each.type} {each.options.get('rate', '')}".strip() for each in drafted(path).layers]
    assert layers == [*wanted, "relu"]


@pytest.mark.parametrize("kind", ["layers", "memory", "rf", "sizes"])
def test_charts_say_what_they_are_without(kind: str, tmp_path: Path) -> None:
    """A figure that is unknown is no bar and no point, and no zero in a sum that does not say so."""
    model = made(tmp_path)
    for networks in ([model], [model, "lenet5"]):
        ended = within("plot", *networks, kind, "--to", "json")
        assert ended.returncode == 0, ended.stderr
        chart = json.loads(ended.stdout)
        assert "without 2 nodes: topk, cumsum" in chart["description"]
    assert "without 2 nodes: topk, cumsum" in within("plot", model, kind).stdout
    chart = json.loads(within("plot", model, kind, "--to", "json").stdout)
    rows = [row for layer in chart["vconcat"][0]["layer"] for row in layer["data"]["values"]]
    if kind == "layers":
        assert {row["name"] for row in rows} == {"conv"}
    if kind == "rf":
        assert {row["name"] for row in rows if row.get("y") is not None} == {"conv"}
        assert "Fields are unknown because of topk." in chart["description"]
