"""A gradient that rounding hides is neither right nor wrong; a wrong one is wrong, whatever the numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnnstat
from cnnstat.bridge.gradients import check_gradients
from cnnstat.bridge.program import Network
from cnnstat.executor.kernel import Backward, quiet
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.kernels.special import erf
from cnnstat.executor.measure.derivatives import Difference, Near, judge, norm
from cnnstat.executor.measure.end_to_end import check_end_to_end
from cnnstat.executor.measure.gradients import ROUNDING, Plan

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.measure.gradients import Checked

EQUAL = """
input: [3, 1, 1]
layers: [{type: relu}, {type: relu}, {type: adaptive_max_pool, size: 3}, {type: group_norm, groups: 3}]
"""
"""A norm of nine equal values: its gradient adds up to zero, but for rounding times 1/sqrt(eps) = 316."""
CLOSE = """
input: [12]
layers: [{type: rbf, units: 2, repeat: $count, first: {units: 4}}, {type: layer_norm}]
params: {count: 3}
"""
"""Values up to 1e31 that are close: their difference has lost all digits but a few, or all."""
LARGE = """
input: [4]
params: {count: 6}
layers:
  - {name: small, type: linear, units: 3}
  - {name: squares, type: rbf, units: 3, repeat: $count, from: input}
  - {name: both, type: concat, from: [small, squares]}
  - {name: last, type: scaled_tanh}
"""
"""Numbers up to 1e200 beside some of size 1, which is where the tangent has a slope."""

CONSTANT = [
    "input: [1, 6, 8]\nlayers: [{type: layer_norm, axes: channels}, {type: instance_norm}]",
    """
input: [1, 6, 8]
layers:
  - {type: global_avg_pool}
  - {type: upsample, size: 4}
  - {type: conv, filters: 4, kernel: 1}
  - {type: instance_norm}
""",
    """
input: [1, 2, 3]
layers: [{type: layer_norm, axes: channels}, {type: instance_norm}, {type: flatten}, {type: softmax}]
""",
]
"""A norm of equal values, which stay equal when they move: gradients are zero, but for rounding of dy."""


def checks_of(text: str, *, seed: int, count: int | None = None, **how: Any) -> tuple[Checked, ...]:
    graph = cnnstat.loads(text, params=None if count is None else {"count": count})
    return check_gradients(graph, seed=seed, batch=2, **how)


@pytest.mark.parametrize("seed", range(3))
def test_a_norm_over_equal_values(seed: int) -> None:
    checks = checks_of(EQUAL, seed=seed)
    assert not any(checked.wrong for checked in checks)
    assert all(checked.good for checked in checks if checked.layer)


@pytest.mark.parametrize("method", ["complex", "central"])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_a_norm_over_close_values(count: int, seed: int, method: str) -> None:
    checks = checks_of(CLOSE, seed=seed, count=count, method=method, elements=2)
    assert not any(checked.wrong for checked in checks)
    assert any(checked.good for checked in checks)


@pytest.mark.parametrize("method", ["complex", "central"])
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("text", CONSTANT)
def test_a_norm_over_what_stays_equal(text: str, seed: int, method: str) -> None:
    checks = checks_of(text, seed=seed, method=method)
    assert not any(checked.wrong for checked in checks)
    assert all(checked.good for checked in checks if checked.layer)


SATURATED = """
input: [9, 8, 7]
layers:
  - {type: matmul, from: [input, input], transpose_b: true}
  - {type: matmul, from: [matmul1, matmul1]}
  - {type: matmul, from: [matmul2, matmul2], transpose_a: true}
  - {type: sigmoid}
"""
"""Eighth powers: most sigmoids are 0 or 1, and those almost 1 have lost digits of y(1 - y) that x has."""
COMMON = """
input: [7]
blocks:
  block0:
    outputs: {main: b3, side: b2}
    layers:
      - {name: b0, type: leaky_relu, from: input}
      - {name: b1, type: slice, from: b0, stop: 7}
      - {name: b2, type: relu, from: b1}
      - {name: b3, type: parameter, from: b2}
layers:
  - {name: n0, type: slice, from: input, stop: 2}
  - {name: n1, type: dropout, from: input, rate: 0.5}
  - {name: n2, type: block0, from: n1, unused: true}
  - {name: n3, type: batch_norm, from: n2, momentum: 1.0}
  - {name: n4, type: reshape, from: [n3, n2.main]}
  - {name: n5, type: slice, from: n4, start: 3}
  - {name: n6, type: multiply, from: [n5, n5, n5]}
outputs: [n0, n6]
"""
"""A norm subtracts what is added to all samples alike: the parameter has no slope, but the curve bends."""


@pytest.mark.parametrize("seed", [15, 19, 25, 30])
def test_what_saturates(seed: int) -> None:
    """No neighbouring point shows what rounding does to y(1 - y): all of them have the same y."""
    checks = checks_of(SATURATED, seed=seed)
    assert not any(checked.wrong for checked in checks)


@pytest.mark.parametrize("method", ["complex", "central"])
@pytest.mark.parametrize("seed", [2, 3, 24, 90])
def test_a_slope_beside_a_bend(seed: int, method: str) -> None:
    """A step so small that the bend is no matter leaves the slope of a loss of 1 no digits."""
    checks = checks_of(COMMON, seed=seed, method=method, training=True)
    assert not any(checked.wrong for checked in checks)


KINKS = """
input: [5, 5, 6, 4]
layers:
  - {name: n0, type: relu}
  - {name: n1, type: scaled_tanh}
  - {name: n5, type: maximum, from: [n1, n1]}
"""
"""1,200 pairs of numbers that are moved apart a little: of some, the last step crosses the kink."""


@pytest.mark.parametrize("seed", [141, 171, 203, 315])
def test_a_kink_nearer_than_any_step(seed: int) -> None:
    checks = checks_of(KINKS, seed=seed, method="central")
    assert not any(checked.wrong for checked in checks)


def test_what_rounding_hides_is_said() -> None:
    """It is neither right nor wrong, and of no size."""
    hidden = [checked for checked in checks_of(CLOSE, seed=2, count=4) if not checked.good]
    assert {(checked.layer, checked.tensor) for checked in hidden} == {
        ("layer_norm1", "input"),
        ("", "input"),
    }
    for checked in hidden:
        assert (checked.fault, checked.outcome) == (ROUNDING.why, "not measurable")
        assert not checked.measurable
        assert not checked.wrong
        assert np.isnan(checked.error)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("count", [2, 5, 6, 7, 8])
def test_large_numbers_beside_small_ones(count: int, seed: int) -> None:
    """A step that is small beside a million is no small step for the number one beside it."""
    checks = checks_of(LARGE, seed=seed, count=count)
    assert not any(checked.wrong for checked in checks)
    (last,) = (checked for checked in checks if checked.layer == "last")
    assert last.good


def test_the_length_of_large_numbers() -> None:
    with quiet():
        assert norm(np.array([3e200, 4e200])) == pytest.approx(5e200)
        assert norm(np.array([3e-200, 4e-200])) == pytest.approx(5e-200)
    assert norm(np.zeros(3)) == 0
    assert np.isnan(norm(np.array([np.nan, 1])))


# -- what is wrong stays wrong -------------------------------------------------------------------------


def wrong_by(factor: float, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the gradient of the input of all layers of a type be too large."""
    kernel = KERNELS[kind]

    def forward(inputs: Any, params: Any, options: Any, context: Any) -> Any:
        y, way_back = kernel.forward(inputs, params, options, context)
        assert way_back is not None or not context.backward

        def rule(dy: Array) -> Any:
            assert way_back is not None
            (dx,), gradients = way_back(dy)
            return (factor * dx,), gradients

        return y, way_back and Backward(rule, ())

    monkeypatch.setitem(KERNELS, kind, replace(kernel, forward=forward))


TIED = """
input: [3, 1, 1]
layers:
  - {name: wide, type: adaptive_avg_pool, size: 4}
  - {name: pool, type: max_pool, kernel: 2, stride: 2}
  - {type: conv, filters: 2, kernel: 1}
"""


@pytest.mark.parametrize("factor", [-1.0, 0.0, 2.0, 1.001, 1 + 1e-5])
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (TIED, "max_pool"),
        (EQUAL, "group_norm"),
        (LARGE, "rbf"),
        (LARGE, "scaled_tanh"),
        (CLOSE, "rbf"),
        (SATURATED, "sigmoid"),
    ],
)
def test_a_wrong_gradient_is_no_rounding(
    text: str, kind: str, factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where values are equal, too: then the last digit decides whose gradient it is."""
    wrong_by(factor, kind, monkeypatch)
    wrong = {checked.type for checked in checks_of(text, seed=0) if checked.wrong and checked.layer}
    assert wrong == {kind}


CLASSES = """
input: [2, 5, 5]
layers:
  - {type: conv, filters: 3, kernel: 3}
  - {type: batch_norm}
  - {type: tanh}
  - {type: flatten}
  - {type: linear, units: 4}
"""


@pytest.mark.parametrize("method", ["complex", "central"])
@pytest.mark.parametrize("loss", ["cross_entropy", "projection", "mse"])
@pytest.mark.parametrize("factor", [-1.0, 0.0, 1 + 1e-5])
def test_a_wrong_gradient_is_no_rounding_end_to_end(
    factor: float, loss: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loss moves with the last digits, too, and its slope must not hide what is wrong."""
    wrong_by(factor, "tanh", monkeypatch)
    network = Network(cnnstat.loads(CLASSES), dtype="float64")
    checks = list(check_end_to_end(network, network.sample(2), Plan(method), loss))
    assert {checked.loss for checked in checks} == {loss}
    assert [checked.tensor for checked in checks if checked.wrong] == ["input", "parameters"]


def differing(noise: float, *, at_ties: float = 0.0, elsewhere: float = 0.0) -> Any:
    """Return what takes the difference of a gradient and a slope near [1, 1]: off by something, and noise."""

    def at(near: Near) -> Difference:
        x = near(np.ones(2), "x")
        tied = abs(x[0] - x[1]) < 1e-14
        digits = float(x[0] * 2**52 % 64) / 64 - 0.5
        return Difference((at_ties if tied else elsewhere) + noise * digits, 1.0)

    return at


@pytest.mark.parametrize(
    ("at", "swamped"),
    [
        (differing(0.1), True),
        (differing(1e-4), False),
        (differing(1e-4, elsewhere=0.1), False),  # off everywhere
        (differing(1e-4, at_ties=0.1), False),  # off at a tie only
        (differing(0.1, elsewhere=10), False),  # more than rounding does
        (lambda near: Difference(float("nan"), 1.0), False),
    ],
)
def test_a_difference_is_rounding_if_it_changes_with_the_last_digits(at: Any, swamped: bool) -> None:
    found = judge(Difference(0.1, 1.0), at, 0)
    assert (found.swamped, found.wrong) == (swamped, not swamped)


def test_more_digits_are_more_for_every_activation() -> None:
    """A table with fewer terms would call a right gradient wrong there, or a wrong one rounding."""
    x = np.linspace(-3, 3, 101)
    assert np.abs(erf(x.astype(np.longdouble)) - erf(x)).max() < 1e-15


def test_what_is_given_in_float64_runs_in_the_type_of_the_network() -> None:
    network = Network(cnnstat.loads("input: [2, 3]\nlayers: [{type: relu}]"), dtype="float32")
    assert np.asarray(network.forward(np.ones((1, 2, 3)))).dtype == np.float32
