"""Random networks, calculated against measured, and their gradients against slopes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st

import cnnstat
from tests.fuzz.findings import Finding, Fuzzer, seconds
from tests.fuzz.networks import networks

if TYPE_CHECKING:
    from tests.fuzz.pieces import Drawn

SECONDS = 30.0


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
        training = " --training" if self.training else ""
        return (
            f"cnnstat run --seed {self.seed} --batch {self.batch} --dtype {self.dtype} SPEC, then\n"
            f"cnnstat run --seed {self.seed} --batch 2 --check-grad --method {self.method}{training} SPEC\n\n"
            f"{self.drawn.text}"
        )


def check(example: Measured) -> str:
    """Hold every figure against its measurement, and every gradient against a slope."""
    try:
        graph = cnnstat.loads(example.drawn.text)
        with seconds(SECONDS, "a small network"):
            verified = cnnstat.verify(graph, seed=example.seed, batch=example.batch, dtype=example.dtype)
            checks = cnnstat.check_gradients(
                graph, seed=example.seed, batch=2, method=example.method, training=example.training
            )
    except cnnstat.SpecError as error:
        return f"refused: {error.problems[0].code}"
    types = {node.path: node.type for node in graph.layers}
    for apart in verified.differences:
        raise Finding(f"{apart.figure} of {types.get(apart.layer, 'the network')} is not true", str(apart))
    for checked in checks:
        if not checked.good:
            what = f"the gradient of {checked.tensor.split()[0]} of {checked.type or 'the network'}"
            raise Finding(f"{what} is off {_far(checked.error)}", f"{example.method}: {checked}")
    return "measured"


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
