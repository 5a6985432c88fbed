"""What a page asks for when it is to be shown: one part of a network, as the report of all has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.outline import find
from cnnstat.commands.check.findings_of import findings_of
from cnnstat.commands.explain.document import entry_of
from cnnstat.commands.explain.explanations import explanations, named
from cnnstat.commands.report import network_page
from cnnstat.commands.report.chart_entries import chart_entries
from cnnstat.commands.report.document import UnitTrace
from cnnstat.commands.report.finding_entries import check_options, finding_entry
from cnnstat.commands.report.unit_traces import middle, unit_traces
from cnnstat.commands.serve.diagnostics import of_findings
from cnnstat.commands.serve.document import ChartsDocument, ConventionsDocument, FindingsDocument

if TYPE_CHECKING:
    from cnnstat.commands.explain.document import ExplainedEntry
    from cnnstat.commands.report.document import LayerFields
    from cnnstat.commands.serve.asked_network import AskedNetwork
    from cnnstat.commands.serve.requests import OfLayer, OfText, OfUnit


def explained(asked: OfLayer, of: AskedNetwork) -> ExplainedEntry:
    """Return the arithmetic of a layer or a block, or of the whole under the name `total`."""
    analysis = of.analysis
    return next(map(entry_of, explanations(analysis, named(analysis, (asked.layer,)))))


def fields(asked: OfLayer, of: AskedNetwork) -> LayerFields:
    """Return what the units of a layer see of the input."""
    return of.fields[find(of.analysis, asked.layer).layers.stop - 1]


def conventions(asked: OfText, of: AskedNetwork) -> ConventionsDocument:
    """Return what other tools print, side by side."""
    return ConventionsDocument(conventions=network_page.conventions(of.analysis))


def charts(asked: OfText, of: AskedNetwork) -> ChartsDocument:
    """Return the charts, each for light and for dark pages."""
    return ChartsDocument(charts=chart_entries(of.analysis))


def findings(asked: OfText, of: AskedNetwork) -> FindingsDocument:
    """Return what `check` finds in a text, and what of it is of the network that is meant."""
    options = check_options(of.configuration)
    report, fixable = findings_of(asked.text, of.name, None, options)
    marks = of_findings(asked.text, of.name, report, fixable)
    own = of.analysis.name if report.networks else ""
    entries = (finding_entry(each) for each in report.findings if not each.networks or own in each.networks)
    return FindingsDocument(marks=marks, findings=tuple(entries))


def trace(asked: OfUnit, of: AskedNetwork) -> UnitTrace:
    """Return the numbers of a unit; without one, of the middle one."""
    analysis = of.analysis
    unit = asked.unit or middle(find(analysis, asked.layer).output_shape)
    found, reason = unit_traces(analysis, [(asked.layer, unit)], None, None)
    return found[0] if found else UnitTrace(layer=asked.layer, unit=unit, trace=None, reason=reason)
