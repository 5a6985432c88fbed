"""A draft as a spec: a block for each module, names kept, everything read as it was drafted."""

from __future__ import annotations

from typing import Any

import pytest

import cnnstat
from cnnstat.importers.draft import Draft, DraftLayer
from cnnstat.importers.names import paths
from cnnstat.importers.spec_text import spec_text
from cnnstat.report.document import head


def layer(name: str, kind: str, *inputs: str, weights: str = "", **options: object) -> DraftLayer:
    return DraftLayer(name=name, type=kind, inputs=inputs, options=options, weights=weights)


def draft(*layers: DraftLayer, outputs: tuple[str, ...] = (), **inputs: tuple[int, ...]) -> Draft:
    last = outputs or (layers[-1].name,)
    return Draft(name="drafted", inputs=inputs or {"x": (4, 8, 8)}, layers=layers, outputs=last)


def read(given: Draft) -> cnnstat.Analysis:
    return cnnstat.analyze(cnnstat.loads(spec_text(given).text))


RESIDUAL = draft(
    layer("stem", "conv", "x", filters=4, kernel=1),
    layer("body.0.conv", "conv", "stem", filters=4, kernel=3, padding=1),
    layer("body.0.relu", "relu", "body.0.conv"),
    layer("body.0.add", "add", "body.0.relu", "stem"),
    layer("body.1.conv", "conv", "body.0.add", filters=4, kernel=3, padding=1),
    layer("body.1.add", "add", "body.1.conv", "stem"),
    layer("join", "concat", "body.1.add", "body.0.relu"),
)


def test_modules_are_blocks_and_names_stay() -> None:
    analysis = read(RESIDUAL)
    assert [row.name for row in analysis.rows] == [each.name for each in RESIDUAL.layers]
    assert [group.name for group in analysis.groups] == ["body", "body.0", "body.1"]
    assert analysis.rows[-1].inputs == ("body.1.add", "body.0.relu")
    assert analysis.rows[-2].inputs == ("body.1.conv", "stem")


def test_a_module_in_two_places_stands_one_level_higher() -> None:
    given = draft(
        layer("a.first", "relu", "x"),
        layer("b", "relu", "a.first"),
        layer("a.second", "relu", "b"),
        layer("c.d", "relu", "a.second"),
    )
    assert [row.name for row in read(given).rows] == ["a_first", "b", "a_second", "c.d"]


def test_a_layer_and_a_module_of_one_name_stay_apart() -> None:
    given = draft(layer("a", "relu", "x"), layer("a.b", "relu", "a"), layer("a.c", "relu", "a.b"))
    assert [row.name for row in read(given).rows] == ["a", "a_b", "a_c"]


CONV: dict[str, Any] = {"filters": 4, "kernel": 1}


def test_modules_that_share_all_weights_say_so_where_they_are_called() -> None:
    given = draft(
        layer("a.0.conv", "conv", "x", **CONV),
        layer("a.0.relu", "relu", "a.0.conv"),
        layer("b.0.conv", "conv", "a.0.relu", weights="a.0.conv", **CONV),
        layer("b.0.relu", "relu", "b.0.conv"),
    )
    assert "{name: b, type: b, weights: a}" in spec_text(given).text
    rows = [(row.name, row.weights_of) for row in read(given).rows]
    assert rows == [("a.0.conv", ""), ("a.0.relu", ""), ("b.0.conv", "a.0.conv"), ("b.0.relu", "")]


def test_modules_that_share_some_weights_are_flat() -> None:
    given = draft(
        layer("a.conv", "conv", "x", **CONV),
        layer("a.own", "conv", "a.conv", **CONV),
        layer("b.conv", "conv", "a.own", weights="a.conv", **CONV),
        layer("b.own", "conv", "b.conv", **CONV),
    )
    rows = [(row.name, row.weights_of) for row in read(given).rows]
    assert rows == [("a_conv", ""), ("a_own", ""), ("b_conv", "a_conv"), ("b_own", "")]


def test_a_module_that_is_called_again_has_a_name_for_each_call() -> None:
    given = draft(
        layer("head.conv.conv", "conv", "x", **CONV),
        layer("head.relu.relu", "relu", "head.conv.conv"),
        layer("between", "tanh", "head.relu.relu"),
        layer("head.conv.conv_2", "conv", "between", weights="head.conv.conv", **CONV),
        layer("head.relu.relu_2", "relu", "head.conv.conv_2"),
        layer("head.conv.conv_3", "conv", "head.relu.relu_2", weights="head.conv.conv", **CONV),
        layer("head.relu.relu_3", "relu", "head.conv.conv_3"),
    )
    rows = [(row.name, row.weights_of) for row in read(given).rows]
    assert rows == [
        ("head.conv", ""),
        ("head.relu", ""),
        ("between", ""),
        ("head_2.conv", "head.conv"),
        ("head_2.relu", ""),
        ("head_3.conv", "head.conv"),
        ("head_3.relu", ""),
    ]


def test_a_layer_that_is_called_again_has_a_name_for_each_call() -> None:
    given = draft(
        layer("body.conv.conv", "conv", "x", **CONV),
        layer("body.relu.relu", "relu", "body.conv.conv"),
        layer("body.conv.conv_2", "conv", "body.relu.relu", weights="body.conv.conv", **CONV),
        layer("body.relu.relu_2", "relu", "body.conv.conv_2"),
        layer("out", "tanh", "body.relu.relu_2"),
    )
    rows = [(row.name, row.weights_of) for row in read(given).rows]
    assert [name for name, _ in rows] == ["body.conv", "body.relu", "body_2.conv", "body_2.relu", "out"]
    assert rows[2][1] == "body.conv"


def test_several_inputs_and_outputs() -> None:
    given = draft(
        layer("m.l", "relu", "left"),
        layer("m.sum", "add", "m.l", "right.1"),
        outputs=("m.sum", "m.l"),
        left=(4, 8),
        **{"right.1": (4, 8)},
    )
    analysis = read(given)
    assert head(analysis)["input_shapes"] == {"left": (4, 8), "right_1": (4, 8)}
    assert analysis.output_names == ("m.sum", "m.l")


@pytest.mark.parametrize(
    "name",
    [
        "0",
        "true",
        "null",
        "1.0",
        "input",
        "a b",
        "-x",
        "é",
        "relu",
        "x" * 300,
        ".".join("ab" * 40),
        "$in",
        "'",
        "name: 1",
    ],
)
def test_any_name_can_be_written(name: str) -> None:
    given = draft(layer(f"{name}.one", "relu", "x"), layer(f"{name}.two", "relu", f"{name}.one"))
    assert len(read(given).rows) == 2


@pytest.mark.parametrize("value", [1e-05, 1e-12, 0.1, 1 / 6, -2.5, 123456.0, 1e20, 3.0])
def test_numbers_stay_exact(value: float) -> None:
    given = draft(layer("a", "power", "x", scale=value))
    assert read(given).rows[0].node.layer.scale == value  # type: ignore[attr-defined]


def test_names_that_are_alike_become_different() -> None:
    assert paths(["a b", "a_b", "a.b", "a b"]) == [("a_b",), ("a_b_2",), ("a", "b"), ("a_b_3",)]


def test_a_hostile_name_of_a_model_is_text() -> None:
    given = Draft(
        name="x'\nlayers: []",
        inputs={"x": (4,)},
        layers=(layer("a", "relu", "x"),),
        outputs=("a",),
        remarks=("one\ntwo",),
    )
    assert read(given).name == "x'?layers: []"
