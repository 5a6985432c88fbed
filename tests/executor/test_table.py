"""A convolution by table is one whose missing connections are zeros, computed without these."""

from __future__ import annotations

import random

import numpy as np
import pytest

from cnnstat.executor.kernel import Context
from cnnstat.executor.kernels import KERNELS, im2col
from cnnstat.executor.mac_counter import MacCounter
from tests.executor.cases import LENET

DRAW = random.Random(3)
TABLES = {
    "lenet": LENET,
    "all": (tuple(range(6)),) * 5,
    "one map twice as often": ((0,), (0, 1), (2, 1), (5,)),
    "out of order": ((4, 0, 2), (1, 0), (2, 4, 0), (3,)),
    **{
        f"random {i}": tuple(tuple(DRAW.sample(range(6), DRAW.randint(1, 6))) for _ in range(7))
        for i in range(4)
    },
}
CONV = KERNELS["conv"]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_leaves_out_connections(table: tuple[tuple[int, ...], ...]) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 6, 8, 7))
    common = {"filters": len(table), "kernel": (3, 2), "stride": 2, "padding": 1, "dilation": 1, "groups": 1}
    options = {**common, "bias": True, "table": table}
    params = CONV.parameters((x,), options, rng).all
    dense = {"weight": np.zeros((len(table), 6, 3, 2)), "bias": params["bias"]}
    filters = [number for number, row in enumerate(table) for _ in row]
    maps = [map_ for row in table for map_ in row]
    dense["weight"][filters, maps] = params["weight"]
    counter = MacCounter()
    y, back = CONV.forward((x,), params, options, Context(counter))
    expected, expected_back = CONV.forward((x,), dense, {**options, "table": None}, Context(MacCounter()))
    assert counter.macs == y[:, 0].size * len(maps) * 3 * 2
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)
    assert back is not None
    assert expected_back is not None
    dy = rng.standard_normal(y.shape)
    ((dx,), of), ((dense_dx,), of_dense) = back(dy), expected_back(dy)
    np.testing.assert_allclose(dx, dense_dx, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(of["weight"], of_dense["weight"][filters, maps], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(of["bias"], of_dense["bias"], rtol=1e-12, atol=1e-12)


def test_maps_that_the_same_filters_read_are_multiplied_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not filter by filter, each with a copy of all its maps."""
    read: list[tuple[int, ...]] = []
    correlate = im2col.correlate

    def counted(x: np.ndarray, w: np.ndarray, *more: object) -> np.ndarray:
        read.append(w.shape[:2])
        return correlate(x, w, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(im2col, "correlate", counted)
    x = np.ones((1, 6, 5, 5), np.float32)
    options = {"kernel": 3, "stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": False}
    for table in (TABLES["all"], ((0, 1, 2), (3, 4, 5), (2, 1, 0))):
        given = {**options, "filters": len(table), "table": table}
        CONV.forward(
            (x,), CONV.parameters((x,), given, np.random.default_rng(0)).all, given, Context(MacCounter())
        )
    assert read == [(5, 6), (2, 3), (1, 3)]
