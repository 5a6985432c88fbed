"""The text of a spec -> its findings, and the edits that mend some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat import rules
from cnnstat.analysis.value_names import wrong_values
from cnnstat.base.errors import Problem, Source, SpecError
from cnnstat.commands.check.budgets import network_budgets
from cnnstat.commands.check.document import FileReport
from cnnstat.commands.check.findings import Findings
from cnnstat.commands.check.ignores import apply_ignores
from cnnstat.commands.check.networks import networks, unchecked
from cnnstat.rules.rule import Found
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.analysis import Analysis
    from cnnstat.commands.check.budgets import Budgeted
    from cnnstat.commands.check.document import Execution
    from cnnstat.commands.check.execution import Executed
    from cnnstat.commands.check.findings import Fixable
    from cnnstat.commands.check.networks import Network
    from cnnstat.commands.check.options import CheckOptions
    from cnnstat.graph.model import Graph
    from cnnstat.spec.model import Family


def findings_of(
    text: str, name: str, variant: str | None, options: CheckOptions, others: Iterable[Problem] = ()
) -> tuple[FileReport, tuple[Fixable, ...]]:
    """Check the text of a spec, all its networks or one variant; ``others`` are found already.

    What can be mended has the edits that mend it. There are none where a network of the file was not
    looked at, or could not be.
    """
    findings = Findings()
    budgets: list[Budgeted] = []
    executions: list[Execution] = []
    wrong: list[Network] = []
    analyzed = 0
    add_problems(findings, others, options)
    try:
        family = read_family(Source(name, text))
    except SpecError as error:
        add_problems(findings, error.problems, options)
        return FileReport(file=name, findings=tuple(findings)), ()
    findings.in_family = bool(family.variants)
    _add_rules(findings, options, family)
    for network in networks(family, variant):
        analysis = network.analysis
        if analysis is None:
            wrong.append(network)
            add_problems(findings, network.problems, options, network.name)
            continue
        analyzed += 1
        findings.begin(analysis.graph)
        missed = (Problem("expect/missed", each.message, each.span) for each in analysis.missed)
        add_problems(findings, missed, options, analysis.name)
        add_problems(findings, wrong_values(analysis), options, analysis.name)
        stand = network_budgets(analysis, options.budget)
        budgets += stand.budgets
        add_problems(findings, stand.problems, options, analysis.name)
        _add_rules(findings, options, family, analysis)
        if options.run:
            executed = _executed(analysis.graph, options)
            executions += [executed.execution] if executed.execution else []
            add_problems(findings, [executed.problem] if executed.problem else (), options, analysis.name)
    add_problems(findings, unchecked(wrong, analyzed + len(wrong)), options)
    findings.complete = not wrong and variant is None
    ignored = apply_ignores(findings, family.span.source, options, complete=findings.complete)
    found = list(findings)
    shown = tuple(each for each in found if options.enough(each.severity))
    report = FileReport(
        file=name,
        networks=analyzed,
        findings=shown,
        budgets=tuple(budgets),
        ignored=ignored,
        hidden=len(found) - len(shown),
        executions=tuple(executions),
    )
    return report, tuple(findings.fixes(options.enough))


def add_problems(
    findings: Findings, problems: Iterable[Problem], options: CheckOptions, network: str = ""
) -> None:
    """Add problems of a network, or of the file as a whole, unless a project has their code off."""
    for problem in problems:
        if severity := options.of_code(problem.code, "error"):
            findings.add(problem.code, Found(problem.message, problem.span), severity, network)


def _add_rules(
    findings: Findings, options: CheckOptions, family: Family, analysis: Analysis | None = None
) -> None:
    """Add what rules find in a network of a spec; without one, in the spec as it is written."""
    network = analysis.name if analysis else ""
    for code in rules.codes():
        severity = options.of_rule(code)
        if not severity:
            continue
        try:
            for each in rules.rule(code).found(family, analysis):
                findings.add(code, each, severity, network)
        except Exception as error:
            package = rules.origin(code)
            if not package:
                raise
            message = f"{code} of package {package} failed: {type(error).__name__}: {error}"
            add_problems(findings, (Problem(rules.FAILED, message, family.span),), options, network)


def _executed(graph: Graph, options: CheckOptions) -> Executed:
    from cnnstat.commands.check.execution import execute  # noqa: PLC0415 - it needs NumPy

    return execute(graph, check_grad=options.check_grad, max_memory=options.max_memory, share=options.share)
