"""Analysis -> what a page shows of a network, in parts that can be asked for alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cnnstat.commands.draw.repeats import repeats_of
from cnnstat.commands.explain.document import entry_of
from cnnstat.commands.explain.explanations import explanations
from cnnstat.commands.flops.document import convention_entries, every_convention
from cnnstat.commands.report.chart_entries import chart_entries
from cnnstat.commands.report.document import NetworkPage, SpecText
from cnnstat.commands.report.tree import blocks, layer_looks, repetitions
from cnnstat.commands.report.unit_fields import unit_fields
from cnnstat.commands.summary.document import document as summary_document
from cnnstat.report.outline import branches

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis
    from cnnstat.commands.explain.document import ExplainedEntry
    from cnnstat.commands.flops.document import ConventionEntry


def first_page(analysis: Analysis, key: str) -> NetworkPage:
    """Return what a page shows of a network at once: its figures, and how its layers stand together."""
    repeats = repeats_of(analysis, each=False)
    return NetworkPage(
        command="report",
        key=key,
        summary=summary_document(analysis, None),
        outputs=analysis.output_names,
        layers=tuple(layer_looks(analysis, repeats)),
        blocks=tuple(blocks(analysis)),
        repetitions=tuple(repetitions(analysis, repeats)),
    )


def whole_page(analysis: Analysis, key: str) -> NetworkPage:
    """Return all that a page shows of a network that was not run."""
    fields, reason = unit_fields(analysis)
    return replace(
        first_page(analysis, key),
        explained=explained(analysis),
        fields=fields,
        fields_reason=reason,
        conventions=conventions(analysis),
        charts=chart_entries(analysis),
        spec=spec_text(analysis),
    )


def explained(analysis: Analysis) -> tuple[ExplainedEntry, ...]:
    """Return the arithmetic of every layer and block, and last that of the sums."""
    rows = (*(branch.row for branch in branches(analysis)), analysis.totals)
    return tuple(map(entry_of, explanations(analysis, rows)))


def conventions(analysis: Analysis) -> tuple[ConventionEntry, ...]:
    """Return what other tools print for the network."""
    return convention_entries(every_convention(analysis))


def spec_text(analysis: Analysis) -> SpecText:
    """Return the text that the network was read from."""
    source = analysis.graph.spec.family.span.source
    return SpecText(file=source.name, text=source.text)
