"""`cnnstat.trace`: the same document as the command's, with arrays in place of files."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import cnnstat
from cnnstat.base.errors import ArgumentError
from cnnstat.commands.trace.formats import render
from tests.program import within

SPEC = """
input: [2, 4, 4]
layers:
  - {name: conv, type: conv, filters: 3, kernel: 3}
  - {type: relu}
  - {type: flatten}
  - {name: fc, type: linear, units: 3}
"""


def test_it_is_what_the_command_prints() -> None:
    found = cnnstat.trace("lenet5", "C3", (0, 4, 7), backward=True, weight=[0, 1, 1], target=3, seed=5)
    asked = "--at C3 --unit 0,4,7 --backward --weight 0,1,1 --target 3 --seed 5 --format json"
    printed = within("trace", "lenet5", *asked.split()).stdout
    assert json.loads(render(found, "json", width=None, colour=False)) == json.loads(printed)


def test_arrays_are_taken_as_a_network_takes_them() -> None:
    graph, rng = cnnstat.loads(SPEC), np.random.default_rng(1)
    x, kernel = rng.normal(size=(2, 2, 4, 4)), rng.normal(size=(3, 2, 3, 3))
    tensors = {"conv.weight": kernel, "conv.bias": np.ones(3)}
    for sample in (0, 1):
        found = cnnstat.trace(graph, "conv", (2, 1, 0), x=x, tensors=tensors, sample=sample)
        value = (x[sample, :, 1:4, 0:3] * kernel[2]).sum() + 1
        assert found.working.value == pytest.approx(value, rel=1e-12)
        assert found.executed == pytest.approx(value, rel=1e-12)
        assert (found.samples, found.sample) == (2, sample)


def test_inputs_have_names() -> None:
    text = "input: {a: [2], b: [2]}\nlayers: [{name: sum, type: add, from: [a, b]}]"
    x = {"a": np.array([[1.0, 2.0]]), "b": np.array([[10.0, 20.0]])}
    assert cnnstat.trace(cnnstat.loads(text), "sum", [1], x=x).working.value == pytest.approx(22)
    with pytest.raises(ValueError, match="expected the inputs a, b, got a"):
        cnnstat.trace(cnnstat.loads(text), "sum", [1], x={"a": x["a"]})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"at": 3}, "at: expected the name of a layer or an input, got 3"),
        ({"at": "cone"}, "did you mean 'conv'?"),
        ({"unit": "0,0,0"}, "unit: expected whole numbers from 0, got '0,0,0'"),
        ({"unit": 3}, "unit: expected whole numbers from 0, got 3"),
        ({"unit": (0, -1, 0)}, r"unit: expected whole numbers from 0, got \(0, -1, 0\)"),
        ({"unit": (0, 0)}, "has 3 coordinates, C,H,W; got 2"),
        ({"sample": 1}, "there are samples 0 to 0, not 1"),
        ({"sample": 0.5}, "sample: expected whole numbers"),
        ({"loss": "mse"}, "need backward=True"),
        ({"loss": "mae", "backward": True}, "loss: expected one of cross_entropy"),
        ({"target": 3, "backward": True}, "the network has the classes 0 to 2, not 3"),
        ({"dtype": "int8"}, "dtype: expected one of float32, float64"),
        ({"batch": 0}, "batch: expected 1 or more"),
        ({"batch": 2, "x": np.zeros((1, 2, 4, 4))}, "x brings its own"),
        ({"x": np.zeros((2, 4, 4))}, "expected a batch of shape"),
        ({"x": np.zeros((1, 2, 4, 4), complex)}, "expected real numbers"),
        ({"x": 5}, "expected a batch of shape Nx2x4x4"),
        ({"x": np.full((1, 2, 4, 4), np.nan)}, "numbers that are not finite"),
        ({"tensors": {"conv.weights": np.zeros(3)}}, "conv.weights"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], said: str) -> None:
    asked = {"at": "conv", "unit": (0, 0, 0), **given}
    with pytest.raises(ValueError, match=said) as caught:
        cnnstat.trace(cnnstat.loads(SPEC), **asked)
    assert given.keys() & {"x", "tensors"} or isinstance(caught.value, ArgumentError)
