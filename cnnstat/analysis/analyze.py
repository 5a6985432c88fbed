"""Every figure of a network, from its spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from cnnstat.analysis.settings import Options, settled
from cnnstat.analysis.walk import analyze_graph

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.analysis.model import Analysis
    from cnnstat.graph.model import Graph


def analyze(spec: Graph | str | Path, **options: Unpack[Options]) -> Analysis:
    """Calculate every figure of a network; the keywords are those of `Options`.

    Raises:
        SpecError: the spec is wrong, or a layer does not fit its input.
        ValueError: an argument is out of range.
    """
    return analyze_graph(*settled(spec, options))
