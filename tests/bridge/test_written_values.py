"""`values:` of a spec: what they mean to a network that runs, and what is said of those that do not fit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cnnstat
from cnnstat.bridge.written_values import written_inputs, written_targets
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """
input: [1, 2, 3]
layers:
  - {name: conv, type: conv, filters: 2, kernel: [1, 2]}
  - {name: norm, type: batch_norm}
values:
"""


def network(values: str, **how: object) -> cnnstat.Network:
    return cnnstat.Network(cnnstat.loads(SPEC + values, "values.yaml"), dtype="float64", **how)  # type: ignore[arg-type]


def said(values: str) -> str:
    with pytest.raises(cnnstat.SpecError) as caught:
        network(values)
    return str(caught.value)


@pytest.mark.parametrize("written", ["[[1, 2], [3, 4]]", "[[[1, 2]], [[3, 4]]]", "[[[[1, 2]]], [[[3, 4]]]]"])
def test_sizes_of_1_may_be_left_out(written: str) -> None:
    made = network(f"  conv.weight: {written}\n")
    assert made.parameters["conv.weight"].tolist() == [[[[1, 2]]], [[[3, 4]]]]


def test_a_single_number_is_that_of_all_places() -> None:
    made = network("  conv.weight: 0.5\n  conv.bias: [-1]\n  input: 2\n")
    assert (made.parameters["conv.weight"] == 0.5).all()
    assert (made.parameters["conv.bias"] == -1).all()
    assert written_inputs(made.graph)["input"].tolist() == [[[[2, 2, 2], [2, 2, 2]]]]


def test_what_is_not_named_is_drawn_as_it_would_be() -> None:
    made, drawn = network("  conv.bias: 0\n", seed=3), network("  input: 0\n", seed=3)
    assert (made.parameters["conv.weight"] == drawn.parameters["conv.weight"]).all()
    assert (made.parameters["conv.bias"] != drawn.parameters["conv.bias"]).all()


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        ("[[1, 2, 3], [4, 5, 6]]", (1, 1, 2, 3)),
        ("[[[1, 2, 3], [4, 5, 6]]]", (1, 1, 2, 3)),
        ("[[[[1, 2, 3], [4, 5, 6]]]]", (1, 1, 2, 3)),
        ("[[[[1, 2, 3], [4, 5, 6]]], [[[1, 2, 3], [4, 5, 6]]]]", (2, 1, 2, 3)),
        ("[[[1, 2, 3], [4, 5, 6]], [[1, 2, 3], [4, 5, 6]]]", (2, 1, 2, 3)),
    ],
)
def test_an_input_is_a_sample_or_a_batch(written: str, shape: tuple[int, ...]) -> None:
    made = network(f"  input: {written}\n")
    assert written_inputs(made.graph)["input"].shape == shape


@pytest.mark.parametrize("command", ["run", "trace --at conv --unit 0,0,0"])
@pytest.mark.parametrize("written", ["[1, 2, 3, 4]", "[[1, 2, 3]]", "[[[[1, 2], [4, 5]]]]"])
def test_an_input_of_another_size_is_refused_at_its_place(written: str, command: str, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(f"{SPEC}  input: {written}\n", encoding="utf-8")
    name, *options = command.split()
    ended = within(name, str(path), *options)
    assert ended.returncode == 1
    assert ":7:10: values/shape: 'input' is 1x2x3, got " in ended.stderr


def test_a_run_takes_them(tmp_path: Path) -> None:
    spec = SPEC + "  input: [[1, 2, 3], [4, 5, 6]]\n  conv.weight: [[1, 1], [1, -1]]\n  conv.bias: 0\n"
    path, kept = tmp_path / "s.yaml", tmp_path / "a.npz"
    path.write_text(spec, encoding="utf-8")
    assert within("run", str(path), "--activations", str(kept)).returncode == 0
    assert np.load(kept)["conv"].tolist() == [[[[3, 5], [9, 11]], [[-1, -1], [-1, -1]]]]
    found = json.loads(within("run", str(path), "--batch", "3", "--format", "json").stdout)
    assert found["batch"] == 3


def test_no_figure_depends_on_them() -> None:
    plain = cnnstat.analyze(cnnstat.loads(SPEC.removesuffix("values:\n")))
    given = cnnstat.analyze(cnnstat.loads(SPEC + "  input: 1\n  nothing: [1, 2]\n"))
    assert given.totals == plain.totals


def test_names_and_shapes_that_do_not_fit_are_reported_together_with_their_places() -> None:
    assert said(
        "  input: [[1, 2], [3, 4]]\n  conv.wait: 1\n  conv.bias: [1, 2, 3]\n  norm.running_var: -1\n"
    ) == (
        """values.yaml:7:10: values/shape: 'input' is 1x2x3, got 2x2
    7 |   input: [[1, 2], [3, 4]]
      |          ^
values.yaml:8:3: values/name: nothing is called 'conv.wait'; did you mean 'conv.weight'?
    8 |   conv.wait: 1
      |   ^^^^^^^^^
values.yaml:9:14: values/shape: 'conv.bias' is 2, got 3
    9 |   conv.bias: [1, 2, 3]
      |              ^
values.yaml:10:21: values/type: 'norm.running_var' has negative variances
   10 |   norm.running_var: -1
      |                     ^^"""
    )


def test_a_number_beyond_the_type_is_refused() -> None:
    with pytest.raises(cnnstat.SpecError, match="beyond those of float32"):
        cnnstat.Network(cnnstat.loads(SPEC + "  conv.bias: 1e60\n"))


def test_a_delta_of_another_shape_is_refused_where_it_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(SPEC + "  norm.delta: [[1, 2, 3]]\n", encoding="utf-8")
    asked = ("trace", str(path), "--at", "conv", "--unit", "0,0,0")
    assert within(*asked).returncode == 0
    ended = within(*asked, "--backward")
    assert ended.returncode == 1
    assert "s.yaml:7:15: values/shape: 'norm.delta' is 2x2x2, got 1x3" in ended.stderr


def test_a_target_is_of_an_output_over_classes(tmp_path: Path) -> None:
    text = "input: [3]\nlayers: [{name: fc, type: linear, units: 4}]\nvalues: {fc.target: %s}\n"
    path = tmp_path / "s.yaml"
    asked = ("trace", str(path), "--at", "fc", "--unit", "0", "--backward")
    path.write_text(text % 2)
    assert "class 2" in within(*asked).stdout
    assert "class 1" in within(*asked, "--target", "1").stdout
    path.write_text(text % 4)
    assert "the classes are 0 to 3, got 4" in within(*asked).stderr
    assert written_targets(cnnstat.load(str(path)), 1, 5) == (4,)


TARGETS = "input: [3]\nlayers: [{name: fc, type: linear, units: 4}]\nvalues: {fc.target: %s%s}\n"
SAMPLES = ", input: [[1, 2, 3], [3, 2, 1]]"
ASKED = ("--at", "fc", "--unit", "2", "--backward")


@pytest.mark.parametrize(
    ("written", "more", "why"),
    [
        ("[2, 2]", "", "values/shape: 'fc.target' has 2 classes for 1 samples"),
        ("[2, 2, 2]", SAMPLES, "values/shape: 'fc.target' has 3 classes for 2 samples"),
        ("[[1, 2], [1, 2]]", SAMPLES, "values/shape: 'fc.target' is a class for each sample, got 2x2"),
        ("1.5", "", "values/type: 'fc.target' is a class from 0 on, got 1.5"),
        ("-1", "", "values/type: 'fc.target' is a class from 0 on, got -1"),
        ("4", "", "values/type: 'fc.target': the classes are 0 to 3, got 4"),
    ],
)
def test_a_target_that_is_no_class_is_refused_at_its_place(
    written: str, more: str, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "aimed.yaml"
    path.write_text(TARGETS % (written, more), encoding="utf-8")
    ended = within("trace", str(path), *ASKED)
    assert ended.returncode != 0
    assert "aimed.yaml:3:" in ended.stderr
    assert why in ended.stderr


def test_each_sample_has_its_target(tmp_path: Path) -> None:
    path = tmp_path / "aimed.yaml"
    path.write_text(TARGETS % ("[2, 0]", SAMPLES), encoding="utf-8")
    for sample, target in (("0", 2), ("1", 0)):
        assert f"class {target}" in within("trace", str(path), *ASKED, "--sample", sample).stdout
