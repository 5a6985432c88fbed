"""The tensors of a network that is exported, drawn from a seed or read from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.bridge.program import Network
from cnnstat.executor.kernel import quiet
from cnnstat.tensors import matched, read_weights

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.executor.kernel import Array
    from cnnstat.graph.model import Graph


@quiet()
def values(graph: Graph, *, dtype: str, seed: int, weights: Path | None) -> dict[str, Array]:
    """Return every stored tensor as `layer.tensor`.

    Raises:
        FileError: the file cannot be read, or does not fit.
        ValueError: a layer cannot be run.
    """
    network = Network(graph, seed=seed, dtype=dtype)
    if weights is not None:
        network.load(matched(network.parameters, read_weights(weights), weights.name))
    return network.parameters
