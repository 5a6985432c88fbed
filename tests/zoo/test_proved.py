"""Networks proved by execution at a small input: every figure that is calculated, and every gradient."""

from __future__ import annotations

import pytest

import cnnstat
from tests.zoo.networks import NETWORKS


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * each.heavy) for name, each in NETWORKS.items()],
)
def test_figures_are_those_measured(name: str) -> None:
    verification = cnnstat.verify(name, input_shape=NETWORKS[name].small)
    assert verification.differences == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_are_slopes(name: str) -> None:
    checked = cnnstat.check_gradients(name, input_shape=NETWORKS[name].small)
    worst = max(checked, key=lambda each: each.error)
    print(f"\n{name}: {len(checked)} gradients, worst {worst.layer}.{worst.tensor} {worst.error:.1e}")
    assert not [each for each in checked if not each.good]
