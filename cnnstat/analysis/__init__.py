"""Graph -> Analysis: every figure of every layer, in one walk."""

from __future__ import annotations

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.model import Analysis, BlockRow, LayerRow, Row, Totals

__all__ = ["Analysis", "BlockRow", "LayerRow", "Row", "Totals", "analyze_graph"]
