"""Planted gradients: of a random network one gradient of one layer is made wrong, and has to be named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

import cnnstat
from cnnstat.bridge.program import Network
from cnnstat.executor.kernel import Backward, quiet
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.measure.gradients import Plan, check_layers
from tests.fuzz.findings import Finding, Fuzzer, seconds
from tests.fuzz.networks import networks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnnstat.executor.kernel import Array, Kernel
    from cnnstat.executor.measure.gradients import Checked
    from tests.fuzz.pieces import Drawn

SECONDS = 30.0
BATCH = 2
SEEDS = range(3)
"""Seeds of the check. One random direction in a thousand is blind to a gradient a thousandth too large."""
VISIBLE = 1e-4
"""A fault that changes a gradient by less than this part of it is none."""

FAULTS: dict[str, Callable[[Array], Array | None]] = {
    "wrong sign": lambda d: -d,
    "zero": lambda d: 0 * d,
    "twice": lambda d: 2 * d,
    "a thousandth too large": lambda d: 1.001 * d,
    "one cell further": lambda d: np.roll(d, 1),
    "mirrored": lambda d: d[..., ::-1],
    "one number wrong": lambda d: _with_first(d, d.flat[0] + np.abs(d).max()),
    "the first sample alone": lambda d: np.concatenate([d[:1], 0 * d[1:]]),
    "left out": lambda d: None,
    "of a shape that broadcasts": lambda d: d.reshape(-1)[:1].reshape((1,) * d.ndim),
    "not a number": lambda d: _with_first(d, np.nan),
}
"""What becomes of a gradient; None: there is none."""


def _with_first(d: Array, value: Any) -> Array:
    changed = d.copy()
    changed.flat[0] = value
    return changed


@dataclass(frozen=True)
class Planted:
    """A network, and which gradient of which of its layers is made wrong: `place` counts all of them."""

    drawn: Drawn
    place: int
    fault: str
    training: bool

    def saved(self) -> tuple[str, bytes]:
        return ".yaml", self.drawn.text.encode()

    def __str__(self) -> str:
        training = ", in training" if self.training else ""
        return f"gradient {self.place} (modulo their number): {self.fault}{training}\n\n{self.drawn.text}"


def check(example: Planted) -> str:
    """Plant a fault, and check the layers' gradients until it is named."""
    try:
        network = Network(cnnstat.loads(example.drawn.text), dtype="float64")
    except cnnstat.SpecError as error:
        return f"refused: {error.problems[0].code}"
    with quiet(), seconds(SECONDS, "a small network"):
        checks = _checks(network, example.training, SEEDS[0])
        number, target = checks[example.place % len(checks)]
        if any(checked.wrong for _, checked in checks):
            return "wrong without a fault"  # which is what the other fuzzer is about
        if not target.measurable:
            return "not measurable"
        step = network.program.steps[number]
        kernel = KERNELS[step.type]
        broken = _Broken(kernel, step.options, target.tensor, example.fault)
        KERNELS[step.type] = replace(kernel, forward=broken)
        named: set[tuple[str, str]] = set()
        try:
            for seed in SEEDS:
                if not _is_named(target, example.fault, named):
                    named |= _named(network, example.training, seed)
        finally:
            KERNELS[step.type] = kernel
    if not broken.visible:
        return "changes nothing"
    if not _is_named(target, example.fault, named):
        raise Finding(f"a gradient is {example.fault}, and nobody says so", f"{target}")
    if any(layer != target.layer for layer, _ in named):
        raise Finding("a layer is named for the fault of another", f"{target} is {example.fault}: {named}")
    return "named"


def _checks(network: Network, training: bool, seed: int) -> list[tuple[int, Checked]]:
    return list(check_layers(network, network.sample(BATCH), Plan(seed=seed, training=training)))


def _named(network: Network, training: bool, seed: int) -> set[tuple[str, str]]:
    checks = _checks(network, training, seed)
    return {(checked.layer, checked.tensor) for _, checked in checks if checked.wrong}


def _is_named(target: Checked, fault: str, named: set[tuple[str, str]]) -> bool:
    """Say whether a fault is named; gradients of inputs go by place, so without one the others move up."""
    moved = fault == "left out" and target.tensor.startswith("input")
    return any(
        layer == target.layer and (tensor == target.tensor or (moved and tensor.startswith("input")))
        for layer, tensor in named
    )


class _Broken:
    """A kernel that makes one gradient of one layer wrong; `visible` says whether that made a difference."""

    def __init__(self, kernel: Kernel, options: Mapping[str, Any], tensor: str, fault: str) -> None:
        self.kernel, self.options, self.tensor, self.fault = kernel, options, tensor, FAULTS[fault]
        self.visible = False

    def __call__(
        self, inputs: tuple[Array, ...], params: Mapping[str, Array], options: Any, context: Any
    ) -> Any:
        y, way_back = self.kernel.forward(inputs, params, options, context)
        if options is not self.options or way_back is None:
            return y, way_back
        values = [*inputs, params.get(self.tensor)]
        return y, Backward(lambda dy: self.changed(*way_back(dy), values, dy, y), ())

    def changed(
        self, d_inputs: tuple[Array, ...], d_params: dict[str, Array], values: list[Any], dy: Array, y: Array
    ) -> Any:
        """Return the gradients with the one that is wrong; of the inputs it goes by its place."""
        if self.tensor in d_params:
            wrong = self.made_wrong(d_params[self.tensor], values[-1], dy, y)
            rest = {name: d for name, d in d_params.items() if name != self.tensor}
            return d_inputs, rest if wrong is None else {**rest, self.tensor: wrong}
        place = 0 if self.tensor == "input" else int(self.tensor.split()[1]) - 1
        wrong = self.made_wrong(d_inputs[place], values[place], dy, y)
        given = () if wrong is None else (wrong,)
        return (*d_inputs[:place], *given, *d_inputs[place + 1 :]), d_params

    def made_wrong(self, right: Array, value: Array, dy: Array, y: Array) -> Array | None:
        wrong = self.fault(right)
        if wrong is None or wrong.shape != right.shape:
            self.visible = self.visible or wrong is None or wrong.size < right.size
            return wrong
        # What stands beside a gradient when it is judged: its own size, and what rounding leaves of one.
        beside = max(_norm(right), _norm(wrong), 1e-7 * _norm(dy) * _norm(y) / (_norm(value) or 1.0))
        off = _norm(wrong - right)
        self.visible = self.visible or not off <= VISIBLE * beside
        return wrong


def _norm(array: Array) -> float:
    return float(np.linalg.norm(array))


FUZZER = Fuzzer(
    st.builds(
        Planted,
        networks(most=4),
        place=st.integers(0, 30),
        fault=st.sampled_from(tuple(FAULTS)),
        training=st.booleans(),
    ),
    check,
)
