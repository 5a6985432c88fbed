"""The least time of layers on a machine as steps: bytes, FLOPs for each byte, and what takes longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.model import BlockRow, LayerRow
from cnnstat.analysis.roofline import together
from cnnstat.base.arithmetic import term
from cnnstat.commands.explain.derivations import step
from cnnstat.commands.explain.document import StepEntry
from cnnstat.report.text import ratio, seconds_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis.model import Row, Totals
    from cnnstat.analysis.roofline import Roof

FIGURE = "roofline"
"""The figure that these steps are of."""


def roofline_steps(row: Row | Totals, roofs: Sequence[Roof]) -> Iterator[StepEntry]:
    """Yield what bounds a layer, a block or the whole network; ``roofs`` are those of all layers."""
    layers = row.layers if isinstance(row, BlockRow | LayerRow) else range(len(roofs))
    roof = together(roofs[i] for i in layers)
    moved = roof.traffic
    parts = {"inputs": moved.inputs, "params and buffers": moved.stored, "output": moved.output}
    if not moved.total:
        yield StepEntry(FIGURE, "bytes", "0: no byte has to move")
        return
    terms = [term(name, count) for name, count in parts.items() if count]
    yield step(FIGURE, sum(terms[1:], start=terms[0]), "bytes")
    assert roof.intensity is not None
    yield StepEntry(FIGURE, "FLOP/B", f"{ratio(float(roof.intensity))}, of {roof.flops:,} FLOPs")
    arithmetic, memory = (
        seconds_text(float(roof.arithmetic_seconds)),
        seconds_text(float(roof.memory_seconds)),
    )
    how = f"{memory} for the bytes, {arithmetic} for the FLOPs"
    least = seconds_text(float(roof.seconds))
    each = "; each layer takes the longer of its two" if len(layers) > 1 else ""
    yield StepEntry(FIGURE, "at least", f"{least}, bound by {roof.bound}: {how}{each}")
