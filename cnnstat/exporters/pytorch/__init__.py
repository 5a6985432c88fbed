"""Graph -> the source of a PyTorch module, as a person would have written it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.pytorch import text
from cnnstat.exporters.pytorch.network import TorchNetwork
from cnnstat.exporters.refusals import NoExportError
from cnnstat.exporters.source.said import UnsaidError
from cnnstat.exporters.source.uses import SplitError

if TYPE_CHECKING:
    from cnnstat.analysis.model import Analysis
    from cnnstat.graph.model import Graph


def source(graph: Graph, analysis: Analysis) -> str:
    """Return a file of Python with one `torch.nn.Module` that is this network.

    Raises:
        NoExportError: PyTorch has no such layer, or the spec says what a module cannot.
    """
    try:
        return text.source(TorchNetwork(graph, analysis))
    except (SplitError, UnsaidError) as error:
        raise NoExportError(f"PyTorch has no words for {error}") from None
