"""Every gradient against a complex step: one random direction per tensor, exact but for rounding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cnnstat.executor.kernels import KERNELS
from tests.executor.cases import CASES, Case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.executor.kernel import Array

STEP = 1e-30


def forward(case: Case, inputs: tuple[Array, ...], params: dict[str, Array]) -> Array:
    """Run forward only, with the buffers kept as they are."""
    kept = {name: value.copy() for name, value in params.items()}
    y, way_back = KERNELS[case.type].forward(inputs, kept, case.options, case.context(backward=False))
    assert way_back is None
    return y


def slope(case: Case, name: str, tangent: Array, dy: Array) -> float:
    """Return the derivative of sum(dy·y) along a tangent to one input or parameter."""
    inputs, params = list(case.inputs), case.params
    if name.startswith("input"):
        i = int(name[5:])
        inputs[i] = inputs[i] + 1j * STEP * tangent
    else:
        params[name] = params[name] + 1j * STEP * tangent
    return float((dy * forward(case, tuple(inputs), params).imag).sum() / STEP)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_gradients(case: Case) -> None:
    y, way_back = KERNELS[case.type].forward(case.inputs, case.params, case.options, case.context())
    assert way_back is not None
    assert np.isfinite(y).all()
    dy = case.numbers("dy", y.shape)
    d_inputs, d_params = way_back(dy)
    assert set(d_params) == set(case.allocated.trained)
    named = {f"input{i}": d for i, d in enumerate(d_inputs)} | d_params
    values = {f"input{i}": x for i, x in enumerate(case.inputs)} | case.params
    for name, gradient in named.items():
        assert gradient.shape == values[name].shape, name
        tangent = case.numbers(f"tangent {name}", gradient.shape)
        expected, found = slope(case, name, tangent, dy), float((gradient * tangent).sum())
        size = max(abs(expected), float(np.sqrt((gradient * gradient).sum())), 1.0)
        assert abs(expected - found) <= 1e-11 * size, name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_gradients_depend_on_what_backward_is_told_to_read(case: Case) -> None:
    trained = replace(case, training=True)  # at inference a batch norm has no statistics to differentiate

    def gradients(inputs: tuple[Array, ...]) -> tuple[tuple[Array, ...], Mapping[str, Array]]:
        y, way_back = KERNELS[case.type].forward(inputs, case.params, case.options, trained.context())
        assert way_back is not None
        return way_back(case.numbers("dy", y.shape))

    others = tuple(case.numbers(f"other {i}", shape) * 2 for i, shape in enumerate(case.shapes))
    (d_inputs, d_params), (e_inputs, e_params) = gradients(case.inputs), gradients(others)
    reads = case.calculated.reads()
    differ = [not np.array_equal(d, e) for d, e in zip(d_inputs, e_inputs, strict=True)]
    assert any(differ) == (reads.inputs or reads.output or reads.others)
    if reads.others:  # the gradient of the first input does not depend on the first
        first, *rest = gradients((others[0], *case.inputs[1:]))[0]
        assert np.array_equal(first, d_inputs[0])
        assert all(not np.array_equal(d, e) for d, e in zip(rest, d_inputs[1:], strict=True))
    if d_params:
        assert any(not np.array_equal(d, e_params[name]) for name, d in d_params.items()) == reads.for_weights
