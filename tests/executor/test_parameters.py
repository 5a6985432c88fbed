"""The numbers a network begins with: the same in both types, and none that rounding decides."""

from __future__ import annotations

import numpy as np
import pytest

import cnnstat
from cnnstat.executor.kernel import Context
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.mac_counter import MacCounter

STATISTICS = ("running_mean", "running_var")


@pytest.mark.parametrize("name", ["lenet5", "resnet20", "squeezenet1.1", "efficientnet-b0"])
@pytest.mark.parametrize("seed", range(2))
def test_what_is_drawn_is_rounded_once(name: str, seed: int) -> None:
    """In float32 it is the number of float64, rounded: drawn and scaled before it is."""
    shape = cnnstat.load(name).input_shape
    small = (shape[0], *(min(size, 64) for size in shape[1:]))
    single, double = (
        cnnstat.Network(name, seed=seed, dtype=dtype, input_shape=small) for dtype in ("float32", "float64")
    )
    assert (single.sample(2) == double.sample(2).astype(np.float32)).all()
    for tensor, value in double.parameters.items():
        if not tensor.endswith(STATISTICS):
            np.testing.assert_array_equal(single.parameters[tensor], value.astype(np.float32), tensor)


def test_statistics_of_few_positions_do_not_enlarge_rounding() -> None:
    """The last maps have four positions, and some of them happen to be close."""
    single, double = (
        cnnstat.Network("resnet50-v1.5", dtype=dtype, input_shape=(3, 64, 64))
        for dtype in ("float32", "float64")
    )
    for tensor, value in double.parameters.items():
        if tensor.endswith("running_var"):
            np.testing.assert_allclose(single.parameters[tensor], value, 2e-4, err_msg=tensor)
    x = double.sample(1)
    y, exact = (network.forward(x, backward=False) for network in (single, double))
    assert isinstance(y, np.ndarray)
    assert isinstance(exact, np.ndarray)
    assert np.abs(y - exact).max() < 1e-4 * np.abs(exact).max()


def first(x: object) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return KERNELS["batch_norm"].parameters((np.asarray(x),), {"affine": False}, rng).buffers


def test_a_variance_counts_as_many_values_as_it_is_from() -> None:
    # Variances 1 and 9 of two values each, beside 16 values of the mean variance, 5.
    buffers = first([[[[1.0, 3.0]], [[-3.0, 3.0]]]])
    np.testing.assert_allclose(buffers["running_mean"], [2, 0])
    np.testing.assert_allclose(buffers["running_var"], [(2 * 1 + 16 * 5) / 18, (2 * 9 + 16 * 5) / 18])


def test_a_variance_of_many_values_is_nearly_its_own() -> None:
    x = np.random.default_rng(1).standard_normal((1, 2, 100, 100)) * np.array([1, 10])[:, None, None]
    np.testing.assert_allclose(first(x)["running_var"], x.var((0, 2, 3)), 0.1)
    np.testing.assert_allclose(first(x)["running_mean"], x.mean((0, 2, 3)))


def test_without_spread_there_are_no_statistics() -> None:
    buffers = first(np.array([[[[2.0, 2.0]], [[1.0, 3.0]]]], np.float32))
    assert buffers["running_mean"].tolist() == [0, 2]
    assert buffers["running_var"][0] == 1
    assert {value.dtype for value in buffers.values()} == {np.dtype(np.float32)}


def test_statistics_are_of_the_type_of_what_they_are_from() -> None:
    """So that a network computes in one type."""
    x = np.random.default_rng(2).standard_normal((1, 3, 4, 4)).astype(np.float32)
    context = Context(MacCounter())
    y, _ = KERNELS["batch_norm"].forward((x,), first(x), {"eps": 1e-5, "momentum": 0.1}, context)
    assert y.dtype == np.float32
