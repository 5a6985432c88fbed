"""A spec file -> its findings: what is wrong with it, what it promises and misses, and what rules say of it.

This is all that a worker does for one file; its result is plain data, so that it crosses processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat import rules
from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import Problem, Source, Span, SpecError
from cnnstat.commands.check.budgets import Budgeted, network_budgets
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
    from cnnstat.commands.check.execution import Executed
    from cnnstat.graph.model import Graph
    from cnnstat.rules.rule import Found, Severity
    from cnnstat.spec.budget import Bound
    from cnnstat.spec.model import Family


class Execution(Struct, frozen=True, kw_only=True):
    """What came of running a network: figures measured as calculated, gradients that are right."""

    network: str
    figures: int
    gradients: int
    verdict: str


class CheckOptions(Struct, frozen=True, kw_only=True):
    """What a file is checked for.

    ``severity`` has the codes that matter more or less than by default, ``least`` is how much a finding
    matters at least to be one. ``budget`` bounds every network, beside its own budgets. ``run`` executes each
    network within so many bytes, ``check_grad`` checks its gradients, too. ``write_expect`` pins figures in
    the file before it is checked.
    """

    severity: Mapping[str, Level] = {}
    least: Severity = "warning"
    budget: tuple[Bound, ...] = ()
    run: bool = False
    check_grad: bool = False
    max_memory: int | None = None
    write_expect: bool = False

    def of_code(self, code: str, default: Severity) -> Severity | None:
        """Return how much a code matters here; None where it is off, or matters too little."""
        level = self.severity.get(code, default)
        enough = level != "off" and SEVERITIES.index(level) >= SEVERITIES.index(self.least)
        return level if enough and level != "off" else None


class FileReport(Struct, frozen=True, kw_only=True):
    """What came of one file: how many networks were analyzed, findings by position, budgets, executions.

    ``written`` are the figures that were pinned in it, ``left`` those that should have been and could not be.
    """

    file: str
    networks: int = 0
    findings: tuple[Finding, ...] = ()
    budgets: tuple[Budgeted, ...] = ()
    executions: tuple[Execution, ...] = ()
    written: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def check_file(spec: str, options: CheckOptions) -> FileReport:
    """Check a file, or one variant of it; what cannot be read is a finding, too."""
    if options.write_expect:
        return _check_pinned(spec, options)
    try:
        text, name, variant = file.read(spec)
    except SpecError as error:
        findings = Findings()
        _add_problems(findings, error.problems)
        return FileReport(file=spec, findings=tuple(findings))
    return check_text(text, name, variant, options)


def _check_pinned(spec: str, options: CheckOptions) -> FileReport:
    from cnnstat.commands.check.written_pins import write_pins  # noqa: PLC0415 - only for --write-expect

    ended = write_pins(spec)
    report = check_file(spec, replace(options, write_expect=False))
    if ended.problem is not None:
        findings = Findings()
        findings.add(ended.problem, "error")
        report = replace(report, findings=(*findings, *report.findings))
    return replace(report, written=ended.pins.written, left=ended.pins.left) if ended.pins else report


def check_text(text: str, name: str, variant: str | None, options: CheckOptions) -> FileReport:
    """Check the text of a spec: all its networks, or one variant."""
    findings, networks, executions = Findings(), 0, []
    budgets: list[Budgeted] = []
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
        stand = network_budgets(analysis, options.budget)
        budgets += stand.budgets
        for problem in stand.problems:
            if severity := options.of_code(problem.code, "error"):
                findings.add(problem, severity, analysis.name)
        _add_of_network(findings, analysis, options)
        if options.run:
            executed = _executed(analysis.graph, options)
            executions += [executed.execution] if executed.execution else []
            if executed.problem:
                findings.add(executed.problem, "error", analysis.name)
    return FileReport(
        file=name,
        networks=networks,
        findings=tuple(findings),
        budgets=tuple(budgets),
        executions=tuple(executions),
    )


def lost(work: tuple[str, CheckOptions]) -> FileReport:
    """Return the report of a file whose check ended the process that it was in."""
    spec, _ = work
    findings = Findings()
    why = "the system ended the process that checked it, most likely for want of memory"
    findings.add(Problem("file/lost", why, Span(Source(spec, ""), 1, 1)), "error")
    return FileReport(file=spec, findings=tuple(findings))


def _executed(graph: Graph, options: CheckOptions) -> Executed:
    from cnnstat.commands.check.execution import execute  # noqa: PLC0415 - it needs NumPy

    return execute(graph, check_grad=options.check_grad, max_memory=options.max_memory)


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
