"""A spec file -> its findings: what is wrong with it, what it promises and misses, and what rules say of it.

This is all that a worker does for one file; its result is plain data, so that it crosses processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat import rules
from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import Problem, Source, SpecError
from cnnstat.commands.check.findings import Finding, Findings
from cnnstat.graph.model import build
from cnnstat.rules.rule import SEVERITIES
from cnnstat.spec import file
from cnnstat.spec.choice import choose
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnnstat.analysis import Analysis
    from cnnstat.commands.check.configuration import Level
    from cnnstat.rules.rule import Found, Severity
    from cnnstat.spec.model import Family


class CheckOptions(Struct, frozen=True, kw_only=True):
    """What a file is checked for.

    ``severity`` has the codes that matter more or less than by default, ``least`` is how much a finding
    matters at least to be one.
    """

    severity: Mapping[str, Level] = {}
    least: Severity = "warning"

    def of_code(self, code: str, default: Severity) -> Severity | None:
        """Return how much a code matters here; None where it is off, or matters too little."""
        level = self.severity.get(code, default)
        enough = level != "off" and SEVERITIES.index(level) >= SEVERITIES.index(self.least)
        return level if enough and level != "off" else None


class FileReport(Struct, frozen=True, kw_only=True):
    """What came of one file: how many networks were analyzed, and the findings by position."""

    file: str
    networks: int = 0
    findings: tuple[Finding, ...] = ()


def check_file(spec: str, options: CheckOptions) -> FileReport:
    """Check a file, or one variant of it; what cannot be read is a finding, too."""
    try:
        text, name, variant = file.read(spec)
    except SpecError as error:
        findings = Findings()
        _add_problems(findings, error.problems)
        return FileReport(file=spec, findings=tuple(findings))
    return check_text(text, name, variant, options)


def check_text(text: str, name: str, variant: str | None, options: CheckOptions) -> FileReport:
    """Check the text of a spec: all its networks, or one variant."""
    findings, networks = Findings(), 0
    try:
        family = read_family(Source(name, text))
    except SpecError as error:
        _add_problems(findings, error.problems)
        return FileReport(file=name, findings=tuple(findings))
    _add_of_family(findings, family, options)
    for each in _variants(family, variant):
        try:
            analysis = analyze_graph(build(choose(family, each, {})))
        except SpecError as error:
            _add_problems(findings, error.problems, each or family.name)
            continue
        networks += 1
        for missed in analysis.missed:
            findings.add(Problem("expect/missed", missed.message, missed.span), "error", analysis.name)
        _add_of_network(findings, analysis, options)
    return FileReport(file=name, networks=networks, findings=tuple(findings))


def _variants(family: Family, variant: str | None) -> tuple[str | None, ...]:
    return (variant,) if variant is not None else tuple(family.variants) or (None,)


def _add_problems(findings: Findings, problems: Iterable[Problem], network: str = "") -> None:
    for problem in problems:
        findings.add(problem, "error", network)


def _add_of_family(findings: Findings, family: Family, options: CheckOptions) -> None:
    for code in rules.CODES:
        rule = rules.rule(code)
        severity = options.of_code(code, rule.severity)
        if rule.family and severity:
            _add_found(findings, code, severity, rule.family(family))


def _add_of_network(findings: Findings, analysis: Analysis, options: CheckOptions) -> None:
    for code in rules.CODES:
        rule = rules.rule(code)
        severity = options.of_code(code, rule.severity)
        if rule.network and severity:
            _add_found(findings, code, severity, rule.network(analysis), analysis.name)


def _add_found(
    findings: Findings, code: str, severity: Severity, found: Iterable[Found], network: str = ""
) -> None:
    for each in found:
        findings.add(Problem(code, each.message, each.span), severity, network, each.edits)
