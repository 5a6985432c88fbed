"""Each format of `check` as whoever it is meant for reads it: what is written is parsed, by rules not ours.

A reader returns what it finds, and raises where the text is not what the format says.
"""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import cmarkgfm
import jsonschema
import xmlschema
from cmarkgfm.cmark import Options
from junitparser import JUnitXml, TestCase
from markdown_it import MarkdownIt
from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REFERENCE = Path(__file__).parents[3] / "reference"


class Said(Struct, frozen=True, kw_only=True):
    """A finding as a format has it; None where the format has no such thing."""

    file: str
    line: int | None = None
    column: int | None = None
    severity: str | None = None
    code: str | None = None
    message: str


def check_inert(text: str) -> None:
    """Hold a text against what no log may read: control characters, and commands of Azure's and GitHub's."""
    assert text.replace("\n", "").isprintable(), ascii(text[:2000])
    assert "##" not in text
    assert "::" not in text


# -- text ----------------------------------------------------------------------------------------------

_LINE = re.compile(r"(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): (?P<severity>error|warning|info): ")


def read_text(text: str) -> list[Said]:
    """Read it as editors read what compilers print: places stand at the beginning of lines."""
    check_inert(text)
    found = []
    for line in text.splitlines():
        place = None if line.startswith(" ") else _LINE.match(line)
        if place:
            code, _, message = line[place.end() :].partition(": ")
            found.append(_said(place, code, message))
    return found


def _said(place: re.Match[str], code: str, message: str) -> Said:
    line, column = int(place["line"]), int(place["column"])
    return Said(
        file=place["file"], line=line, column=column, severity=place["severity"], code=code, message=message
    )


# -- JSON ----------------------------------------------------------------------------------------------


def read_json(text: str) -> list[Said]:
    check_inert(text)
    keys = Said.__struct_fields__
    findings = (each for report in json.loads(text)["files"] for each in report["findings"])
    return [Said(**{key: each[key] for key in keys}) for each in findings]


# -- GitHub --------------------------------------------------------------------------------------------

_KNOWN = ("error", "warning", "notice", "debug", "group", "add-mask", "stop-commands", "set-output", "echo")


def read_github(text: str) -> list[Said]:
    """Read it as GitHub's runner reads a log (actions/runner, ActionCommand.TryParseV2 and TryParse).

    A line that begins with two colons, behind any space, is a command; so is what follows ``##[`` anywhere.
    """
    found = []
    for line in re.split("\r\n|\r|\n", text):
        assert line.isprintable()
        command = re.fullmatch(r"\s*::(?P<name>[^ :]*)(?: (?P<properties>.*?))?::(?P<data>.*)", line)
        if command is None or command["name"].lower() not in _KNOWN:
            check_inert(line)
            continue
        check_inert(command["data"])  # which is what the log shows
        pairs = (pair.partition("=") for pair in command["properties"].strip().split(","))
        properties = {key: _unescaped(value, "\r\n:,%") for key, _, value in pairs}
        numbers = [int(properties[key]) for key in ("line", "endLine", "col", "endColumn")]
        assert numbers[0] == numbers[1]
        assert 1 <= numbers[2] <= numbers[3]
        assert properties.keys() == {"file", "line", "endLine", "col", "endColumn", "title"}
        found.append(
            Said(
                file=properties["file"],
                line=numbers[0],
                column=numbers[2],
                severity={"notice": "info"}.get(command["name"], command["name"]),
                code=properties["title"],
                message=_unescaped(command["data"], "\r\n%"),
            )
        )
    return found


def _unescaped(text: str, signs: str) -> str:
    """Undo escapes one kind after the other, the percent sign last, as the runner does."""
    for sign in signs:
        text = text.replace(f"%{ord(sign):02X}", sign)
    return text


# -- GitLab --------------------------------------------------------------------------------------------

GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^\./"}},
                    "lines": {
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What docs.gitlab.com, "Code Quality", says of a report: a table there, here a schema."""


def read_gitlab(text: str) -> list[Said]:
    check_inert(text)
    found = json.loads(text)
    jsonschema.validate(found, GITLAB)
    prints = [each["fingerprint"] for each in found]
    assert len(set(prints)) == len(prints)  # of equal ones GitLab keeps one
    severities = {"major": "error", "minor": "warning", "info": "info"}
    return [
        Said(
            file=each["location"]["path"],
            line=each["location"]["lines"]["begin"],
            severity=severities[each["severity"]],
            code=each["check_name"],
            message=each["description"],
        )
        for each in found
    ]


# -- JUnit ---------------------------------------------------------------------------------------------


@cache
def _junit() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(REFERENCE / "junit-10.xsd")


def read_tests(text: str) -> dict[str, str | None]:
    """Return the text of the failure of each test, as Jenkins reads it: the first one."""
    check_inert(text)
    _junit().validate(StringIO(text))
    (suite,) = JUnitXml.fromstring(text.encode())
    tests = [case for case in suite if isinstance(case, TestCase)]
    assert suite.tests == len(tests)
    assert suite.failures == sum(bool(case.result) for case in tests)
    assert all(len(case.result) <= 1 for case in tests)
    return {str(case.name): case.result[0].text if case.result else None for case in tests}


def read_junit(text: str) -> list[Said]:
    """Return the findings of all failures; a line that begins with a space belongs to the one above."""
    found = []
    for name, failure in read_tests(text).items():
        for line in (failure or "").split("\n"):
            place = None if line.startswith(" ") else _LINE.match(line)
            if place:
                code, _, message = line[place.end() :].partition(": ")
                found.append(replace(_said(place, code, message), file=name))
    return found


# -- SARIF ---------------------------------------------------------------------------------------------


@cache
def _sarif() -> Any:
    schema = json.loads((REFERENCE / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def read_sarif(text: str) -> list[Said]:
    check_inert(text)
    log = json.loads(text)
    _sarif().validate(log)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    prints = [each["partialFingerprints"]["findingOnLine/v1"] for each in run["results"]]
    assert len(set(prints)) == len(prints)
    return [_result(each, rules) for each in run["results"]]


def _result(result: dict[str, Any], rules: list[str]) -> Said:
    assert rules[result["ruleIndex"]] == result["ruleId"]
    (location,) = result["locations"]
    place = location["physicalLocation"]
    region, artifact = place["region"], place["artifactLocation"]
    assert re.fullmatch(r"(file://|[A-Za-z0-9_.~%/-]{1})[A-Za-z0-9_.~%/-]*", artifact["uri"])  # RFC 3986, 2
    assert region["startColumn"] <= region.get("endColumn", region["startColumn"])
    message = result["message"]["text"]
    assert not re.search(r"\{\d+\}|\]\(", message)  # no placeholder and no link
    return Said(
        file=unquote_to_bytes(artifact["uri"]).decode(errors="surrogateescape"),
        line=region["startLine"],
        column=region["startColumn"],
        severity={"note": "info"}.get(result["level"], result["level"]),
        code=result["ruleId"],
        message=message,
    )


# -- Markdown ------------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """The rows of a page's tables, and which elements it has."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.rows: list[list[str]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not attrs, attrs
        self.elements.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")
        self._in_cell = tag == "td" or (self._in_cell and tag == "code")

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


OURS = {"p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "details", "summary"}
_TOGETHER = MarkdownIt("commonmark").enable("table")


def _pages(text: str) -> Iterator[str]:
    """Yield it as GitHub renders it, with the HTML that GitHub would clean away, and as markdown-it does."""
    yield cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
    yield _TOGETHER.render(text)


def read_markdown(text: str) -> list[Said]:
    """Read the tables of the rendered page, which has no element but those of the frame."""
    check_inert(text)
    readings = []
    for html in _pages(text):
        page = _Page()
        page.feed(html)
        page.close()
        assert page.elements <= OURS, page.elements
        rows = [row for row in page.rows if row]
        assert all(len(row) in (4, 7) for row in rows), rows  # the second is of what a change does
        readings.append([_row(*row) for row in rows if len(row) == 4])
    assert readings[0] == readings[1]
    return readings[0]


def _row(severity: str, place: str, code: str, message: str) -> Said:
    file, line, column = place.rsplit(":", 2)
    return Said(file=file, line=int(line), column=int(column), severity=severity, code=code, message=message)


READERS: dict[str, Callable[[str], list[Said]]] = {
    "text": read_text,
    "json": read_json,
    "github": read_github,
    "gitlab": read_gitlab,
    "junit": read_junit,
    "sarif": read_sarif,
    "markdown": read_markdown,
}
"""One for each format; a test holds that none is lacking."""
