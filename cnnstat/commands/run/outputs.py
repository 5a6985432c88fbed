"""The outputs of layers beside another engine's, for readers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cnnstat.analysis.outline import folded
from cnnstat.report.model import Column, Fact, Line, Quantity, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.commands.run.engine_document import EngineComparison, OutputDifference

_COLUMNS = (
    Column("name", "layer", "text", gives="name"),
    Column("outputs", "outputs"),
    Column("difference", "relative difference", "error"),
    Column("verdict", "", "text"),
)


def output_table(against: EngineComparison, analysis: Analysis, depth: int | None) -> Table:
    """Return the largest difference of each layer, or of each block."""
    lines = []
    for row in folded(analysis, depth):
        part = against.outputs[row.layers.start : row.layers.stop]
        if part:
            off = max(each.difference for each in part)
            lines.append(Line((row.name, len(part), off, _said(part)), row.name))
    return Table(f"outputs beside {against.engine}'s", _COLUMNS, tuple(lines))


def _said(part: Sequence[OutputDifference]) -> str:
    """Return what was found of some outputs; the first other one of a block by its name."""
    others = [each.layer for each in part if each.found == "other"]
    if others:
        return "OTHER" if len(part) == 1 else f"OTHER: {others[0]}"
    return "rounding" if any(each.found == "rounding" for each in part) else "same"


def output_fact(against: EngineComparison) -> Fact:
    """Return how many outputs are the same, and how far off the worst is."""
    counts = Counter(each.found for each in against.outputs)
    largest = max((each.difference for each in against.outputs), default=0.0)
    phrase: list[str | Quantity] = [Quantity(counts["same"]), " outputs are the same"]
    if counts["rounding"]:
        phrase += [", ", Quantity(counts["rounding"]), " are but for rounding"]
    if counts["other"]:
        phrase += [", ", Quantity(counts["other"]), " are others"]
    phrase += ["; largest relative difference ", Quantity(largest, "error")]
    phrase += [" (tolerance ", Quantity(against.tolerance, "real"), ")"]
    if against.gradients:
        off = max(each.difference for each in against.gradients)
        phrase += ["; of the gradient of the input ", Quantity(off, "error")]
    return Fact(f"{against.engine} {against.version}", tuple(phrase))
