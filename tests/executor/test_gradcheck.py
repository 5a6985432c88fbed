"""The gradient check raises no false alarm: seeds, both methods, every architecture, training, losses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cnnstat
from cnnstat.bridge.gradients import check_gradients
from cnnstat.bridge.program import Network
from cnnstat.executor.choices import PROJECTION
from cnnstat.executor.loss import FLOOR, LOSSES, chosen, evaluate, objective, sloping_objective, softmax
from cnnstat.executor.measure.end_to_end import check_end_to_end
from cnnstat.executor.measure.gradients import CONSTANT, NOT_FINITE, Plan, check_layers, outcome_of
from tests.small import EVERY_TYPE, every_architecture, reduced

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.measure.gradients import Checked

STEP = 1e-30
EXACT = 1e-12
"""What a complex step leaves as rounding in a shallow network."""


def worst(checks: tuple[Checked, ...]) -> float:
    """Return the largest error; NaN counts as large."""
    errors = [checked.error for checked in checks] + [c.elements for c in checks if c.elements is not None]
    return max(math.inf if error != error else error for error in errors)


# -- no false alarms -----------------------------------------------------------------------------------

LENET = 28
"""Tensors of LeNet-5: 14 layers' inputs, weight and bias of six, and the two ends."""


@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_seeds_raise_no_alarm(seed: int) -> None:
    checks = check_gradients("lenet5", seed=seed)
    assert len(checks) == LENET
    assert worst(checks) < EXACT


@pytest.mark.parametrize("seed", range(5))
def test_central_differences_raise_no_alarm(seed: int) -> None:
    checks = check_gradients("lenet5", seed=seed, method="central")
    assert len(checks) == LENET
    assert all(checked.good for checked in checks)


HEAVY = (
    "alexnet",
    "convnext-tiny",
    "densenet121",
    "fcn32s",
    "googlenet",
    "inception-v3",
    "unet",
    "vgg11",
    "yolov2",
)
"""Networks of many parameters or large maps, whatever the input."""


@pytest.mark.parametrize("name", every_architecture(*HEAVY))
def test_architectures_raise_no_alarm(name: str) -> None:
    graph, shape = reduced(name)
    checks = check_gradients(graph, input_shape=shape)
    assert all(checked.good for checked in checks), max(checks, key=lambda checked: checked.error)
    layers = {checked.layer for checked in checks}
    assert layers == {node.path for node in graph.layers} | {""}


@pytest.mark.parametrize("method", ["complex", "central"])
def test_every_layer_type_in_one_network(method: str) -> None:
    checks = check_gradients(cnnstat.loads(EVERY_TYPE), method=method, batch=2)
    assert all(checked.good for checked in checks)


def test_single_elements_are_checked_too() -> None:
    checks = check_gradients("lenet5", elements=3)
    assert all(checked.elements is not None for checked in checks if checked.layer)
    assert worst(checks) < EXACT


def test_more_elements_than_there_are_is_all_of_them() -> None:
    graph = cnnstat.loads("input: [2]\nlayers: [{type: linear, units: 2}]\n")
    checks = check_gradients(graph, elements=99, method="central")
    assert all(checked.good and checked.elements is not None for checked in checks if checked.layer)


# -- training ------------------------------------------------------------------------------------------

TRAINED = """
input: [3, 8, 6]
layers:
  - {type: conv, filters: 4, kernel: 3, padding: 1}
  - {type: batch_norm}
  - {type: relu}
  - {type: dropout, rate: 0.3}
  - {name: x, type: conv, filters: 4, kernel: 3, padding: 1}
  - {type: batch_norm}
  - {name: path, type: drop_path, rate: 0.4}
  - {type: add, from: [x, path]}
  - {type: flatten}
  - {type: linear, units: 5}
"""


@pytest.mark.parametrize("method", ["complex", "central"])
@pytest.mark.parametrize("seed", range(4))
def test_training_raises_no_alarm(method: str, seed: int) -> None:
    graph = cnnstat.loads(TRAINED)
    checks = check_gradients(graph, seed=seed, method=method, training=True, batch=2)
    assert all(checked.good for checked in checks), max(checks, key=lambda checked: checked.error)


def test_a_trained_resnet_raises_no_alarm() -> None:
    assert all(checked.good for checked in check_gradients("resnet20", training=True, batch=2))


def test_training_is_another_network() -> None:
    """Dropout draws and batch norm looks at the batch, so it is not the network of inference."""
    network = Network(cnnstat.loads(TRAINED), dtype="float64")
    x = network.sample(2)
    plain, trained = (next(iter(check_end_to_end(network, x, Plan(training=t)))) for t in (False, True))
    assert plain.good
    assert trained.good
    assert plain.error != trained.error


def test_a_check_leaves_the_statistics_alone() -> None:
    network = Network(cnnstat.loads(TRAINED), dtype="float64")
    x, plan = network.sample(2), Plan(training=True)
    before = {name: value.copy() for name, value in network.parameters.items()}
    assert all(checked.good for _, checked in check_layers(network, x, plan))
    assert all(checked.good for checked in check_end_to_end(network, x, plan))
    assert all((network.parameters[name] == value).all() for name, value in before.items())
    # What a check has to put back is indeed moved by a pass in training.
    network.forward(x, training=True)
    moved = {name for name, value in before.items() if (network.parameters[name] != value).any()}
    assert {name.rpartition(".")[2] for name in moved} == {"running_mean", "running_var"}


def test_nan_is_an_alarm() -> None:
    assert outcome_of(math.nan) == "wrong"
    assert outcome_of(0.0, math.nan) == "wrong"


def test_a_network_of_one_position_is_not_rounding_alone() -> None:
    """Batch norm at its own mean would put every ReLU on its kink: rounding would then decide the slope."""
    layers = "{type: conv, filters: 4, kernel: 3}, {type: batch_norm}, {type: relu}"
    graph = cnnstat.loads(f"input: [2, 3, 3]\nlayers: [{layers}, {{type: conv, filters: 2, kernel: 1}}]\n")
    network = Network(graph, dtype="float64")
    (output,) = (
        visit.output for visit in network.visits(network.sample(1)) if visit.step.type == "batch_norm"
    )
    assert (np.abs(output) > 1e-6).all()
    assert all(checked.good for checked in check_gradients(graph))


# -- losses --------------------------------------------------------------------------------------------

CLASSES = np.array([2, 0, 4])


def scores(name: str) -> Array:
    """Return numbers of the kind a loss expects: probabilities, logarithms of them, distances or logits."""
    y = np.random.default_rng(3).standard_normal((3, 5)) * 2
    shares = softmax(y)
    kinds: dict[str, Array] = {
        "cross_entropy": y,
        "negative_log_likelihood": shares,
        "nll_of_logarithms": np.log(shares),
        "mse": y * y,
        "rbf": y * y,
    }
    return kinds[name]


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_of_a_loss_is_its_slope(name: str) -> None:
    loss, y = LOSSES[name], scores(name)
    gradient = loss.gradient(y, CLASSES)
    assert gradient.shape == y.shape
    assert gradient.any()
    for place in np.ndindex(*y.shape):
        moved = y.astype(complex)
        moved[place] += 1j * STEP
        slope = float(loss.value(moved, CLASSES).imag) / STEP
        assert gradient[place] == pytest.approx(slope, rel=1e-14, abs=1e-15)


def test_cross_entropy_by_hand() -> None:
    # exp: 1, 2, 5 of 8 and 3, 1, 4 of 8; classes 2 and 0: -log 5/8 and -log 3/8
    y = np.log(np.array([[1.0, 2, 5], [3, 1, 4]]))
    classes = np.array([2, 0])
    value = (math.log(8 / 5) + math.log(8 / 3)) / 2
    assert float(LOSSES["cross_entropy"].value(y, classes)) == pytest.approx(value, rel=1e-15)
    gradient: Array = np.array([[1, 2, 5 - 8], [3 - 8, 1, 4]]) / 16
    np.testing.assert_allclose(LOSSES["cross_entropy"].gradient(y, classes), gradient, atol=1e-15)


def test_three_losses_are_one() -> None:
    """From logits, from probabilities and from their logarithms the cross-entropy is the same number."""
    y = scores("cross_entropy")
    expected = float(LOSSES["cross_entropy"].value(y, CLASSES))
    assert float(LOSSES["negative_log_likelihood"].value(softmax(y), CLASSES)) == pytest.approx(expected)
    assert float(LOSSES["nll_of_logarithms"].value(np.log(softmax(y)), CLASSES)) == pytest.approx(expected)


def test_cross_entropy_of_large_numbers() -> None:
    y = np.array([[1000.0, 0.0], [-1000.0, 0.0]])
    assert float(LOSSES["cross_entropy"].value(y, np.array([1, 0]))) == 1000
    np.testing.assert_array_equal(LOSSES["cross_entropy"].gradient(y, np.array([0, 1])), 0)


def test_equations_8_and_9_of_lenet() -> None:
    """LeCun et al. 1998: E = mean of y_D, and with log(exp(-j) + sum over i of exp(-y_i)) added."""
    y, classes = np.array([[0.5, 3.0, 1.0], [2.0, 0.25, 4.0]]), np.array([0, 1])
    pushed = [math.log(math.exp(-FLOOR) + sum(math.exp(-v) for v in row)) for row in y.tolist()]
    assert float(LOSSES["mse"].value(y, classes)) == (0.5 + 0.25) / 2
    expected = (0.5 + pushed[0] + 0.25 + pushed[1]) / 2
    assert float(LOSSES["rbf"].value(y, classes)) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("lenet5", "rbf"),
        ("resnet20", "cross_entropy"),
        ("alexnet", "negative_log_likelihood"),
        ("unet", PROJECTION),
    ],
)
def test_the_loss_suits_the_last_layer(name: str, loss: str) -> None:
    kind = cnnstat.load(name).nodes[-1].type
    outputs = (np.zeros((1, 10) if name != "unet" else (1, 2, 3, 3)),)
    assert chosen(kind, outputs) == loss


@pytest.mark.parametrize("loss", [*LOSSES, PROJECTION])
def test_every_loss_goes_end_to_end(loss: str) -> None:
    # A softmax makes probabilities, which every loss can take.
    layers = "{type: linear, units: 4}, {type: softmax}"
    network = Network(cnnstat.loads(f"input: [6]\nlayers: [{layers}]\n"), dtype="float64")
    checks = list(check_end_to_end(network, network.sample(3), Plan(), loss))
    assert [checked.tensor for checked in checks] == ["input", "parameters"]
    assert all(checked.error < EXACT for checked in checks)


def test_targets_come_from_the_seed() -> None:
    y = (np.zeros((40, 10)),)
    first, again, other = (objective("cross_entropy", y, seed).targets[0] for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


FORK = """
input: [2, 6, 6]
layers:
  - {name: a, type: conv, filters: 3, kernel: 3}
  - {name: b, type: conv, filters: 3, kernel: 1}
  - {type: add, from: [a, b]}
  - {type: flatten}
  - {type: linear, units: 1}
%s"""


@pytest.mark.parametrize("loss", [None, "cross_entropy"])
def test_one_output_unit_is_checked_end_to_end(loss: str | None) -> None:
    """With one class cross entropy is always 0: a gradient that misses a fork would be right as well."""
    network = Network(cnnstat.loads(FORK % ""), dtype="float64")
    x = network.sample(1)
    checks = list(check_end_to_end(network, x, Plan(), loss))
    assert all(checked.good and checked.loss == PROJECTION for checked in checks)
    found = evaluate(network, x, seed=0)
    assert found.name == PROJECTION
    assert found.gradient_norm > 0


def test_a_class_far_above_all_others_leaves_cross_entropy_no_slope() -> None:
    y = (np.array([[1000.0, 0.0]]), np.array([[0.0, 1000.0]]))
    assert {sloping_objective("cross_entropy", (scores,), 0).name for scores in y} == {
        "cross_entropy",
        PROJECTION,
    }


def test_a_network_that_puts_out_a_constant_proves_nothing_end_to_end() -> None:
    network = Network(cnnstat.loads(FORK % "  - {type: softmax}\n"), dtype="float64")
    checks = list(check_end_to_end(network, network.sample(1), Plan()))
    assert [(checked.fault, checked.outcome) for checked in checks] == [(CONSTANT.why, "not measurable")] * 2
    assert not any(checked.wrong for checked in checks)


@pytest.mark.parametrize("kind", ["softplus", "mish", "softsign"])
def test_a_layer_at_zero_raises_no_alarm(kind: str) -> None:
    """Behind a ReLU many numbers are exactly 0, where a complex step has to keep the slope."""
    text = f"input: [40]\nlayers: [{{type: relu}}, {{type: relu}}, {{name: at0, type: {kind}}}]\n"
    checks = check_gradients(cnnstat.loads(text))
    assert all(checked.good for checked in checks if checked.layer == "at0")


def test_an_infinite_slope_is_not_checked() -> None:
    text = "input: [40]\nlayers: [{type: relu}, {name: root, type: power, exponent: 0.5}]\n"
    (found,) = (checked for checked in check_gradients(cnnstat.loads(text)) if checked.layer == "root")
    assert (found.fault, found.outcome, found.good) == (NOT_FINITE.why, "not checked", False)


def test_what_is_no_number_is_not_checked_behind_it_either() -> None:
    """The square root of a negative number is none; a parameter reads of its input no more than the size."""
    text = "input: [3]\nlayers: [{type: power, exponent: 0.5}, {name: last, type: parameter}]"
    checks = check_gradients(cnnstat.loads(text), seed=1)
    assert all(checked.outcome != "wrong" for checked in checks)
    outcomes = {(checked.layer, checked.tensor): checked.outcome for checked in checks}
    assert outcomes["last", "input"] == "not checked"


def test_an_input_that_changes_nothing_has_a_gradient_of_zeros() -> None:
    text = """
input: {image: [1, 4, 4], clicks: [1, 2]}
layers:
  - {name: seen, type: relu, from: image}
  - {name: aside, type: relu, from: clicks, unused: true}
  - {name: last, type: relu, from: seen}
"""
    network = Network(cnnstat.loads(text), seed=0)
    y = network.forward(network.sample(batch=3))
    gradients = network.backward(np.ones_like(y)).input
    assert gradients["clicks"].shape == (3, 1, 2)
    assert not gradients["clicks"].any()
    assert all(not checked.wrong for checked in check_gradients(cnnstat.loads(text), seed=0))
