"""A network as source code of other libraries, from Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.exporters import keras, pytorch
from cnnstat.graph.load import loaded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cnnstat.base.arguments import Inputs
    from cnnstat.graph.model import Graph


def to_torch_source(
    spec: Graph | str | Path,
    *,
    params: Mapping[str, object] | None = None,
    input_shape: Inputs | None = None,
) -> str:
    """Return the source of a `torch.nn.Module` that is a network, its state dict's keys `layer.tensor`.

    PyTorch is needed to run it, not to write it.

    Raises:
        SpecError: the spec is wrong, or a layer does not fit its input.
        NoExportError: PyTorch has no such layer, or the spec says what a module cannot.
    """
    graph = loaded(spec, params, input_shape)
    return pytorch.source(graph, analyze_graph(graph))


def to_keras_source(
    spec: Graph | str | Path,
    *,
    params: Mapping[str, object] | None = None,
    input_shape: Inputs | None = None,
) -> str:
    """Return the source of a function that builds a network as a `keras.Model`, channels last.

    Keras is needed to run it, with any backend, not to write it. Its `load` and `save` are for weights.

    Raises:
        SpecError: the spec is wrong, or a layer does not fit its input.
        NoExportError: Keras has no such layer, or the spec says what its functional API cannot.
    """
    graph = loaded(spec, params, input_shape)
    return keras.source(graph, analyze_graph(graph))
