"""Graph -> the source of functions that build a Keras model, as a person would have written them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cnnstat.exporters.keras import text
from cnnstat.exporters.keras.network import KerasNetwork
from cnnstat.exporters.refusals import NoExportError
from cnnstat.exporters.source.said import UnsaidError
from cnnstat.exporters.source.uses import SplitError

if TYPE_CHECKING:
    from cnnstat.analysis.model import Analysis
    from cnnstat.graph.model import Graph


def source(graph: Graph, analysis: Analysis) -> str:
    """Return a file of Python with a function that returns this network as a `keras.Model`.

    Raises:
        NoExportError: Keras has no such layer, or the spec says what its functional API cannot.
    """
    paths = [*(node.path for node in graph.inputs), *(node.path for node in graph.layers)]
    counts = Counter(path.replace(".", "_") for path in paths)
    twice = next((name for name, count in counts.items() if count > 1), None)
    if twice is not None:
        raise NoExportError(f"Keras has no words for two layers that both become '{twice}'")
    try:
        return text.source(KerasNetwork(graph, analysis))
    except (SplitError, UnsaidError) as error:
        raise NoExportError(f"Keras has no words for {error}") from None
