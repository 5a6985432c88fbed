"""Every kernel against PyTorch in float64: outputs, gradients and running statistics to 1e-10."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cnnstat.executor.kernels import KERNELS
from tests.executor.cases import CASES, Case
from tests.executor.reference import COMMAND, reference

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array


def computed(case: Case) -> dict[str, Array]:
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
    expected, found = reference(case), computed(case)
    assert list(expected) == list(found)
    for name, value in expected.items():
        assert found[name].shape == value.shape, name
        np.testing.assert_allclose(found[name], value, rtol=1e-10, atol=1e-10, err_msg=name)


def test_a_new_case_is_shown_the_way_to_its_arrays() -> None:
    with pytest.raises(pytest.fail.Exception) as failed:
        reference(replace(CASES[0], shapes=((9, 9, 9, 9),)))
    assert "conv.npz has no arrays of 'conv 9x9x9x9 filters=4 kernel=3'" in str(failed.value)
    assert COMMAND in str(failed.value)
