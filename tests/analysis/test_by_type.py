"""Sums by type, against the rows they are made of."""

from __future__ import annotations

import cnnstat
from cnnstat.analysis.by_type import both_by_type, by_type, counts_by_type

LAYERS = """
input: [2, 4, 4]
layers:
  - {type: relu}
  - {type: conv, filters: 3, kernel: 1, bias: false}
  - {type: relu}
  - {type: conv, filters: 1, kernel: 4, bias: false}
"""


def test_types_stand_in_order_with_the_sums_of_their_layers() -> None:
    analysis = cnnstat.analyze(cnnstat.loads(LAYERS))
    assert by_type(analysis.rows, range(4)) == {"relu": [0, 2], "conv": [1, 3]}
    found = counts_by_type(analysis)
    assert list(found) == ["relu", "conv"]
    layers, counts = found["conv"]
    assert (layers, counts.params, counts.macs) == (2, 6 + 48, 6 * 16 + 48)
    assert found["relu"][1].comparisons == 32 + 48


def test_types_of_two_networks_begin_with_most_work() -> None:
    a = cnnstat.analyze(cnnstat.loads(LAYERS))
    b = cnnstat.analyze(
        cnnstat.loads("input: [2]\nlayers:\n  - {type: tanh}\n  - {type: linear, units: 2}\n")
    )
    found = {kind: (before[0], after[0]) for kind, before, after in both_by_type(a, b)}
    assert found == {"conv": (2, 0), "linear": (0, 1), "relu": (2, 0), "tanh": (0, 1)}
    assert list(found) == ["conv", "linear", "relu", "tanh"]
