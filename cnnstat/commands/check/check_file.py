"""A spec file -> its findings: what is wrong with it, what it promises and misses, and what rules say of it.

This is all that a worker does for one file; its result is plain data, so that it crosses processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from cnnstat import rules
from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import Problem, Source, Span, SpecError
from cnnstat.commands.check.against import FileChange, compare
from cnnstat.commands.check.budgets import Budgeted, network_budgets
from cnnstat.commands.check.changed_text import changed_text
from cnnstat.commands.check.findings import Finding, Findings, Fix, Fixable, Mend
from cnnstat.commands.check.ignores import apply_ignores
from cnnstat.graph.model import build
from cnnstat.rules.rule import SEVERITIES
from cnnstat.spec import file
from cnnstat.spec.choice import choose
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnnstat.analysis import Analysis
    from cnnstat.commands.check.configuration import Level
    from cnnstat.commands.check.earlier import Earlier
    from cnnstat.commands.check.execution import Executed
    from cnnstat.graph.model import Graph
    from cnnstat.rules.rule import Severity
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
    matters at least to be one; ``budget`` bounds every network, beside its own budgets. ``fix``: what can be
    mended safely is mended in the file; ``write_expect``: figures are pinned in it. ``run`` executes each
    network, ``check_grad`` checks its gradients, too; processes ``share`` the bytes in ``max_memory``. It is
    compared with what is ``earlier``, the spec as it was in the revision or folder ``against``, within
    ``tolerances``.
    """

    severity: Mapping[str, Level] = {}
    least: Severity = "warning"
    budget: tuple[Bound, ...] = ()
    fix: bool = False
    write_expect: bool = False
    run: bool = False
    check_grad: bool = False
    max_memory: int | None = None
    share: int = 1
    earlier: Earlier | None = None
    against: str = ""
    tolerances: Mapping[str, str] = {}

    def of_code(self, code: str, default: Severity) -> Severity | None:
        """Return how much a code matters here; None where it is off."""
        level = self.severity.get(code, default)
        return level if level != "off" else None

    def enough(self, severity: Severity) -> bool:
        """Say whether a finding of this severity matters as much as is asked for."""
        return SEVERITIES.index(severity) >= SEVERITIES.index(self.least)

    def of_rule(self, code: str) -> Severity | None:
        """Return how much a rule matters here; None where it is off."""
        return self.of_code(code, rules.rule(code).severity)


class FileReport(Struct, frozen=True, kw_only=True):
    """What came of one file: how many networks were analyzed, findings by position, budgets, executions.

    ``ignored`` are those that comments of the file ask to leave out, ``fixed`` counts those that were
    ``mended``, and ``hidden`` further findings, which matter less than is asked for; ``written`` are the
    figures that were pinned in it, ``left`` those that should have been and could not be.
    """

    file: str
    networks: int = 0
    findings: tuple[Finding, ...] = ()
    ignored: int = 0
    fixed: int = 0
    mended: tuple[Mend, ...] = ()
    hidden: int = 0
    budgets: tuple[Budgeted, ...] = ()
    executions: tuple[Execution, ...] = ()
    written: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    change: FileChange | None = None


def check_file(spec: str, options: CheckOptions) -> FileReport:
    """Check a file, or one variant of it; what cannot be read is a finding, too."""
    report, _ = read_and_check(spec, options)
    return report


def read_and_check(spec: str, options: CheckOptions) -> tuple[FileReport, str]:
    """Check a file, changed where that is asked for, and return its text as it then is, too."""
    try:
        text, name, variant = file.read(spec)
    except SpecError as error:
        findings = Findings()
        _add_problems(findings, error.problems, options)
        return FileReport(file=spec, findings=tuple(findings)), ""
    unexecuted = structs.replace(options, run=False, check_grad=False)
    changed = changed_text(
        spec, name, variant, text, options, lambda each: look(each, name, None, unexecuted)
    )
    compared = None
    if options.earlier is not None:
        earlier = options.earlier
        compared = compare(earlier, changed.text, name, variant, options.tolerances, options.against)
    others = (*changed.problems, *(compared.problems if compared else ()))
    report = structs.replace(
        check_text(changed.text, name, variant, options, others),
        fixed=len(changed.fixed),
        mended=changed.fixed,
        written=changed.written,
        left=changed.left,
        change=compared and compared.change,
    )
    return report, changed.text


def check_text(
    text: str, name: str, variant: str | None, options: CheckOptions, others: Iterable[Problem] = ()
) -> FileReport:
    """Check the text of a spec: all its networks, or one variant; ``others`` are found already."""
    report, _ = look(text, name, variant, options, others)
    return report


def look(
    text: str, name: str, variant: str | None, options: CheckOptions, others: Iterable[Problem] = ()
) -> tuple[FileReport, tuple[Fixable, ...]]:
    """Check the text of a spec, and return what can be mended, with the edits that mend it, too.

    There are none where a network of the file was not looked at, or could not be.
    """
    findings, networks, executions = Findings(), 0, []
    budgets: list[Budgeted] = []
    _add_problems(findings, others, options)
    try:
        family = read_family(Source(name, text))
    except SpecError as error:
        _add_problems(findings, error.problems, options)
        return FileReport(file=name, findings=tuple(findings)), ()
    _add_rules(findings, options, family)
    findings.in_family = bool(family.variants)
    variants = _variants(family, variant)
    for each in variants:
        try:
            analysis = analyze_graph(build(choose(family, each, {})))
        except SpecError as error:
            _add_problems(findings, error.problems, options, each or family.name)
            continue
        networks += 1
        findings.begin(analysis.graph)
        missed = (Problem("expect/missed", each.message, each.span) for each in analysis.missed)
        _add_problems(findings, missed, options, analysis.name)
        stand = network_budgets(analysis, options.budget)
        budgets += stand.budgets
        _add_problems(findings, stand.problems, options, analysis.name)
        _add_rules(findings, options, family, analysis)
        if options.run:
            executed = _executed(analysis.graph, options)
            executions += [executed.execution] if executed.execution else []
            if executed.problem:
                _add_problems(findings, (executed.problem,), options, analysis.name)
    findings.complete = networks == len(variants) and variant is None
    ignored = apply_ignores(findings, family.span.source, options, complete=findings.complete)
    found = list(findings)
    shown = tuple(each for each in found if options.enough(each.severity))
    report = FileReport(
        file=name,
        networks=networks,
        findings=shown,
        budgets=tuple(budgets),
        ignored=ignored,
        hidden=len(found) - len(shown),
        executions=tuple(executions),
    )
    return report, tuple(findings.fixes(options.enough))


def lost(work: tuple[str, CheckOptions]) -> FileReport:
    """Return the report of a file whose check ended the process that it was in."""
    spec, _ = work
    findings = Findings()
    why = "the system ended the process that checked it, most likely for want of memory"
    findings.add(Problem("file/lost", why, Span(Source(spec, ""), 1, 1)), "error")
    return FileReport(file=spec, findings=tuple(findings))


def _executed(graph: Graph, options: CheckOptions) -> Executed:
    from cnnstat.commands.check.execution import execute  # noqa: PLC0415 - it needs NumPy

    return execute(graph, check_grad=options.check_grad, max_memory=options.max_memory, share=options.share)


def _variants(family: Family, variant: str | None) -> tuple[str | None, ...]:
    return (variant,) if variant is not None else tuple(family.variants) or (None,)


def _add_problems(
    findings: Findings, problems: Iterable[Problem], options: CheckOptions, network: str = ""
) -> None:
    for problem in problems:
        if severity := options.of_code(problem.code, "error"):
            findings.add(problem, severity, network)


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
                fix = Fix(each.edits, each.entry)
                findings.add(Problem(code, each.message, each.span), severity, network, fix)
        except Exception as error:
            package = rules.origin(code)
            if not package:
                raise
            message = f"{code} of package {package} failed: {type(error).__name__}: {error}"
            _add_problems(findings, (Problem(rules.FAILED, message, family.span),), options, network)
