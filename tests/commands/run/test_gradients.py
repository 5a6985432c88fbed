"""`cnnstat run --check-grad`: gradients that are wrong, right, or neither."""

from __future__ import annotations

import itertools
import json
import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnnstat.commands.run import proof as proving
from cnnstat.executor.kernel import Backward
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.measure.gradients import check_layers
from tests.commands.run.ended import data, inside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_a_wrong_gradient_is_named(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def off(*arguments: Any) -> Iterator[Any]:
        for number, checked in check_layers(*arguments):
            wrong = replace(checked, outcome="wrong", error=math.inf)
            yield number, wrong if checked.type == "linear" else checked

    monkeypatch.setattr(proving, "check_layers", off)
    code, text = inside(tiny, "--check-grad")
    assert code == 1
    assert text.splitlines()[-1] == "WRONG GRADIENT: fc (linear), input: off by inf; and 2 more gradients"
    assert "17 right, 3 wrong; largest relative error inf (tolerance 1e-06, complex step)" in text
    code, text = inside(tiny, "--check-grad", "--format", "json")
    assert code == 1
    assert [each["error"] for each in json.loads(text)["gradients"]["checked"] if not each["right"]] == [
        None
    ] * 3


def test_a_gradient_that_does_not_come_back_is_named(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here and without a check, for then the gradient of the loss cannot be right."""
    kernel = KERNELS["linear"]

    def forgetful(inputs: Any, params: Any, options: Any, context: Any) -> Any:
        y, way_back = kernel.forward(inputs, params, options, context)
        return y, way_back and Backward(lambda dy: (way_back(dy)[0], {"bias": way_back(dy)[1]["bias"]}), ())

    monkeypatch.setitem(KERNELS, "linear", replace(kernel, forward=forgetful))
    code, text = inside(tiny, "--check-grad")
    assert code == 1
    first = "WRONG GRADIENT: fc (linear), weight: no gradient comes back"
    assert text.splitlines()[-1] == f"{first}; and 2 more gradients"
    assert re.search(r"fc +weight +1,215 +– +no gradient comes back\n", text)
    assert "17 right, 3 wrong; largest relative error" in text
    code, text = inside(tiny, "--check-grad", "--format", "json")
    found = json.loads(text)
    assert code == 1
    assert not found["proved"]
    wrong = [each for each in found["gradients"]["checked"] if not each["right"]]
    assert [(each["layer"], each["tensor"]) for each in wrong] == [
        ("fc", "weight"),
        (None, "input"),
        (None, "parameters"),
    ]
    assert all(each["error"] is None and "no gradient comes back" in each["fault"] for each in wrong)
    code, text = inside(tiny)
    assert code == 1
    assert text.splitlines()[-1] == first


def test_a_check_that_does_not_happen_is_a_failure(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fewer(*arguments: Any) -> Iterator[Any]:
        yield from itertools.islice(check_layers(*arguments), 3)

    monkeypatch.setattr(proving, "check_layers", fewer)
    code, text = inside(tiny, "--check-grad")
    assert code == 1
    assert text.splitlines()[-1] == "NOT CHECKED: only 5 of 20 gradients were"
    code, text = inside(tiny, "--check-grad", "--format", "json")
    assert code == 1
    assert json.loads(text)["proved"] is False


def test_a_batch_is_two_samples_for_layers_unless_somebody_says_otherwise(
    tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    array = str(tmp_path / "x.npy")
    np.save(array, np.random.default_rng(0).standard_normal((2, 9, 9)))
    batches: list[int] = []

    def noting(network: Any, x: Any, plan: Any) -> Iterator[Any]:
        batches.append(len(x))
        yield from check_layers(network, x, plan)

    monkeypatch.setattr(proving, "check_layers", noting)
    for options in ((), ("--batch", "1"), ("--batch", "3"), ("--array", array), ("--training",)):
        found = data(tiny, "--check-grad", *options)
        assert found["gradients"]["wrong"] == 0
        assert found["proved"]
    assert batches == [2, 1, 3, 1, 2]


SHARES = """
input: [3, 4, 4]
layers:
  - {type: flatten}
  - {type: linear, units: 1000}
  - {type: softmax}
"""


@pytest.mark.parametrize("seed", range(6))
def test_an_infinite_loss_is_no_wrong_gradient(tmp_path: Path, seed: int) -> None:
    """Pixels of 0 to 255 make a probability zero, and its logarithm infinite."""
    path, array = tmp_path / "shares.yaml", str(tmp_path / "pixels.npy")
    path.write_text(SHARES, encoding="utf-8")
    np.save(array, np.random.default_rng(0).integers(0, 256, (3, 4, 4)))
    options = (str(path), "--array", array, "--seed", str(seed))
    found = data(*options, "--check-grad")
    assert found["proved"]
    infinite = found["loss"]["input_gradient_norm"] is None
    assert found["gradients"]["loss"] == ("projection" if infinite else "negative_log_likelihood")
    _, text = inside(*options, "--check-grad")
    assert ("not finite: numbers ran out of range" in text) == infinite
    assert ("so the gradients end to end are those of a projection" in text) == infinite
    assert infinite == (seed in INFINITE)


INFINITE = (1, 2, 4, 5)
"""Seeds whose loss is infinite on these pixels, or, for a probability of 1e-310, its slope is."""


def test_numbers_that_are_not_finite_are_not_called_wrong(tiny: str, tmp_path: Path) -> None:
    array = str(tmp_path / "x.npy")
    np.save(array, np.full((2, 9, 9), 1e308))
    code, text = inside(tiny, "--array", array, "--check-grad")
    assert code == 1
    last = text.splitlines()[-1]
    assert last.startswith("NOT CHECKED: ")
    assert "not checked, for the numbers there are not finite; and" in last
    assert "WRONG" not in text


CLOSE = """
input: [12]
layers:
  - {name: far, type: rbf, units: 2, repeat: 4, first: {units: 4}}
  - {name: part, type: norm}
blocks:
  norm:
    layers: [{type: layer_norm}]
"""
"""A norm of two numbers whose difference has hardly a digit left."""


def test_a_gradient_that_rounding_hides_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    path = tmp_path / "close.yaml"
    path.write_text(CLOSE, encoding="utf-8")
    found = data(str(path), "--check-grad", "--seed", "2")["gradients"]
    hidden = [checked for checked in found["checked"] if not checked["right"]]
    assert [(each["layer"], each["tensor"]) for each in hidden] == [
        ("part.layer_norm1", "input"),
        (None, "input"),
    ]
    assert all(each["error"] is None and each["fault"] == "not measurable: rounding" for each in hidden)
    right = found["to_check"] - 2
    assert (found["wrong"], found["not_measurable"]) == (0, 2)
    code, text = inside(str(path), "--check-grad", "--seed", "2", "--depth", "1")
    assert code == 0
    assert f"{right} right, 2 not measurable: rounding; largest" in text
    assert text.splitlines()[-1].endswith(f"{right} gradients are right, 2 not measurable: rounding")


@pytest.mark.parametrize("options", [(), ("--method", "central"), ("--training", "--batch", "2")])
def test_gradients(tiny: str, options: tuple[str, ...]) -> None:
    found = data(tiny, "--check-grad", "--elements", "2", *options)["gradients"]
    assert found["wrong"] == 0
    assert len(found["checked"]) == found["to_check"]
    assert {checked["tensor"] for checked in found["checked"]} == {"input", "weight", "bias", "parameters"}
    assert all(checked["elements"] is not None for checked in found["checked"] if checked["layer"])


@pytest.mark.parametrize("loss", ["cross_entropy", "mse", "rbf", "projection"])
def test_any_loss_that_fits(tiny: str, loss: str) -> None:
    found = data(tiny, "--loss", loss, "--check-grad")
    assert found["loss"]["name"] == loss
    assert found["gradients"]["wrong"] == 0
