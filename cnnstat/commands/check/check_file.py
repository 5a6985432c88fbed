"""A spec file -> its findings: what is wrong with it, what it promises and misses, and what rules say of it.

This is all that a worker does for one file; its result is plain data, so that it crosses processes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from cnnstat import rules
from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import Problem, Source, Span, SpecError
from cnnstat.base.files import FileError
from cnnstat.commands.check.against import FileChange, compare
from cnnstat.commands.check.budgets import Budgeted, network_budgets
from cnnstat.commands.check.findings import Finding, Findings, Fix
from cnnstat.commands.check.ignores import apply_ignores
from cnnstat.commands.check.mended import mended
from cnnstat.commands.check.pins import pinned
from cnnstat.commands.check.replaced import replace_text
from cnnstat.graph.model import build
from cnnstat.importers import is_model, read
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
    from cnnstat.rules.rule import Edit, Found, Severity
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
    network within so many bytes, ``check_grad`` checks its gradients, too. It is compared with what is
    ``earlier``, the spec as it was in the revision or folder ``against``, within ``tolerances``.
    """

    severity: Mapping[str, Level] = {}
    least: Severity = "warning"
    budget: tuple[Bound, ...] = ()
    fix: bool = False
    write_expect: bool = False
    run: bool = False
    check_grad: bool = False
    max_memory: int | None = None
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

    ``ignored`` are those that comments of the file ask to leave out, ``fixed`` those that were mended, and
    ``hidden`` counts further findings, which matter less than is asked for; ``written`` are the figures that
    were pinned in it, ``left`` those that should have been and could not be.
    """

    file: str
    networks: int = 0
    findings: tuple[Finding, ...] = ()
    ignored: int = 0
    fixed: int = 0
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
        text, name, variant = read(spec)
    except SpecError as error:
        findings = Findings()
        _add_problems(findings, error.problems)
        return FileReport(file=spec, findings=tuple(findings)), ""
    changed = _changed(spec, name, variant, text, options)
    compared = None
    if options.earlier is not None:
        earlier = options.earlier
        compared = compare(earlier, changed.text, name, variant, options.tolerances, options.against)
    others = (*changed.problems, *(compared.problems if compared else ()))
    report = structs.replace(
        check_text(changed.text, name, variant, options, others),
        fixed=changed.fixed,
        written=changed.written,
        left=changed.left,
        change=compared and compared.change,
    )
    return report, changed.text


class _Changed(Struct, frozen=True):
    """The text of a file as it is now, what is new in it, and why something is not."""

    text: str
    problems: tuple[Problem, ...] = ()
    fixed: int = 0
    written: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def _changed(spec: str, name: str, variant: str | None, text: str, options: CheckOptions) -> _Changed:
    """Mend a file and pin its figures, as far as that is asked for; it is written once."""
    start = Span(Source(name, ""), 1, 1)
    if is_model(spec):
        why = "is a model, which stays as it is"
        return _Changed(text, (Problem("expect/unwritten", why, start),) if options.write_expect else ())
    if spec != "-" and not Path(name).exists():  # a bundled network is nobody's to change
        why = "is a bundled network; copy its file and name that"
        return _Changed(text, (Problem("expect/unwritten", why, start),) if options.write_expect else ())
    found = _Changed(text)
    if options.fix:
        unexecuted = structs.replace(options, run=False, check_grad=False)
        attempt = mended(text, lambda each: look(each, name, None, unexecuted))
        why = f"mended, it would have a new error: {attempt.refused}"
        refused = (Problem("fix/refused", why, start),) if attempt.refused else ()
        found = _Changed(attempt.text, refused, attempt.fixed)
    if options.write_expect:
        pins = pinned(found.text, name, variant)
        problems = (*found.problems, *pins.problems)
        found = _Changed(pins.text, problems, found.fixed, pins.written, pins.left)
    if found.text != text and spec != "-":
        try:
            replace_text(file.find(spec)[0], text, found.text)
        except FileError as error:
            code = "fix/unwritten" if found.fixed else "expect/unwritten"
            return _Changed(text, (Problem(code, str(error), start),))
    return found


def check_text(
    text: str, name: str, variant: str | None, options: CheckOptions, others: Iterable[Problem] = ()
) -> FileReport:
    """Check the text of a spec: all its networks, or one variant; ``others`` are found already."""
    report, _ = look(text, name, variant, options, others)
    return report


def look(
    text: str, name: str, variant: str | None, options: CheckOptions, others: Iterable[Problem] = ()
) -> tuple[FileReport, tuple[tuple[Edit, ...], ...]]:
    """Check the text of a spec, and return the edits that mend what can be mended, too.

    There are none where a network of the file was not looked at, or could not be.
    """
    findings, networks, executions = Findings(), 0, []
    budgets: list[Budgeted] = []
    _add_problems(findings, others)
    try:
        family = read_family(Source(name, text))
    except SpecError as error:
        _add_problems(findings, error.problems)
        return FileReport(file=name, findings=tuple(findings)), ()
    _add_of_family(findings, family, options)
    variants = _variants(family, variant)
    for each in variants:
        try:
            analysis = analyze_graph(build(choose(family, each, {})))
        except SpecError as error:
            _add_problems(findings, error.problems, each or family.name)
            continue
        networks += 1
        findings.begin(analysis.graph)
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
    complete = networks == len(variants) and variant is None
    ignored = apply_ignores(findings, family.span.source, options, complete=complete)
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
    return report, tuple(findings.fixes(options.enough)) if complete else ()


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
    for code in rules.codes():
        rule = rules.rule(code)
        severity = options.of_rule(code)
        if rule.family and severity:
            _add_found(findings, code, severity, rule.family(family))


def _add_of_network(findings: Findings, analysis: Analysis, options: CheckOptions) -> None:
    for code in rules.codes():
        rule = rules.rule(code)
        severity = options.of_rule(code)
        if rule.network and severity:
            _add_found(findings, code, severity, rule.network(analysis), analysis.name)


def _add_found(
    findings: Findings, code: str, severity: Severity, found: Iterable[Found], network: str = ""
) -> None:
    for each in found:
        fix = Fix(each.edits, each.entry)
        findings.add(Problem(code, each.message, each.span), severity, network, fix)
