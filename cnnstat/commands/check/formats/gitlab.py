"""Document of `check` -> GitLab's code quality report.

Source: docs.gitlab.com, "Code Quality", "Import Code Quality results from a CI/CD job".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cnnstat.base.text import escaped, visible
from cnnstat.commands.check.formats.fingerprints import with_fingerprints
from cnnstat.commands.check.formats.sums import in_networks

if TYPE_CHECKING:
    from cnnstat.commands.check.document import CheckDocument
    from cnnstat.commands.check.findings import Finding
    from cnnstat.commands.check.formats.medium import Medium
    from cnnstat.rules.rule import Severity

_SEVERITIES: dict[Severity, str] = {"error": "major", "warning": "minor", "info": "info"}
"""Of info, minor, major, critical and blocker: no finding of a spec endangers what runs already."""


def render(document: CheckDocument, medium: Medium) -> str:
    """Return a list of all findings; of two with one fingerprint GitLab would keep one."""
    found = [_entry(each, known_by, medium) for each, known_by in with_fingerprints(document, medium)]
    return escaped(json.dumps(found, indent=2)) + "\n"


def _entry(finding: Finding, fingerprint: str, medium: Medium) -> dict[str, Any]:
    return {
        "description": visible(finding.message) + in_networks(finding),
        "check_name": finding.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": visible(medium.path(finding.file)), "lines": {"begin": finding.line}},
    }
