"""The tensors of each type: those that the executor allocates, and as many numbers as are counted."""

from __future__ import annotations

from math import prod

import pytest

from cnnstat.executor.parameters import shapes
from tests.executor.cases import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_tensors_are_those_that_are_allocated(case: Case) -> None:
    inputs = tuple(shape[1:] for shape in case.shapes)
    layer, allocated = case.calculated, case.allocated
    tensors = layer.tensors(inputs)
    assert tensors == shapes(allocated)
    numbers = {name: prod(shape) for name, shape in tensors.items()}
    assert layer.buffers(inputs).value == sum(numbers[name] for name in allocated.buffers)
    assert layer.params(inputs).value == sum(numbers.values()) - layer.buffers(inputs).value
