"""Document of `check` -> JUnit's XML, which most CIs read: a test for each file.

All findings of a file are one failure: Jenkins reads the first of several, GitLab takes them for a list. The
schema is Jenkins' junit-10.xsd.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from cnnstat.base.text import excerpt, plural, visible
from cnnstat.commands.check.formats.sections import notes
from cnnstat.commands.check.formats.sums import in_networks

if TYPE_CHECKING:
    from cnnstat.commands.check.document import CheckDocument, FileReport
    from cnnstat.commands.check.findings import Finding
    from cnnstat.commands.check.formats.medium import Medium

_NAME = "cnnstat check"
_PAIRS = re.compile("(:(?=:)|#(?=#))")


def render(document: CheckDocument, medium: Medium) -> str:
    """Return a suite with a test for each file, and what changed as its output.

    It is without what a CI log would take for a command.
    """
    failed = sum(bool(report.findings) for report in document.files)
    counts = {"tests": f"{len(document.files)}", "failures": f"{failed}", "errors": "0"}
    suites = ElementTree.Element("testsuites", {"name": _NAME, **counts})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": _NAME, **counts})
    for report in document.files:
        _add_test(suite, report, medium)
    if changes := "\n".join(notes(document)):
        ElementTree.SubElement(suite, "system-out").text = changes
    ElementTree.indent(suites)
    written = ElementTree.tostring(suites, encoding="unicode")
    # Two colons or two number signs stand only in texts, where a sign may be written as a reference.
    parted = _PAIRS.sub(lambda sign: f"&#{ord(sign[0])};", written)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{parted}\n'


def _add_test(suite: ElementTree.Element, report: FileReport, medium: Medium) -> None:
    test = ElementTree.SubElement(
        suite, "testcase", {"classname": _NAME, "name": visible(medium.path(report.file))}
    )
    if report.findings:
        count = len(report.findings)
        codes = ", ".join(dict.fromkeys(each.code for each in report.findings))
        message = f"{count:,} {plural('finding', count)}: {visible(codes)}"
        failure = ElementTree.SubElement(
            test, "failure", {"type": visible(report.findings[0].code), "message": message}
        )
        failure.text = "\n".join(_line(each) for each in report.findings)


def _line(finding: Finding) -> str:
    place = f"{visible(finding.file)}:{finding.line}:{finding.column}"
    said = f"{place}: {finding.severity}: {visible(finding.code)}: {visible(finding.message)}"
    column = finding.column - finding.before
    lines = excerpt(finding.text, column, finding.length) if finding.text else ()
    return "\n    ".join((said + in_networks(finding), *lines))
