"""Any wrong gradient is found out: of one layer, and where a fork does not add up."""

from __future__ import annotations

from dataclasses import replace as replaced
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnnstat
from cnnstat.bridge.gradients import check_gradients
from cnnstat.bridge.program import Network
from cnnstat.executor.backward import BackwardError, Gradients
from cnnstat.executor.kernel import Backward
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.measure import end_to_end
from cnnstat.executor.measure.end_to_end import check_end_to_end
from cnnstat.executor.measure.gradients import Plan, check_layers, gradients_of
from cnnstat.executor.program import INPUT
from tests.executor.cases import Case, one_of_each
from tests.small import EVERY_TYPE, LAYER, network_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnnstat.executor.backward import Tape
    from cnnstat.executor.kernel import Array, Kernel
    from cnnstat.executor.network import Executor

Named = dict[str, "Array"]

BATCH = 2

FAULTS: dict[str, Callable[[Array], Array]] = {
    "wrong sign": lambda d: -d,
    "missing": lambda d: 0 * d,
    "a thousandth too large": lambda d: 1.001 * d,
    "one cell further": lambda d: np.roll(d, 1),
    "mirrored": lambda d: d[..., ::-1],
}
HARMLESS = {
    ("global_avg_pool", "input", "mirrored"): "every position has the same gradient",
}
"""Faults that change nothing, and so are none."""


def broken(kernel: Kernel, tensor: str, fault: Callable[[Array], Array]) -> Kernel:
    """Return a kernel whose way back has one wrong gradient."""
    return planted(kernel, lambda named, way_back, dy: named | {tensor: fault(named[tensor])})


def planted(kernel: Kernel, plant: Callable[[Named, Backward, Array], Named]) -> Kernel:
    """Return a kernel whose gradients, by name, are what `plant` makes of them."""

    def forward(inputs: Any, params: Mapping[str, Array], options: Any, context: Any) -> Any:
        y, way_back = kernel.forward(inputs, params, options, context)
        return y, way_back and Backward(lambda dy: apart(plant(named(way_back, dy), way_back, dy)), ())

    return replaced(kernel, forward=forward)


def named(way_back: Backward, dy: Array) -> Named:
    """Return all gradients that come back, by name."""
    d_inputs, d_params = way_back(dy)
    return {input_name(i, len(d_inputs)): d for i, d in enumerate(d_inputs)} | d_params


def apart(gradients: Named) -> tuple[tuple[Array, ...], Named]:
    """Return gradients as a kernel does: of its inputs in order, and of its tensors by name."""
    inputs = {name: d for name, d in gradients.items() if name.startswith("input")}
    return tuple(inputs.values()), {name: d for name, d in gradients.items() if name not in inputs}


def input_name(i: int, count: int) -> str:
    return "input" if count == 1 else f"input {i + 1}"


def tensors_of(case: Case) -> list[str]:
    """Return the names of all tensors of a case that have a gradient."""
    read = case.shapes[: case.calculated.values_from]
    inputs = [input_name(i, len(case.shapes)) for i in range(len(read))]
    return [*inputs, *case.allocated.trained]


WAYS = [
    (case, tensor, fault)
    for case in one_of_each()
    for tensor in tensors_of(case)
    for fault in FAULTS
    if (case.type, tensor, fault) not in HARMLESS
]


@pytest.mark.parametrize(
    ("case", "tensor", "fault"), WAYS, ids=[f"{c.type} {tensor} {fault}" for c, tensor, fault in WAYS]
)
def test_a_wrong_gradient_is_named(
    case: Case, tensor: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = Network(network_of(case), dtype="float64")
    x = running.sample(BATCH)
    monkeypatch.setitem(KERNELS, case.type, broken(KERNELS[case.type], tensor, FAULTS[fault]))
    checks = [checked for _, checked in check_layers(running, x, Plan())]
    assert [(c.layer, c.tensor) for c in checks if c.wrong] == [(LAYER, tensor)]


TENSORS = [(case, tensor) for case in one_of_each() for tensor in tensors_of(case)]
EACH_TENSOR = pytest.mark.parametrize(
    ("case", "tensor"), TENSORS, ids=[f"{case.type} {tensor}" for case, tensor in TENSORS]
)


def faults_of(case: Case, batch: int | None = None) -> list[tuple[str, str]]:
    """Return the gradients that a check finds wrong, of the layer alone and end to end."""
    checks = check_gradients(network_of(case), batch=batch)
    return [(checked.layer, checked.tensor) for checked in checks if checked.wrong]


@EACH_TENSOR
def test_a_gradient_that_is_left_out_is_named(
    case: Case, tensor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def left_out(gradients: Named, way_back: Backward, dy: Array) -> Named:
        return {name: d for name, d in gradients.items() if name != tensor}

    monkeypatch.setitem(KERNELS, case.type, planted(KERNELS[case.type], left_out))
    found = faults_of(case)
    # Without the first of several inputs it is the last that is missing.
    last = input_name(len(case.shapes) - 1, len(case.shapes))
    assert (LAYER, last if tensor.startswith("input") else tensor) in found
    assert ("", "input") in found  # and nobody goes back through such a layer
    with pytest.raises(BackwardError, match=f"{LAYER} .{case.type}."):
        go_back(case)


SHAPES: dict[str, Callable[[Array], Array]] = {
    "one number for all": lambda d: d.mean(keepdims=True),
    "a scalar": lambda d: d.sum(),
    "one row for all": lambda d: d[:1],
    "one more axis": lambda d: d[None],
}
"""What broadcasts to the right shape, or could be taken for it."""


@EACH_TENSOR
@pytest.mark.parametrize("shape", SHAPES)
def test_a_gradient_of_another_shape_is_named(
    case: Case, tensor: str, shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = KERNELS[case.type]
    differs: list[bool] = []

    def reshaped(d: Array) -> Array:
        wrong = SHAPES[shape](d)
        differs.append(wrong.shape != d.shape)
        return wrong

    monkeypatch.setitem(KERNELS, case.type, broken(kernel, tensor, reshaped))
    found = faults_of(case, BATCH)
    assert ((LAYER, tensor) in found) == any(differs)
    if any(differs):
        assert ("", "input") in found
        with pytest.raises(BackwardError, match=f"{LAYER} .{case.type}.*{tensor}.* shape "):
            go_back(case)


@EACH_TENSOR
def test_samples_that_are_dropped_on_the_way_back_are_found(
    case: Case, tensor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check takes two samples unless it is asked for one."""

    def first_sample_only(gradients: Named, way_back: Backward, dy: Array) -> Named:
        first = np.zeros_like(dy)
        first[:1] = dy[:1]
        return gradients | {tensor: named(way_back, first)[tensor]}

    monkeypatch.setitem(KERNELS, case.type, planted(KERNELS[case.type], first_sample_only))
    assert (LAYER, tensor) in faults_of(case)


@pytest.mark.parametrize("case", one_of_each(), ids=lambda case: case.type)
def test_a_layer_without_a_way_back_is_named(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = KERNELS[case.type]

    def one_way(inputs: Any, params: Any, options: Any, context: Any) -> Any:
        return kernel.forward(inputs, params, options, context)[0], None

    monkeypatch.setitem(KERNELS, case.type, replaced(kernel, forward=one_way))
    assert {(LAYER, tensor) for tensor in tensors_of(case)} <= set(faults_of(case))
    with pytest.raises(BackwardError, match=f"{LAYER} .{case.type}."):
        go_back(case)


def go_back(case: Case) -> None:
    running = Network(network_of(case), dtype="float64")
    y = running.forward(running.sample(BATCH))
    running.backward(y)


def test_the_check_expects_what_is_allocated() -> None:
    """As many gradients as there are inputs and trained tensors, whatever comes back."""
    running = Network(cnnstat.loads(EVERY_TYPE), dtype="float64")
    assert len(check_gradients(cnnstat.loads(EVERY_TYPE))) == gradients_of(running)
    trained = sum(len(stored.trained) for stored in running.stored)
    inputs = sum(len(step.inputs) for step in running.program.steps)
    assert gradients_of(running) == inputs + trained + 2


@pytest.mark.parametrize("method", ["complex", "central"])
def test_one_wrong_layer_of_many_is_named(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    running = Network("lenet5", dtype="float64")
    x = running.sample(1)
    monkeypatch.setitem(
        KERNELS, "linear", broken(KERNELS["linear"], "weight", FAULTS["a thousandth too large"])
    )
    plan = Plan(method)
    assert [c.layer for _, c in check_layers(running, x, plan) if c.wrong] == ["F6"]
    assert [c.tensor for c in check_end_to_end(running, x, plan) if c.wrong] == ["parameters"]


def overwriting(running: Executor, tape: Tape, given: Sequence[Array]) -> Gradients:
    """Go back as `go_back` does, but let the last branch of a fork win."""
    gradients, parameters = dict(zip(running.program.outputs, given, strict=True)), {}
    for number in reversed(range(len(tape))):
        step, (rule, _) = running.program.steps[number], tape.pop()
        assert rule is not None
        d_inputs, d_params = rule(gradients.pop(number))
        gradients.update(zip(step.inputs, d_inputs, strict=True))
        parameters.update({f"{step.name}.{name}": d for name, d in d_params.items()})
    return Gradients(gradients[INPUT], parameters)


@pytest.mark.parametrize("name", ["resnet20", "every type", "lenet5"])
def test_a_fork_that_does_not_add_up_shows_end_to_end(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(end_to_end, "go_back", overwriting)
    small = (3, 8, 8) if name == "resnet20" else None  # its forks are the same
    graph = cnnstat.loads(EVERY_TYPE) if name == "every type" else name
    running = Network(graph, dtype="float64", input_shape=small)
    x = running.sample(1)
    good = [checked.good for checked in check_end_to_end(running, x, Plan())]
    # A chain has no forks: there the same way back is right, so the fault is the fork and nothing else.
    assert good == ([True, True] if name == "lenet5" else [False, False])
    if name == "resnet20":
        assert all(checked.good for _, checked in check_layers(running, x, Plan()))
