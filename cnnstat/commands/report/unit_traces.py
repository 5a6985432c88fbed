"""Graph -> traces of units: of a small network those of every layer, of any those that are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

from cnnstat.commands.report.document import UnitTrace
from cnnstat.commands.run.proof import REFUSALS
from cnnstat.commands.trace.options import TraceOptions
from cnnstat.commands.trace.unit_trace import traces_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.bridge.taken_weights import Model

Unit: TypeAlias = tuple[str, tuple[int, ...]]
"""A layer, and a unit of it, channel first."""

MOST_ACTIVATIONS = 1_000_000
"""Numbers that all layers of a small network put out: its traces are shorter than the rest of the page."""
MOST_MACS = 200_000_000
"""Those of a small network: it runs within a blink."""


def unit_traces(
    analysis: Analysis, units: Sequence[Unit], model: Model | None, max_memory: int | None
) -> tuple[tuple[UnitTrace, ...] | None, str]:
    """Return traces of units, with none of a small network of one in every layer; or None, and the reason.

    Raises:
        ArgumentError: there is no such layer or unit.
    """
    if not units:
        if reason := _too_large(analysis):
            return None, reason
        units = [(row.name, middle(row.output_shape)) for row in analysis.rows]
    options = TraceOptions(at="", unit=(), model=model, max_memory=max_memory)
    try:
        found = traces_of(analysis.graph, [replace(options, at=at, unit=unit) for at, unit in units])
    except MemoryError:
        return None, "out of memory"
    except REFUSALS as refusal:
        return None, str(refusal)
    each = zip(units, found, strict=True)
    return tuple(
        UnitTrace(layer=at, unit=unit, trace=None, reason=str(trace))
        if isinstance(trace, Exception)
        else UnitTrace(layer=at, unit=unit, trace=trace, reason="")
        for (at, unit), trace in each
    ), ""


def middle(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the unit in the middle of a map, and of its channels."""
    return tuple(size // 2 for size in shape)


def _too_large(analysis: Analysis) -> str:
    """Return why a network is not small; "" where it is."""
    counts = analysis.totals.counts
    if counts.activations <= MOST_ACTIVATIONS and counts.macs <= MOST_MACS:
        return ""
    return (
        f"the layers put out {counts.activations:,} numbers with {counts.macs:,} MACs; up to "
        f"{MOST_ACTIVATIONS:,} and {MOST_MACS:,} a unit of each is traced, beyond those of --trace"
    )
