"""What other tools printed, and what their conventions count."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import cnnstat
from cnnstat.analysis.conventions import CONVENTIONS
from cnnstat.analysis.layer_kinds import JOINS
from cnnstat.analysis.tool_counts import ToolCount, tool_counts, total

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis


def counted(analysis: Analysis, tool: str) -> ToolCount:
    return total(tool_counts(analysis, CONVENTIONS[tool]))


REFERENCE = Path(__file__).parents[1] / "reference"


def printed_by_tools(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of what tools printed."""
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


LAYERS_PRINTED = printed_by_tools("tools-layers.csv")
NETWORKS_PRINTED = printed_by_tools("tools-networks.csv")
SHARED_PRINTED = printed_by_tools("tools-shared.csv")
TOOLS = {key for row in LAYERS_PRINTED for key, cell in row.items() if cell} - {"input", "layer"}
"""The tools that ran on single layers."""


def alone(shape: str, line: str) -> Analysis:
    """Return the analysis of a network of one layer; what joins reads the input twice."""
    joins = line.split(",", maxsplit=1)[0] in (*JOINS, "concat")
    line = f"{line}, from: [input, input]" if joins else line
    return cnnstat.analyze(cnnstat.loads(f"input: [{shape}]\nlayers:\n  - {{type: {line}}}\n"))
