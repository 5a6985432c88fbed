"""Graph -> the source of a PyTorch module, as a person would have written it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.pytorch.network import Network

if TYPE_CHECKING:
    from cnnstat.analysis.model import Analysis
    from cnnstat.graph.model import Graph


def source(graph: Graph, analysis: Analysis) -> str:
    """Return a file of Python with one `torch.nn.Module` that is this network.

    Raises:
        UnsaidError: PyTorch has no such layer.
    """
    return Network(graph, analysis).source()
