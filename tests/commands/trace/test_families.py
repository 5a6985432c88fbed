"""Every layer type traced unit by unit, held against the executor's arrays: values, shares, gradients."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace

from cnnstat.commands.trace.along import Slide, Tap
from cnnstat.commands.trace.families import FAMILIES
from cnnstat.commands.trace.layer_run import LayerRun
from cnnstat.executor.kernels import KERNELS
from cnnstat.layers import LAYERS
from tests.executor.cases import CASES, Case

if TYPE_CHECKING:
    from cnnstat.commands.trace.working import Plane, Working
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


def faults_of(working: Working) -> list[str]:
    """Return where what is shown is not what it comes to: products, sums, and the number at the end."""
    faults = []
    for part in working.parts:
        for plane in part.planes:
            faults += [f"{part.title}: a product" for _ in wrong_products(plane)]
        if part.summed:
            shown = fsum(
                cell or 0.0 for plane in part.planes for row in plane.matrices[-1].rows for cell in row
            )
            if not close(part.steps[0].value, shown, sum(map(size_of, part.planes))):
                faults.append(f"{part.title}: the sum {part.steps[0].value} of {shown}")
    steps = [each.value for part in working.parts for each in part.steps]
    cells = [
        cell or 0.0
        for part in working.parts
        for plane in part.planes
        for row in plane.matrices[-1].rows
        for cell in row
    ]
    if not any(close(working.value, each, 0.0) for each in (steps[-1:] or cells or [0.0])):
        faults.append(f"{working.value} is not at the end")
    return faults


def wrong_products(plane: Plane) -> list[float]:
    """Return the products of a plane of numbers × weights = products that are none."""
    if [each.sign for each in plane.matrices] != ["", "×", "="]:
        return []
    rows = zip(*(each.rows for each in plane.matrices), strict=True)
    triples = [triple for row in rows for triple in zip(*row, strict=True)]
    return [p or 0.0 for x, w, p in triples if not close(p or 0.0, (x or 0.0) * (w or 0.0), 0.0)]


def size_of(plane: Plane) -> float:
    return fsum(abs(cell or 0.0) for row in plane.matrices[-1].rows for cell in row)


def close(a: float, b: float, size: float) -> bool:
    return abs(a - b) <= TOLERANCE * max(1.0, abs(b), size)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_is_shown_comes_to_the_number(case: Case) -> None:
    run, d_inputs, d_params = executed(case)
    family = FAMILIES[case.type]
    shown = [family.value(run, unit) for unit in some(run.output)]
    for number, gradient in enumerate(d_inputs):
        shown += [family.share(run, number, cell) for cell in some(gradient)]
    for name, gradient in d_params.items():
        shown += [family.weight_gradient(run, name, index) for index in some(gradient)]
    assert [fault for working in shown for fault in faults_of(working)] == []


CONV = CASES[0]


def test_one_term_that_is_a_lie_is_found() -> None:
    run, _, _ = executed(CONV)
    working = FAMILIES[CONV.type].value(run, (0, 0, 0, 0))
    (part, *rest) = working.parts
    (plane, *planes) = part.planes
    for which in range(3):
        matrix = plane.matrices[which]
        row = matrix.rows[1]
        lie = replace(matrix, rows=(matrix.rows[0], ((row[0] or 0.0) + 1e-6, *row[1:]), *matrix.rows[2:]))
        changed = (*plane.matrices[:which], lie, *plane.matrices[which + 1 :])
        parts = (replace(part, planes=(replace(plane, matrices=changed), *planes)), *rest)
        assert faults_of(replace(working, parts=parts)) != []
    assert faults_of(replace(working, value=working.value + 1e-6)) != []
    assert faults_of(working) == []


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
