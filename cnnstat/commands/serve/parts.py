"""What a page asks for when it is to be shown: one part of a network, as the report of all has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.outline import find
from cnnstat.base.errors import ArgumentError
from cnnstat.commands.check.findings_of import findings_of
from cnnstat.commands.check.options import CheckOptions
from cnnstat.commands.explain.document import entry_of
from cnnstat.commands.explain.explanations import explanations, named
from cnnstat.commands.report import network_page
from cnnstat.commands.report.chart_entries import chart_entries
from cnnstat.commands.report.document import UnitTrace
from cnnstat.commands.report.finding_entries import finding_entry
from cnnstat.commands.report.unit_fields import unit_fields
from cnnstat.commands.report.unit_traces import middle, unit_traces
from cnnstat.commands.serve.diagnostics import of_findings
from cnnstat.commands.serve.document import ChartsDocument, ConventionsDocument, FindingsDocument
from cnnstat.commands.serve.requests import analyzed

if TYPE_CHECKING:
    from cnnstat.commands.explain.document import ExplainedEntry
    from cnnstat.commands.report.document import LayerFields
    from cnnstat.commands.serve.requests import OfLayer, OfText, OfUnit


def explained(asked: OfLayer, name: str) -> ExplainedEntry:
    """Return the arithmetic of a layer or a block, or of the whole under the name `total`."""
    analysis = analyzed(asked, name)
    return next(map(entry_of, explanations(analysis, named(analysis, (asked.layer,)))))


def fields(asked: OfLayer, name: str) -> LayerFields:
    """Return what the units of a layer see of the input."""
    analysis = analyzed(asked, name)
    row = find(analysis, asked.layer)
    found, reason = unit_fields(analysis)
    if found is None:
        raise ArgumentError(reason)
    return found[row.layers.stop - 1]


def conventions(asked: OfText, name: str) -> ConventionsDocument:
    """Return what other tools print, side by side."""
    return ConventionsDocument(conventions=network_page.conventions(analyzed(asked, name)))


def charts(asked: OfText, name: str) -> ChartsDocument:
    """Return the charts, each for light and for dark pages."""
    return ChartsDocument(charts=chart_entries(analyzed(asked, name)))


def findings(asked: OfText, name: str) -> FindingsDocument:
    """Return what `check` finds in a text, and what of it is of the network that is meant."""
    report, fixable = findings_of(asked.text, name, None, CheckOptions())
    marks = of_findings(asked.text, name, report, fixable)
    own = analyzed(asked, name).name if report.networks else ""
    entries = (finding_entry(each) for each in report.findings if not each.networks or own in each.networks)
    return FindingsDocument(marks=marks, findings=tuple(entries))


def trace(asked: OfUnit, name: str) -> UnitTrace:
    """Return the numbers of a unit; without one, of the middle one."""
    analysis = analyzed(asked, name)
    unit = asked.unit or middle(find(analysis, asked.layer).output_shape)
    found, reason = unit_traces(analysis, [(asked.layer, unit)], None, None)
    return found[0] if found else UnitTrace(layer=asked.layer, unit=unit, trace=None, reason=reason)
