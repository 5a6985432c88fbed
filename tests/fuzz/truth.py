"""Random networks, calculated against measured, and their gradients against slopes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

import cnnstat
from cnnstat.executor.kernel import quiet
from cnnstat.executor.measure.end_to_end import check_end_to_end
from cnnstat.executor.measure.gradients import Plan, check_layers
from cnnstat.layers.elementwise import Power
from tests.fuzz.findings import Finding, Fuzzer, seconds
from tests.fuzz.networks import networks

if TYPE_CHECKING:
    from cnnstat.executor.measure.gradients import Checked
    from tests.fuzz.pieces import Drawn

SECONDS = 30.0
BATCH = 2
"""Samples for the gradients: with one, a kernel that drops all others is right."""
LARGE = 1e4
"""Numbers from which on slopes are not looked at: sums and differences of squares of them lose digits."""
NUDGE = 1e-6
"""By what part of itself the input moves, to see whether an error is rounding."""


@dataclass(frozen=True)
class Measured:
    """A network, and how it is run."""

    drawn: Drawn
    seed: int
    batch: int
    dtype: str
    method: str
    training: bool

    def saved(self) -> tuple[str, bytes]:
        return ".yaml", self.drawn.text.encode()

    def __str__(self) -> str:
        how = f"--method {self.method}" + (" --training" if self.training else "")
        return (
            f"cnnstat run --seed {self.seed} --batch {self.batch} --dtype {self.dtype} SPEC, then\n"
            f"cnnstat run --seed {self.seed} --batch {BATCH} --check-grad {how} SPEC\n\n"
            f"{self.drawn.text}"
        )


def check(example: Measured) -> str:
    """Hold every figure against its measurement, and every gradient against a slope."""
    try:
        graph = cnnstat.loads(example.drawn.text)
        with seconds(SECONDS, "a small network"):
            verified = cnnstat.verify(graph, seed=example.seed, batch=example.batch, dtype=example.dtype)
            sloped = _largest(example, graph) < LARGE and not _roots(graph)
            checks = _checks(example, graph) if sloped else ()
    except cnnstat.SpecError as error:
        return f"refused: {error.problems[0].code}"
    types = {node.path: node.type for node in graph.layers}
    for apart in verified.differences:
        raise Finding(f"{apart.figure} of {types.get(apart.layer, 'the network')} is not true", str(apart))
    wrong = [checked for checked in checks if not checked.good]
    for checked in wrong:
        if _stays(example, graph, checked):
            what = f"the gradient of {checked.tensor.split()[0]} of {checked.type or 'the network'}"
            raise Finding(f"{what} is off {_far(checked.error)}", f"{example.method}: {checked}")
    if wrong:
        return "measured; rounding was taken for a wrong gradient"
    return "measured" if sloped else "measured, but for slopes of large numbers"


def _checks(example: Measured, graph: cnnstat.Graph) -> tuple[Checked, ...]:
    return cnnstat.check_gradients(
        graph, seed=example.seed, batch=BATCH, method=example.method, training=example.training
    )


def _stays(example: Measured, graph: cnnstat.Graph, wrong: Checked) -> bool:
    """Say whether an error stays what it is when the input moves by a millionth of itself.

    That of a wrong gradient does. Where numbers cancel, as in a norm of equal values, all that is left is
    rounding, and the error is another each time.
    """
    network = cnnstat.Network(graph, seed=example.seed, dtype="float64")
    plan = Plan(example.method, 0, example.seed, example.training)
    x = network.sample(BATCH)
    moved = x * (1 + NUDGE * np.random.default_rng(1).standard_normal(x.shape))
    with quiet():
        checks = [
            *(c for _, c in check_layers(network, moved, plan)),
            *check_end_to_end(network, moved, plan),
        ]
    place = (wrong.layer, wrong.tensor)
    error = next(checked.error for checked in checks if (checked.layer, checked.tensor) == place)
    return not math.isfinite(wrong.error) or abs(error - wrong.error) <= 0.01 * wrong.error


def _roots(graph: cnnstat.Graph) -> bool:
    """Say whether there is a root: at 0, as behind a ReLU, its slope is infinite."""
    powers = (node.layer for node in graph.layers if isinstance(node.layer, Power))
    return any(0 < layer.exponent < 1 for layer in powers)


def _largest(example: Measured, graph: cnnstat.Graph) -> float:
    """Return the largest number that any layer puts out."""
    network = cnnstat.Network(graph, seed=example.seed, dtype="float64")
    with quiet():
        visits = network.visits(network.sample(BATCH), training=example.training)
        return max(float(np.abs(visit.output).max()) for visit in visits)


def _far(error: float) -> str:
    """Return how far a gradient is off: a wrong one is seldom off by a millionth."""
    if not math.isfinite(error):
        return "by no number"
    return "by a little" if error < 1e-3 else "by much"


FUZZER = Fuzzer(
    st.builds(
        Measured,
        networks(),
        seed=st.integers(0, 99),
        batch=st.integers(1, 3),
        dtype=st.sampled_from(("float32", "float64")),
        method=st.sampled_from(("complex", "complex", "central")),
        training=st.booleans(),
    ),
    check,
)
