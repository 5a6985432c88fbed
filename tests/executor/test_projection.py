"""What each kernel declares of itself on one axis, against what its layer does on a map."""

from __future__ import annotations

from typing import Any

import pytest

from cnnstat.bridge.program import program
from cnnstat.executor.axes import Axis
from cnnstat.executor.kernel import Kernel
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.measure.one_axis import on_axis
from cnnstat.executor.measure.poison import PoisonedRuns
from cnnstat.executor.network import Executor
from tests.executor.cases import CASES, Case, unplaced
from tests.small import network_of

MAPS = [case for case in CASES if len(case.shapes[0]) > 2]


@pytest.mark.parametrize("case", MAPS, ids=lambda case: case.id)
def test_a_layer_has_as_many_units_on_an_axis_as_its_map_is_long(case: Case) -> None:
    whole = program(network_of(case))
    network = Executor(whole)
    *_, last = network.visits(network.sample())
    rank = len(whole.input_shape) - 1
    for number in range(rank):
        projected = on_axis(whole, Axis(number, rank))
        if last.number not in projected.numbers:
            assert unplaced(case) or last.output.ndim == 2
        else:
            assert not unplaced(case)
            assert PoisonedRuns.of(projected).units[-1] == last.output.shape[2 + number]


def test_a_kernel_without_a_projection_cannot_be_made() -> None:
    """Or a type that nobody thought about would be measured as if it kept every unit in its place."""
    incomplete: Any = Kernel
    with pytest.raises(TypeError, match="projection"):
        incomplete(KERNELS["relu"].forward)
