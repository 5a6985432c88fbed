"""Every layer type traced unit by unit, held against the executor's arrays: values, shares, gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from cnnstat.commands.trace.along import Slide, Tap
from cnnstat.commands.trace.families import FAMILIES
from cnnstat.commands.trace.layer_run import LayerRun
from cnnstat.executor.kernels import KERNELS
from cnnstat.layers import LAYERS
from tests.executor.cases import CASES, Case

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array

UNITS = 6
"""Numbers of each array that are traced."""
TOLERANCE = 1e-12


def same(traced: float, executed: float, what: str) -> None:
    """Hold a number of a trace against the executor's."""
    assert abs(traced - executed) <= TOLERANCE * max(1.0, abs(executed)), what


def executed(case: Case) -> tuple[LayerRun, tuple[Array, ...], dict[str, Array]]:
    """Run one layer of the executor there and back."""
    params = {name: value.copy() for name, value in case.params.items()}
    y, back = KERNELS[case.type].forward(case.inputs, params, case.options, case.context())
    assert back is not None
    deltas = case.numbers("dy", y.shape)
    d_inputs, d_params = back(deltas)
    mask = back.kept[0] if case.type in ("dropout", "drop_path") and back.kept else None
    run = LayerRun(case.type, case.calculated, case.inputs, params, y, case.training, mask, deltas)
    return run, d_inputs, d_params


def some(array: Array) -> list[tuple[int, ...]]:
    """Return the first and the last place of an array, and some between."""
    rng = np.random.RandomState(array.size)
    flat = {0, array.size - 1, *rng.randint(0, array.size, UNITS).tolist()}
    return [tuple(map(int, np.unravel_index(each, array.shape))) for each in sorted(flat)]


def test_every_type_has_a_family() -> None:
    assert list(FAMILIES.keys() ^ LAYERS.keys()) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_trace_is_what_the_executor_has(case: Case) -> None:
    run, d_inputs, d_params = executed(case)
    family = FAMILIES[case.type]
    for unit in some(run.output):
        same(family.value(run, unit).value, run.output[unit], f"{unit}")
    for number, gradient in enumerate(d_inputs):
        for cell in some(gradient):
            found = family.share(run, number, cell).value
            same(found, gradient[cell], f"input {number} {cell}")
    for name, gradient in d_params.items():
        for index in some(gradient):
            found = family.weight_gradient(run, name, index).value
            same(found, gradient[index], f"{name} {index}")


CONV = CASES[0]


def test_a_kernel_that_is_not_rotated_on_the_way_back_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Slide.readers

    def unrotated(slide: Slide, place: int) -> list[Tap]:
        taps = right(slide, place)
        return [each._replace(number=other.number) for each, other in zip(taps, reversed(taps), strict=True)]

    monkeypatch.setattr(Slide, "readers", unrotated)
    with pytest.raises(AssertionError, match="input 0"):
        test_a_trace_is_what_the_executor_has(CONV)


def test_a_number_that_is_off_by_little_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = LayerRun.param
    monkeypatch.setattr(LayerRun, "param", lambda run, name, index: right(run, name, index) + 1e-10)
    with pytest.raises(AssertionError):
        test_a_trace_is_what_the_executor_has(CONV)
