"""A spec file -> its report: what is wrong with it, what it promises and misses, and what rules say of it.

This is all that a worker does for one file; its result is plain data, so that it crosses processes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeAlias

from msgspec import structs

from cnnstat.base.errors import Problem, Source, Span, SpecError
from cnnstat.commands.check.against import NOT_COMPARED, compare
from cnnstat.commands.check.changed_text import changed_text
from cnnstat.commands.check.document import FileReport
from cnnstat.commands.check.findings import Findings
from cnnstat.commands.check.findings_of import add_problems, findings_of
from cnnstat.commands.check.spec_files import path_of
from cnnstat.importers import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.commands.check.findings import Fixable
    from cnnstat.commands.check.options import CheckOptions


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
        add_problems(findings, error.problems, options)
        return FileReport(file=spec, findings=tuple(findings)), ""
    unexecuted = structs.replace(options, run=False)

    def look(text: str) -> tuple[FileReport, Sequence[Fixable]]:
        return findings_of(text, name, None, unexecuted)

    changed = changed_text(spec, name, variant, text, options, look)
    compared = NOT_COMPARED
    if options.earlier is not None:
        compared = compare(
            options.earlier, changed.text, name, variant, options.tolerances, options.against or ""
        )
    others = (*changed.problems, *compared.problems)
    report, _ = findings_of(changed.text, name, variant, options, others)
    found = structs.replace(
        report,
        fixed=len(changed.fixed),
        mended=changed.fixed,
        written=changed.written,
        left=changed.left,
        change=compared.change,
    )
    return found, changed.text


Work: TypeAlias = "tuple[str, CheckOptions]"


def by_file(work: Iterable[Work]) -> list[tuple[Work, ...]]:
    """Return pieces of work that are about one file together, for it may be changed: in one process."""
    found: dict[str, list[Work]] = {}
    for each in work:
        found.setdefault(os.path.realpath(path_of(each[0])), []).append(each)
    return [tuple(each) for each in found.values()]


def check_together(*work: Work) -> tuple[FileReport, ...]:
    """Check what is about one file, one after the other."""
    return tuple(check_file(*each) for each in work)


def lost(work: tuple[Work, ...]) -> tuple[FileReport, ...]:
    """Return the reports of a file whose check ended the process that it was in."""
    return tuple(_lost(*each) for each in work)


def _lost(spec: str, options: CheckOptions) -> FileReport:
    findings = Findings()
    why = "the system ended the process that checked it, most likely for want of memory"
    add_problems(findings, (Problem("file/lost", why, Span(Source(spec, ""), 1, 1)),), options)
    return FileReport(file=spec, findings=tuple(findings))
