"""Document of `check` -> GitHub's workflow commands: annotations on the lines of a pull request.

Source: docs.github.com, "Workflow commands for GitHub Actions"; the escapes are those of actions/toolkit,
packages/core/src/command.ts.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cnnstat.base.text import plain, visible
from cnnstat.commands.check.formats.sections import change_lines
from cnnstat.commands.check.formats.sums import findings, in_networks, sums

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.check.document import CheckDocument
    from cnnstat.commands.check.findings import Finding
    from cnnstat.commands.check.formats.medium import Medium
    from cnnstat.rules.rule import Severity

SHOWN = 10
"""Annotations of a kind that GitHub shows of a step; the others are in its log alone."""
_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def render(document: CheckDocument, medium: Medium) -> str:
    """Return an annotation for each finding, errors first, and for the log what changed and the sums."""
    found = sorted(findings(document), key=lambda each: list(_COMMANDS).index(each.severity))
    return "\n".join((*(_annotation(each, medium) for each in found), *_end(document), ""))


def _annotation(finding: Finding, medium: Medium) -> str:
    # The path has to stay what git has; the escapes of a property part the colons of a command, too.
    properties = {
        "file": visible(medium.path(finding.file)),
        "line": f"{finding.line}",
        "endLine": f"{finding.line}",
        "col": f"{finding.column}",
        "endColumn": f"{finding.column + max(1, finding.length) - 1}",
        "title": plain(finding.code),
    }
    # In the log GitHub prints the message alone, so the place stands in it, too.
    place = f"{finding.file}:{finding.line}:{finding.column}"
    message = plain(f"{place}: {finding.message}{in_networks(finding)}")
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {written}::{_data(message)}"


def _end(document: CheckDocument) -> Iterator[str]:
    counts = Counter(each.severity for each in findings(document))
    if any(count > SHOWN for count in counts.values()):
        yield f"GitHub shows the first {SHOWN} errors, warnings and notices of a step; all are in its log."
    yield from change_lines(document)
    yield sums(document)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
