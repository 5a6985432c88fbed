"""What a page asks for when it is to be shown: one part of a network, as the report of all has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from cnnstat.analysis.conventions import CONVENTIONS
from cnnstat.analysis.outline import find
from cnnstat.analysis.tool_counts import tool_counts, total
from cnnstat.base.errors import ArgumentError
from cnnstat.commands.explain.document import ExplainedEntry, entry_of
from cnnstat.commands.explain.explanations import explanations, named
from cnnstat.commands.flops.document import ConventionEntry, convention_entry
from cnnstat.commands.plot.field_chart import field_chart
from cnnstat.commands.plot.layer_chart import DEFAULT, layer_chart
from cnnstat.commands.plot.memory_chart import memory_chart
from cnnstat.commands.plot.vega_lite import vega_lite
from cnnstat.commands.report.document import ChartEntry, LayerFields, UnitTrace
from cnnstat.commands.report.unit_fields import unit_fields
from cnnstat.commands.run.refusals import RefusedError
from cnnstat.commands.serve.requests import OfText, analyzed
from cnnstat.commands.trace.options import TraceOptions
from cnnstat.commands.trace.unit_trace import trace_of

if TYPE_CHECKING:
    from cnnstat.commands.plot.chart import Chart
    from cnnstat.commands.serve.requests import OfLayer, OfUnit


class OfChart(OfText, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A chart of a network."""

    kind: Literal["layers", "memory", "rf"]


class Conventions(Struct, frozen=True, kw_only=True):
    """What other tools print for it."""

    conventions: tuple[ConventionEntry, ...]


def explained(asked: OfLayer, name: str) -> ExplainedEntry:
    """Return the arithmetic of a layer or a block, or of the whole under the name `total`."""
    analysis = analyzed(asked, name)
    return next(map(entry_of, explanations(analysis, named(analysis, (asked.layer,)))))


def fields(asked: OfLayer, name: str) -> LayerFields:
    """Return what the units of a layer see of the input."""
    analysis = analyzed(asked, name)
    row = find(analysis, asked.layer)
    found = unit_fields(analysis)
    if found is None:
        raise ArgumentError("the input is a vector, which has no places")
    return found[row.layers.stop - 1]


def conventions(asked: OfText, name: str) -> Conventions:
    """Return what other tools count, side by side."""
    analysis = analyzed(asked, name)
    return Conventions(
        conventions=tuple(
            convention_entry(tool, total(tool_counts(analysis, tool))) for tool in CONVENTIONS.values()
        )
    )


def chart(asked: OfChart, name: str) -> ChartEntry:
    """Return a chart, for light and for dark pages."""
    analysis = analyzed(asked, name)
    charts = {
        "layers": lambda: layer_chart([analysis], DEFAULT, None),
        "memory": lambda: memory_chart([analysis]),
        "rf": lambda: field_chart([analysis]),
    }
    made: Chart = charts[asked.kind]()
    return ChartEntry(kind=asked.kind, light=vega_lite(made, "light"), dark=vega_lite(made, "dark"))


def trace(asked: OfUnit, name: str) -> UnitTrace:
    """Return the numbers of a unit; without one, of the middle one."""
    analysis = analyzed(asked, name)
    row = find(analysis, asked.layer)
    unit = asked.unit or tuple(size // 2 for size in row.output_shape)
    try:
        found = trace_of(analysis.graph, TraceOptions(at=asked.layer, unit=unit))
    except RefusedError as refusal:
        return UnitTrace(layer=asked.layer, unit=unit, trace=None, reason=str(refusal))
    return UnitTrace(layer=asked.layer, unit=unit, trace=found, reason="")
