"""The tensors of a network that is exported, drawn from a seed or read from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.bridge.program import Network
from cnnstat.bridge.taken_weights import take_weights
from cnnstat.bridge.weights import as_named_in
from cnnstat.executor.kernel import quiet
from cnnstat.tensors import as_attributes

if TYPE_CHECKING:
    from cnnstat.commands.export.options import ExportOptions
    from cnnstat.executor.kernel import Array
    from cnnstat.graph.model import Graph

FILES_OF_TENSORS = ("npz", "safetensors")
"""Targets that are tensors and nothing else, under the names that PyTorch's state dict has for them."""


@quiet()
def values(graph: Graph, options: ExportOptions) -> dict[str, Array]:
    """Return every stored tensor as `layer.tensor`, or as the file is `like` that is asked for.

    What is written as tensors alone has the names of PyTorch's state dict.

    Raises:
        FileError: a file cannot be read, or does not fit.
        ValueError: a layer cannot be run.
    """
    network = Network(graph, seed=options.seed, dtype=options.dtype)
    take_weights(network, options)
    if options.like is not None:
        return as_named_in(network, graph, options.like)
    return as_attributes(network.parameters) if options.to in FILES_OF_TENSORS else network.parameters
