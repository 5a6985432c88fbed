"""Random networks: calculated against measured, gradients against slopes, and JSON against its schema."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import jsonschema
import numpy as np
import yaml
from hypothesis import strategies as st

import cnnstat
from cnnstat.commands.schema.spec_schema import schema
from cnnstat.executor.kernel import quiet
from cnnstat.executor.network import Pass
from tests.fuzz.documents import LINES, check_document
from tests.fuzz.findings import Finding, Fuzzer, seconds
from tests.fuzz.networks import networks

if TYPE_CHECKING:
    from cnnstat.executor.measure.gradients import Checked
    from tests.fuzz.pieces import Drawn

SCHEMA = jsonschema.Draft202012Validator(schema())
SECONDS = 30.0
BATCH = 2
"""Samples for the gradients: with one, a kernel that drops all others is right."""
LARGE = 1e4
"""Numbers from which on no central difference is looked at: a real step is not small beside all others."""


@dataclass(frozen=True)
class Measured:
    """A network, how it is run, and a command line that prints a document of it."""

    drawn: Drawn
    seed: int
    batch: int
    dtype: str
    method: str
    training: bool
    line: str

    def saved(self) -> tuple[str, bytes]:
        return ".yaml", self.drawn.text.encode()

    def __str__(self) -> str:
        how = f"--method {self.method}" + (" --training" if self.training else "")
        return (
            f"cnnstat run --seed {self.seed} --batch {self.batch} --dtype {self.dtype} SPEC, then\n"
            f"cnnstat run --seed {self.seed} --batch {BATCH} --check-grad {how} SPEC, then\n"
            f"cnnstat {self.line} --format json\n\n"
            f"{self.drawn.text}"
        )


def check(example: Measured) -> str:
    """Hold every figure against its measurement, and every gradient against a slope."""
    try:
        graph = cnnstat.loads(example.drawn.text)
        with seconds(SECONDS, "a small network"):
            verified = cnnstat.verify(graph, seed=example.seed, batch=example.batch, dtype=example.dtype)
            sloped = example.method == "complex" or _largest(example, graph) < LARGE
            checks = _checks(example, graph) if sloped else ()
    except cnnstat.SpecError as error:
        return f"refused: {error.problems[0].code}"
    if cnnstat.diff(graph, graph).differ:
        raise Finding("a network differs from itself")
    _valid(example.drawn.text)
    with seconds(SECONDS, f"{example.line.split()[0]} of a small network"):
        check_document(example.line, example.drawn.text)
    types = {node.path: node.type for node in graph.layers}
    for apart in verified.differences:
        raise Finding(
            f"{apart.figure} of {types.get(apart.layer or '', 'the network')} is not true", str(apart)
        )
    for checked in checks:
        if checked.outcome == "wrong":
            what = f"the gradient of {checked.tensor.split()[0]} of {checked.type or 'the network'}"
            raise Finding(f"{what} is off {_far(checked.error)}", f"{example.method}: {checked}")
    if not sloped:
        return "measured, but for central differences of large numbers"
    unknown = [checked for checked in checks if not checked.good]
    return f"measured, but for {unknown[0].fault}" if unknown else "measured"


def _valid(text: str) -> None:
    """Hold a spec against the schema of editors, which take 1e-05 for a number; PyYAML needs a point."""
    text = text.replace("1e-05", "1.0e-05")
    wrong = jsonschema.exceptions.best_match(SCHEMA.iter_errors(yaml.safe_load(text)))
    if wrong is not None:
        raise Finding("the schema refuses what the reader takes", f"{wrong.json_path}: {wrong.message}")


def _checks(example: Measured, graph: cnnstat.Graph) -> tuple[Checked, ...]:
    return cnnstat.check_gradients(
        graph, seed=example.seed, batch=BATCH, method=example.method, training=example.training
    )


def _largest(example: Measured, graph: cnnstat.Graph) -> float:
    """Return the largest number that any layer puts out."""
    with quiet():
        network = cnnstat.Network(graph, seed=example.seed, dtype="float64")
        visits = network.visits(network.sample(BATCH), Pass(example.training))
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
        line=st.sampled_from(LINES),
    ),
    check,
)
