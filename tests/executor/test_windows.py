"""Windows far wider than what they slide over: the taps that can read something are few."""

from __future__ import annotations

import random

import numpy as np
import pytest

import cnnstat
from cnnstat.executor.kernels.windows import Walk, walk

WIDE = 99_999


@pytest.mark.parametrize("seed", range(20))
def test_every_tap_that_reads_a_cell_is_among_those_reaching(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(100):
        length, kernel, stride, dilation = (rng.randint(1, 6) for _ in range(4))
        sides = (rng.randint(0, 9), rng.randint(0, 9))
        if (kernel - 1) * dilation + 1 > length + sum(sides):
            continue
        walked = walk(length, kernel, stride, dilation, sides, rng.choice(["floor", "ceil"]))
        reading = [tap for tap in walked.taps if walked.inside(tap)[0] != slice(0, 0)]
        assert set(reading) <= set(walked.reaching) <= set(walked.taps)


@pytest.mark.parametrize(
    ("wide", "same"),
    [
        (
            f"local_response_norm, size: {WIDE}, alpha: 2, divide_alpha: false",
            "local_response_norm, size: 5, alpha: 2, divide_alpha: false",
        ),
        (
            f"max_pool, kernel: {WIDE}, stride: 1, padding: {WIDE // 2}",
            "max_pool, kernel: 15, stride: 1, padding: 7",
        ),
        (
            f"avg_pool, kernel: {WIDE}, stride: 1, padding: {WIDE // 2}, count_padding: false",
            "avg_pool, kernel: 15, stride: 1, padding: 7, count_padding: false",
        ),
    ],
)
def test_a_window_beyond_both_ends_costs_what_the_axis_has(
    wide: str, same: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three channels of eight places: wider windows read the same cells, and no more taps are tried."""
    tried = 0
    inside = Walk.inside

    def counted(self: Walk, tap: int) -> tuple[slice, slice]:
        nonlocal tried
        tried += 1
        return inside(self, tap)

    monkeypatch.setattr(Walk, "inside", counted)
    found = []
    for layer in (wide, same):
        network = cnnstat.Network(cnnstat.loads(f"input: [3, 8]\nlayers: [{{type: {layer}}}]\n"))
        y = network.forward(network.sample())
        assert isinstance(y, np.ndarray)
        found += [y, network.backward(np.ones_like(y)).input]
    assert np.array_equal(found[0], found[2])
    assert np.array_equal(found[1], found[3])
    assert tried < 500
