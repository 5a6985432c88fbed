"""Every kernel against PyTorch in float64: outputs, gradients and running statistics to 1e-10."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cnnstat.executor.kernels import KERNELS
from tests.executor.cases import CASES, Case

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array

FILE = Path(__file__).with_name("reference.npz")


@lru_cache
def reference() -> dict[str, dict[str, Array]]:
    """Read the stored arrays: by case, by name."""
    with np.load(FILE) as stored:
        index, values = json.loads(stored["index"].tobytes()), stored["values"]
    found: dict[str, dict[str, Array]] = {}
    start = 0
    for case, name, shape in index:
        size = int(np.prod(shape))
        found.setdefault(case, {})[name] = values[start : start + size].reshape(shape)
        start += size
    return found


def done(case: Case) -> dict[str, Array]:
    """Compute what the reference holds."""
    params = case.params
    y, way_back = KERNELS[case.type].forward(case.inputs, params, case.options, case.context())
    assert way_back is not None
    d_inputs, d_params = way_back(case.numbers("dy", y.shape))
    found = (
        {"y": y} | {f"dx{i}": d for i, d in enumerate(d_inputs)} | {f"d {n}": d for n, d in d_params.items()}
    )
    return found | {name: params[name] for name in case.allocated.buffers if case.training}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_agrees_with_pytorch(case: Case) -> None:
    expected, found = reference()[case.id], done(case)
    assert list(expected) == list(found)
    for name, value in expected.items():
        assert found[name].shape == value.shape, name
        np.testing.assert_allclose(found[name], value, rtol=1e-10, atol=1e-10, err_msg=name)
