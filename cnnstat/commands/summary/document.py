"""Analysis -> document of `summary`, which is that of an analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.report.document import AnalysisDocument, of_analysis

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis


def document(analysis: Analysis, depth: int | None) -> AnalysisDocument:
    """Return the figures of every layer, with blocks below a depth folded."""
    return AnalysisDocument(command="summary", **of_analysis(analysis, depth))
