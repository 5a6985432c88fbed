"""A network as an ONNX model, from Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cnnstat
from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.settings import Settings
from cnnstat.bridge.program import Network
from cnnstat.exporters.onnx.model import model
from cnnstat.graph.load import loaded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cnnstat.base.arguments import Inputs
    from cnnstat.graph.model import Graph


def to_onnx(
    spec: Graph | str | Path,
    *,
    params: Mapping[str, object] | None = None,
    input_shape: Inputs | None = None,
    tensors: Mapping[str, Any] | None = None,
    seed: int = 0,
    dtype: str = "float32",
    weights: bool = True,
) -> Any:
    """Return a network as an ONNX model (`onnx.ModelProto`), every tensor as `layer.tensor`.

    `tensors` are its numbers, as `Network.parameters` has them; without, they are drawn from `seed`, and with
    `weights=False` left out: they are inputs of the graph then.

    Raises:
        SpecError: the spec is wrong, or a layer does not fit its input.
        NoExportError: a layer cannot be said in ONNX, or onnx is not installed.
        ValueError: tensors do not fit the network.
    """
    graph = loaded(spec, params, input_shape)
    analysis = analyze_graph(graph, Settings(dtype=dtype))
    numbers = None
    if weights:
        network = Network(graph, seed=seed, dtype=dtype)
        network.load(tensors or {})
        numbers = network.parameters
    made, _ = model(analysis, numbers, dtype=dtype, version=cnnstat.__version__)
    return made
