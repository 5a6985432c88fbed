"""What `check` finds in the spec of a network, with what the pages of its codes say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat import rules
from cnnstat.base.pages import CODES
from cnnstat.commands.check.common_budgets import with_budgets
from cnnstat.commands.check.findings_of import findings_of
from cnnstat.commands.check.options import CheckOptions
from cnnstat.commands.check.spec_files import path_of
from cnnstat.commands.report.document import FindingEntry

if TYPE_CHECKING:
    from cnnstat.commands.check.configuration import Configuration, Override
    from cnnstat.commands.check.findings import Finding
    from cnnstat.graph.model import Graph


class CodePage(Struct, frozen=True):
    """What is said of a code: of a problem the way out, too, of a rule a spec in which it finds nothing."""

    title: str = ""
    meaning: str = ""
    way_out: str = ""
    good: str = ""


class Checks:
    """What `check` finds in specs, by a configuration; each network is checked once."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._found: dict[tuple[str, str | None], tuple[Finding, ...]] = {}

    def of(self, graph: Graph) -> tuple[FindingEntry, ...]:
        """Return what is found in the network of a graph, with the parameters and the input of its spec."""
        family = graph.spec.family
        source = family.span.source
        variant = graph.spec.variant_key
        key = (source.name, variant)
        if key not in self._found:
            options = check_options(self._configuration.of_file(path_of(source.name)))
            report, _ = findings_of(source.text, source.name, variant, options)
            self._found[key] = report.findings
        return tuple(map(finding_entry, self._found[key]))


def check_options(said: Override | Configuration) -> CheckOptions:
    """Return what is looked for by what a project says of a file."""
    return CheckOptions(severity=said.severity, budget=with_budgets(said.budget, ()))


def finding_entry(finding: Finding) -> FindingEntry:
    """Return a finding with what the page of its code says."""
    page = page_of(finding.code)
    return FindingEntry(
        finding=finding, title=page.title, meaning=page.meaning, way_out=page.way_out, good=page.good
    )


def page_of(code: str) -> CodePage:
    """Return what the page of a code says; a plug-in's may have none."""
    if code in CODES:
        page = CODES[code]
        return CodePage(page.title, page.meaning, way_out=page.way_out)
    if code in rules.codes():
        manual = rules.manual(code)
        return CodePage(manual.title, manual.why, good=manual.good)
    return CodePage()
