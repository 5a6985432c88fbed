"""Bundled networks against PyTorch: counts at full size, and in float64 at a small one all numbers to 1e-9.

Run with `pytest -m torch tests/zoo -s`; without PyTorch the tests are skipped.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

import pytest

import cnnstat
from tests.zoo.networks import NETWORKS, builder

TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def comparison() -> Any:
    if find_spec("torch") is None:
        pytest.skip("PyTorch is missing")
    return importlib.import_module("tests.zoo.comparison")


@pytest.mark.torch
@pytest.mark.parametrize("name", NETWORKS)
def test_counts_are_those_of_pytorch(comparison: Any, name: str) -> None:
    analysis = cnnstat.analyze(name)
    counts = analysis.totals.counts
    found = comparison.counts(builder(name), analysis.graph.input_shapes)
    print(f"\n{name}: {counts.params:,} parameters, {counts.macs:,} multiply-adds")
    assert (counts.params, counts.macs) == found


@pytest.mark.torch
@pytest.mark.parametrize("name", NETWORKS)
def test_numbers_are_those_of_pytorch(comparison: Any, name: str) -> None:
    found = dict(comparison.differences(name, builder(name, small=True), NETWORKS[name].small))
    worst = max(found, key=lambda tensor: found[tensor])
    print(f"\n{name}: {len(found)} tensors, worst {worst} {found[worst]:.1e}")
    assert not {tensor: value for tensor, value in found.items() if not value <= TOLERANCE}
