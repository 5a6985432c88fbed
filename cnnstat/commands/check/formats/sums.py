"""What formats for readers say of all findings together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cnnstat.base.text import plain, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.check.document import CheckDocument
    from cnnstat.commands.check.findings import Finding
    from cnnstat.rules.rule import Severity

NOUNS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "info"}


def findings(document: CheckDocument) -> Iterator[Finding]:
    """Yield the findings of all files."""
    for report in document.files:
        yield from report.findings


def checked(document: CheckDocument) -> str:
    """Return ``3 files, 12 networks``."""
    files, networks = len(document.files), sum(report.networks for report in document.files)
    return f"{files:,} {plural('file', files)}, {networks:,} {plural('network', networks)}"


def counted(document: CheckDocument) -> str:
    """Return ``1 error, 2 warnings``, or that nothing was found; and what was mended, and what left out."""
    counts = Counter(each.severity for each in findings(document))
    parts = [f"{counts[key]:,} {plural(noun, counts[key])}" for key, noun in NOUNS.items() if counts[key]]
    fixed, ignored = (sum(getattr(each, key) for each in document.files) for key in ("fixed", "ignored"))
    more = [f"{count:,} {word}" for count, word in ((fixed, "fixed"), (ignored, "ignored")) if count]
    return ", ".join((", ".join(parts) or "nothing found", *more))


def sums(document: CheckDocument) -> str:
    """Return all of it in a line."""
    return (
        f"{checked(document)}: {counted(document)}{_hidden(document)}{_proved(document)}{_others(document)}"
    )


def by_code(document: CheckDocument) -> list[tuple[str, int, int]]:
    """Return each code with the number of its findings and of those that `--fix` mends, most first."""
    counts = Counter(each.code for each in findings(document))
    fixable = Counter(each.code for each in findings(document) if each.fixable)
    return sorted(((code, n, fixable[code]) for code, n in counts.items()), key=lambda row: (-row[1], row[0]))


def in_networks(finding: Finding) -> str:
    """Return in which networks of its file a finding is one, where there are several."""
    if not finding.networks or not (finding.in_family or len(finding.networks) > 1):
        return ""
    first, *more = finding.networks
    others = f" and {len(more):,} more {plural('network', len(more))}" if more else ""
    return f"; in {plain(first)}{others}"


def _hidden(document: CheckDocument) -> str:
    hidden = sum(report.hidden for report in document.files)
    return f"; {hidden:,} more with a lower --severity" if hidden else ""


def passed_over(document: CheckDocument) -> str:
    """Return how many files of folders were not taken for specs; nothing where there is none."""
    count = document.passed_over
    return (
        f"{count:,} YAML {plural('file', count)} {'has' if count == 1 else 'have'} no key of a spec"
        if count
        else ""
    )


def _others(document: CheckDocument) -> str:
    return f"; {said}" if (said := passed_over(document)) else ""


def _proved(document: CheckDocument) -> str:
    executions = [each for report in document.files for each in report.executions]
    if not executions:
        return ""
    figures, gradients = (sum(getattr(each, key) for each in executions) for key in ("figures", "gradients"))
    also = f" and {gradients:,} gradients" if gradients else ""
    return f"; {figures:,} figures{also} proved by execution"
