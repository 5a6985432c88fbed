"""What a run decides for all its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import cnnstat

if TYPE_CHECKING:
    import pytest

NETWORK = """
input: [1, 8, 8]
layers:
  - {type: dropout, rate: 0.5}
  - {type: relu}
  - {type: dropout, rate: 0.5}
"""


def test_only_what_draws_seeds_a_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    """To seed one takes longer than many a layer of a small network."""
    network = cnnstat.Network(cnnstat.loads(NETWORK))
    x = network.sample()
    seeds: list[Any] = []
    default_rng = np.random.default_rng

    def noted(seed: Any) -> np.random.Generator:
        seeds.append(seed)
        return default_rng(seed)

    monkeypatch.setattr(np.random, "default_rng", noted)
    network.forward(x)
    assert seeds == []
    network.forward(x, training=True)
    assert len(seeds) == 2


def test_dropout_draws_anew_for_each_layer_and_each_pass() -> None:
    network, again = (cnnstat.Network(cnnstat.loads(NETWORK), seed=4) for _ in range(2))
    x = np.ones((1, 1, 8, 8), np.float32)
    passes = [network.forward(x, training=True) for _ in range(2)]
    assert not np.array_equal(passes[0], passes[1])
    assert np.array_equal(passes[0], again.forward(x, training=True))
    assert {0.0, 4.0} == set(np.unique(passes[0]))  # what one mask keeps the other drops at times
    assert 8 < np.count_nonzero(passes[0]) < 24
