"""What `check` finds in the spec of a network, with what the pages of its codes say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat import rules
from cnnstat.base.pages import CODES
from cnnstat.commands.check.common_budgets import with_budgets
from cnnstat.commands.check.findings_of import findings_of
from cnnstat.commands.check.options import CheckOptions
from cnnstat.commands.check.spec_files import path_of
from cnnstat.commands.report.document import FindingEntry

if TYPE_CHECKING:
    from cnnstat.commands.check.configuration import Configuration
    from cnnstat.commands.check.findings import Finding
    from cnnstat.graph.model import Graph


class Checks:
    """What `check` finds in specs, by a configuration; each network is checked once."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._found: dict[tuple[str, str | None], tuple[Finding, ...]] = {}

    def of(self, graph: Graph) -> tuple[FindingEntry, ...]:
        """Return what is found in the network of a graph, with the parameters and the input of its spec."""
        family = graph.spec.family
        source = family.span.source
        variant = next((name for name, each in family.variants.items() if each is graph.spec.variant), None)
        key = (source.name, variant)
        if key not in self._found:
            own = self._configuration.of_file(path_of(source.name))
            options = CheckOptions(severity=own.severity, budget=with_budgets(own.budget, ()))
            report, _ = findings_of(source.text, source.name, variant, options)
            self._found[key] = report.findings
        return tuple(map(finding_entry, self._found[key]))


def finding_entry(finding: Finding) -> FindingEntry:
    """Return a finding with what the page of its code says."""
    if finding.code in CODES:
        page = CODES[finding.code]
        return FindingEntry(
            finding=finding, title=page.title, meaning=page.meaning, way_out=page.way_out, good=""
        )
    manual = rules.manual(finding.code)
    return FindingEntry(finding=finding, title=manual.title, meaning=manual.why, way_out="", good=manual.good)
