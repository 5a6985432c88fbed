"""Documents of `check` for the tests of its formats."""

from __future__ import annotations

from typing import Any

from cnnstat.commands.check.document import CheckDocument, FileReport, document
from cnnstat.commands.check.findings import Finding
from cnnstat.commands.check.formats.medium import Medium

AT_ROOT = Medium(folder="/repo", root="/repo")
BELOW = Medium(folder="/repo/models", root="/repo")


def finding(**fields: Any) -> Finding:
    """Return a finding, of which only some fields matter."""
    said = {"code": "shape/too-small", "severity": "error", "message": "kernel 5 exceeds 3", "file": "a.yaml"}
    at = {"line": 4, "column": 12, "length": 4, "text": "  - {type: conv, filters: 8, kernel: 5}"}
    return Finding(**{**said, **at, **fields})


def of_findings(*findings: Finding, **fields: Any) -> CheckDocument:
    """Return a document with these findings, each file's together, and a file that is clean."""
    files = dict.fromkeys(each.file for each in findings)
    reports = [
        FileReport(
            file=file, networks=1, findings=tuple(each for each in findings if each.file == file), **fields
        )
        for file in files
    ]
    return document([*reports, FileReport(file="clean.yaml", networks=2)])
