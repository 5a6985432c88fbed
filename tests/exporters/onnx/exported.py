"""Models written, checked by onnx, and run by ONNX Runtime beside the executor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnnstat
from cnnstat.exporters.onnx.model import model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.executor.kernel import Array
    from cnnstat.graph.model import Graph


def drawn(network: cnnstat.Network) -> None:
    """Give every tensor numbers of its own: what is drawn at first is ones and zeros in norms."""
    rng = np.random.RandomState(3)
    for name, tensor in network.parameters.items():
        numbers = rng.standard_normal(tensor.shape)
        tensor[...] = abs(numbers) + 0.5 if name.endswith("running_var") else numbers


def checked(graph: Graph, values: Mapping[str, Array] | None, dtype: str, **more: Any) -> Any:
    """Return the model of a network once onnx has found nothing wrong with it: shapes are inferred, too."""
    onnx = pytest.importorskip("onnx")
    made, _ = model(cnnstat.analyze(graph), values, dtype=dtype, **more)
    onnx.checker.check_model(made, full_check=True)
    return made


def outputs(made: Any, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Run a model in ONNX Runtime and return what it puts out, by name."""
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_outputs()]
    return dict(zip(names, session.run(names, dict(inputs)), strict=True))


def apart(network: cnnstat.Network, x: Any, theirs: Mapping[str, Array]) -> dict[str, float]:
    """Return for each layer how far ONNX Runtime's output is off: beside its largest number."""
    found = {}
    for visit in network.visits(x):
        other = theirs[visit.step.name]
        assert other.shape == visit.output.shape, visit.step.name
        largest = max(abs(visit.output).max(), abs(other).max())
        found[visit.step.name] = float(abs(visit.output - other).max() / largest) if largest else 0.0
    return found
