"""Comments that leave findings out: ``# cnnstat: ignore[CODE, CODE] reason``, and what is wrong with them.

On a line of its own such a comment is about the next line that is no comment, else about its own line;
``ignore-file`` is about the whole file. What is wrong with the spec itself cannot be ignored.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat import rules
from cnnstat.base.errors import Problem, Span
from cnnstat.base.limits import MAX_PROBLEMS
from cnnstat.base.pages import CODES
from cnnstat.base.text import suggestion
from cnnstat.rules.rule import Found
from cnnstat.spec.document import comments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.base.errors import Source
    from cnnstat.commands.check.findings import Findings
    from cnnstat.commands.check.options import CheckOptions

_SIGN = "cnnstat:"
_COMMENT = re.compile(rf"#\s*{_SIGN}\s*")
_IGNORE = re.compile(r"ignore(-file)?\[([^][]*)\]\s*(.*)")
_CODE = re.compile(r"[^\s,]+")
_FORM = "# cnnstat: ignore[CODE, ...] reason, or ignore-file[CODE, ...] reason"
_WHY_NOT = {
    "spec": "the spec itself is wrong; mend that",
    "check": "it is about the check, not about the spec",
    "failure": "it is about the check, not about the spec",
}
"""Why what is no opinion cannot be ignored, by what it is about."""


class Ignored(Struct):
    """A code that a comment names, and where; of ``line`` 0, it is about the whole file."""

    code: str
    line: int
    span: Span
    used: bool = False


def apply_ignores(findings: Findings, source: Source, options: CheckOptions, *, complete: bool) -> int:
    """Drop the findings that comments ask to leave out, add what is wrong with these, and count the dropped.

    An ignore that nothing needs is a finding where that is sure: all networks of the file were looked at
    (``complete``), and its code was looked for.
    """
    if _SIGN not in source.text:
        return 0
    problems: list[Problem] = []
    named: dict[tuple[int, str], list[Ignored]] = {}
    for each in _read(source, problems):
        named.setdefault((each.line, each.code), []).append(each)
    dropped = 0
    for finding in tuple(findings):
        uses = [*named.get((finding.line, finding.code), ()), *named.get((0, finding.code), ())]
        for each in uses:
            each.used = True
        if uses:
            findings.drop(finding)
            dropped += 1
    for each in chain.from_iterable(named.values()):
        if complete and not each.used and _is_looked_for(each.code, options):
            message = f"nothing to ignore: {each.code} is not found here; remove it"
            problems.append(Problem("ignore/unused", message, each.span))
    for problem in problems:
        severity = options.of_code(problem.code, "warning")
        if severity:
            findings.add(problem.code, Found(problem.message, problem.span), severity)
    return dropped


def _is_looked_for(code: str, options: CheckOptions) -> bool:
    severity = options.of_rule(code) if rules.is_rule(code) else options.of_code(code, "error")
    return severity is not None


def _read(source: Source, problems: list[Problem]) -> Iterator[Ignored]:
    """Yield every code that a comment names, and gather what is wrong with the comments."""
    target: dict[int, int] = {}  # of each line that is a comment, the next that is none
    for span in reversed([*comments(source)]):
        line = source.line(span.line)
        if not line[: span.column - 1].strip():
            target[span.line] = target.get(span.line + 1, span.line + 1)
        if sign := _COMMENT.search(line, span.column - 1):
            yield from _codes(line, sign, span, target.get(span.line, span.line), problems)


def _codes(
    line: str, sign: re.Match[str], comment: Span, about: int, problems: list[Problem]
) -> Iterator[Ignored]:
    def place(start: int, end: int) -> Span:
        return Span(comment.source, comment.line, start + 1, end - start)

    whole = place(sign.start(), len(line))
    ignore = _IGNORE.match(line, sign.end())
    codes = [*_CODE.finditer(line, *ignore.span(2))] if ignore else []
    if not ignore or not codes:
        problems.append(Problem("ignore/form", f"expected '{_FORM}'", whole))
        return
    if not re.search(r"\w", ignore[3]):
        problems.append(Problem("ignore/reason", "say why, behind the bracket", whole))
    known = (*CODES, *rules.codes())
    for code in codes:
        if code[0] not in known:
            near = suggestion(code[0], known) if len(problems) < MAX_PROBLEMS else ""  # each takes long
            hint = near or "; 'cnnstat explain' lists the codes"
            problems.append(Problem("ignore/unknown", f"no code '{code[0]}'{hint}", place(*code.span())))
        elif code[0] in CODES and (why := _WHY_NOT.get(CODES[code[0]].about)):
            message = f"{code[0]} cannot be ignored: {why}"
            problems.append(Problem("ignore/refused", message, place(*code.span())))
        else:
            yield Ignored(code[0], 0 if ignore[1] else about, place(*code.span()))
