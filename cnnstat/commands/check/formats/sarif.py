"""Document of `check` -> SARIF 2.1.0, which code scanning services and editors read.

Source: OASIS, Static Analysis Results Interchange Format Version 2.1.0; numbers are its sections.
"""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes

from cnnstat import __version__, rules
from cnnstat.base.pages import CODES
from cnnstat.base.text import escaped, visible
from cnnstat.commands.check.formats.fingerprints import with_fingerprints
from cnnstat.commands.check.formats.sections import notes
from cnnstat.commands.check.formats.sums import in_networks

if TYPE_CHECKING:
    from cnnstat.commands.check.document import CheckDocument
    from cnnstat.commands.check.findings import Finding
    from cnnstat.commands.check.formats.medium import Medium
    from cnnstat.rules.rule import Severity

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_ROOT = "%SRCROOT%"
_BREAKS = ["\r\n", "\n", "\r", "\x85", "\u2028", "\u2029"]
"""What YAML counts as the end of a line (3.14.25)."""
_PLACEHOLDER = re.compile(r"\{(?=[0-9]+\})")
_LINK = re.compile(r"\](?=\()")


def render(document: CheckDocument, medium: Medium) -> str:
    """Return one run of the program: the rules that found something, with their pages, and the results."""
    found = list(with_fingerprints(document, medium))
    codes = list(dict.fromkeys(each.code for each, _ in found))
    driver = {"name": "cnnstat", "version": __version__, "rules": [_rule(code) for code in codes]}
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, **_changes(document)}],
        "columnKind": "unicodeCodePoints",
        "newlineSequences": _BREAKS,
        "results": [_result(each, key, codes.index(each.code), medium) for each, key in found],
    }
    if medium.root:
        run["originalUriBaseIds"] = {_ROOT: {"uri": f"{PurePath(medium.root).as_uri().rstrip('/')}/"}}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return escaped(json.dumps(log, indent=2)) + "\n"


def _changes(document: CheckDocument) -> dict[str, Any]:
    """Return what changed as notes of the run: it belongs to no place."""
    found = [{"level": "note", "message": {"text": _parted(line)}} for line in notes(document)]
    return {"toolExecutionNotifications": found} if found else {}


def _rule(code: str) -> dict[str, Any]:
    """Return a code with its page; one that has no page is known by its name."""
    found: dict[str, Any] = {"id": visible(code)}
    if rules.is_rule(code):
        page = rules.manual(code)
        examples = f"Bad:\n{page.bad}\n\nGood:\n{page.good}"
        found |= _page(page.title, page.why, f"{page.why}\n\nSource: {page.source}\n\n{examples}")
        found["help"]["markdown"] = rules.page_of(code)
        found["defaultConfiguration"] = {"level": _LEVELS[rules.rule(code).severity]}
    elif code in CODES:
        entry = CODES[code]
        found |= _page(entry.title, entry.meaning, f"{entry.meaning}\n\n{entry.way_out}")
    return found


def _page(title: str, meaning: str, text: str) -> dict[str, Any]:
    short = f"{title[0].upper()}{title[1:]}."
    return {
        "shortDescription": {"text": short},
        "fullDescription": {"text": meaning},
        "help": {"text": text},
    }


def _result(finding: Finding, fingerprint: str, index: int, medium: Medium) -> dict[str, Any]:
    return {
        "ruleId": visible(finding.code),
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": _location(finding, medium)}],
        "partialFingerprints": {"findingOnLine/v1": fingerprint},
    }


def _message(finding: Finding) -> str:
    """Return the message; what would be a placeholder (3.11.5) or a link (3.11.6) in it is parted.

    The standard has braces doubled, but no viewer that is known to us makes them single again.
    """
    return _parted(visible(finding.message) + in_networks(finding))


def _parted(text: str) -> str:
    return _LINK.sub("] ", _PLACEHOLDER.sub("{ ", text))


def _location(finding: Finding, medium: Medium) -> dict[str, Any]:
    region = {"startLine": finding.line, "startColumn": finding.column}
    if finding.text:
        last = min(finding.column + finding.length, finding.before + len(finding.text) + 1)
        region["endColumn"] = max(finding.column, last)
    return {"artifactLocation": _artifact(finding.file, medium), "region": region}


def _artifact(file: str, medium: Medium) -> dict[str, str]:
    """Return a file's URI: from the root of the repository, or where it lies elsewhere."""
    below, place = medium.below(file), PurePath(medium.place(file))
    if below is not None:
        return {"uri": _quoted(below), "uriBaseId": _ROOT}
    if place.is_absolute() and file != "<stdin>":
        return {"uri": f"file://{_quoted(place.as_posix())}"}
    return {"uri": _quoted(file)}


def _quoted(path: str) -> str:
    """Return a path as a part of a URI; bytes that are no text in a file's name stay these bytes."""
    try:
        name = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        name = path.encode("utf-8", "surrogatepass")
    return quote_from_bytes(name)
