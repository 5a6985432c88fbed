"""Document of `check` -> lines for a person, and for whatever reads places as compilers print them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cnnstat.base.text import excerpt, plain, plural
from cnnstat.commands.check.formats.sections import HEAD, budgets, change_sums, changed, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.check.document import CheckDocument
    from cnnstat.commands.check.findings import Finding
    from cnnstat.rules.rule import Severity

_GUTTER = "{:5} | "
_WORDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


def render(document: CheckDocument, *, colour: bool, room: bool = False) -> str:
    """Return each finding with its line, the room of each budget where it is asked for, and the sums."""
    more = (*(budgets(document) if room else ()), *_changes(document))
    return "\n".join((*written(document), *_findings(document), *more, _sums(document), ""))


def _changes(document: CheckDocument) -> Iterator[str]:
    """Yield what a change does as a table, and how many specs it is about."""
    rows = [tuple(map(plain, row)) for row in changed(document)]
    if rows:
        widths = [max(map(len, column)) for column in zip(HEAD, *rows, strict=True)]
        for row in (HEAD, *rows):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            yield "  ".join(cells).rstrip()
    yield from filter(None, [change_sums(document)])


def _findings(document: CheckDocument) -> Iterator[str]:
    for report in document.files:
        for each in report.findings:
            place = f"{plain(each.file)}:{each.line}:{each.column}"
            yield f"{place}: {each.severity}: {each.code}: {plain(each.message)}{_more(each)}"
            if each.text:
                line, column = excerpt(each.text, each.column)
                gutter = _GUTTER.format(each.line)
                carets = "^" * max(1, min(each.length, len(line) - column + 1))
                yield f"{gutter}{line}\n{' ' * (len(gutter) - 2)}| {' ' * (column - 1)}{carets}"


def _more(finding: Finding) -> str:
    more = len(finding.networks) - 1
    return f"; and in {more} more {plural('network', more)}" if more > 0 else ""


def _sums(document: CheckDocument) -> str:
    files, networks = len(document.files), sum(report.networks for report in document.files)
    counts = Counter(each.severity for report in document.files for each in report.findings)
    found = ", ".join(f"{counts[key]:,} {plural(_WORDS[key], counts[key])}" for key in _WORDS if counts[key])
    checked = f"{files:,} {plural('file', files)}, {networks:,} {plural('network', networks)}"
    fixed, ignored = (sum(getattr(each, key) for each in document.files) for key in ("fixed", "ignored"))
    more = f"{f', {fixed:,} fixed' if fixed else ''}{f', {ignored:,} ignored' if ignored else ''}"
    return f"{checked}: {found or 'nothing found'}{more}{_proved(document)}"


def _proved(document: CheckDocument) -> str:
    executions = [each for report in document.files for each in report.executions]
    if not executions:
        return ""
    figures, gradients = (sum(getattr(each, key) for each in executions) for key in ("figures", "gradients"))
    also = f" and {gradients:,} gradients" if gradients else ""
    return f"; {figures:,} figures{also} proved by execution"
