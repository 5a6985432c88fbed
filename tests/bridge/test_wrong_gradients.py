"""Any wrong gradient is found out: of one layer, and where a fork does not add up."""

from __future__ import annotations

from dataclasses import replace as replaced
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnnstat
from cnnstat.bridge.program import Network
from cnnstat.executor import network
from cnnstat.executor.kernel import Backward
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.measure.end_to_end import check_end_to_end
from cnnstat.executor.measure.gradients import Plan, check_layers
from cnnstat.executor.network import Gradients
from cnnstat.executor.program import INPUT
from tests.executor.cases import Case, one_of_each
from tests.small import EVERY_TYPE, LAYER, network_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnnstat.executor.kernel import Array, Kernel

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

    def forward(inputs: Any, params: Mapping[str, Array], options: Any, context: Any) -> Any:
        y, way_back = kernel.forward(inputs, params, options, context)
        return y, way_back and Backward(lambda dy: wrong(*way_back(dy)), ())

    def wrong(d_inputs: tuple[Array, ...], d_params: dict[str, Array]) -> Any:
        names = [input_name(i, len(d_inputs)) for i in range(len(d_inputs))]
        named = dict(zip(names, d_inputs, strict=True)) | d_params
        named[tensor] = fault(named[tensor])
        return tuple(named[name] for name in names), {name: named[name] for name in d_params}

    return replaced(kernel, forward=forward)


def input_name(i: int, count: int) -> str:
    return "input" if count == 1 else f"input {i + 1}"


def tensors_of(case: Case) -> list[str]:
    """Return the names of all tensors of a case that have a gradient."""
    inputs = [input_name(i, len(case.shapes)) for i in range(len(case.shapes))]
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
    assert [(c.layer, c.tensor) for c in checks if not c.good] == [(LAYER, tensor)]


@pytest.mark.parametrize("method", ["complex", "central"])
def test_one_wrong_layer_of_many_is_named(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    running = Network("lenet5", dtype="float64")
    x = running.sample(1)
    monkeypatch.setitem(
        KERNELS, "linear", broken(KERNELS["linear"], "weight", FAULTS["a thousandth too large"])
    )
    plan = Plan(method)
    assert [c.layer for _, c in check_layers(running, x, plan) if not c.good] == ["F6"]
    assert [c.tensor for c in check_end_to_end(running, x, plan) if not c.good] == ["parameters"]


def overwriting(self: network.Executor, tape: list[Backward | None], given: Mapping[int, Array]) -> Gradients:
    """Go back as `Network.way_back` does, but let the last branch of a fork win."""
    gradients, parameters = dict(given), {}
    for number in reversed(range(len(tape))):
        step, rule = self.program.steps[number], tape.pop()
        assert rule is not None
        d_inputs, d_params = rule(gradients.pop(number))
        gradients.update(zip(step.inputs, d_inputs, strict=True))
        parameters.update({f"{step.name}.{name}": d for name, d in d_params.items()})
    return Gradients(gradients[INPUT], parameters)


@pytest.mark.parametrize("name", ["resnet20", "every type", "lenet5"])
def test_a_fork_that_does_not_add_up_shows_end_to_end(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network.Executor, "way_back", overwriting)
    running = Network(cnnstat.loads(EVERY_TYPE) if name == "every type" else name, dtype="float64")
    x = running.sample(1)
    good = [checked.good for checked in check_end_to_end(running, x, Plan())]
    # A chain has no forks: there the same way back is right, so the fault is the fork and nothing else.
    assert good == ([True, True] if name == "lenet5" else [False, False])
    if name == "resnet20":
        assert all(checked.good for _, checked in check_layers(running, x, Plan()))
