"""The text of a spec with all mended in it that can be mended safely, byte for byte as it was elsewhere."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.base.errors import Source
from cnnstat.commands.check.findings import Mend

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnstat.base.errors import Problem
    from cnnstat.commands.check.document import FileReport
    from cnnstat.commands.check.findings import Finding, Fixable
    from cnnstat.rules.rule import Edit

Look: TypeAlias = "Callable[[str], tuple[FileReport, Sequence[Fixable]]]"

_ROUNDS = 10
"""What is mended may show what was hidden behind it, but not without end."""


_NUMBER = re.compile(r"(?<!\w)[-+]?\d[\d,.]*")


class Mended(Struct, frozen=True):
    """The text, the findings that were mended in it, and the new error for which it stays as it was.

    ``pinnable``: it would not have that error if the figures were pinned anew.
    """

    text: str
    fixed: tuple[Mend, ...] = ()
    refused: str = ""
    pinnable: bool = False


def mended(text: str, look: Look, pin: Callable[[str], str], *, pins: bool) -> Mended:
    """Mend a text until nothing changes; ``look`` says what is found in a text, and how it is mended.

    A text that has an error then which it did not have before is worth nothing: all stays as it was. ``pin``
    pins the figures of a text anew, and with ``pins`` that is what becomes of it.
    """
    report, fixes = look(text)
    errors, changed, fixed = _errors(report), text, list[Mend]()
    for _ in range(_ROUNDS):
        if not fixes:
            break
        changed, made = applied(changed, [each.edits for each in fixes])
        fixed += (_mend(fixes[number].problem) for number in made)
        report, fixes = look(changed)
        if new := _new(report, errors):
            pinnable = not _new(look(pin(changed))[0], errors)
            if not (pins and pinnable):
                return Mended(text, refused=new, pinnable=pinnable)
    return Mended(changed, tuple(fixed))


def _mend(problem: Problem) -> Mend:
    return Mend(problem.span.line, problem.span.column, problem.code, problem.message)


def applied(text: str, fixes: Sequence[tuple[Edit, ...]]) -> tuple[str, list[int]]:
    """Return a text with the edits of findings made, which belong together, and of which findings.

    One that overlaps another waits.
    """
    source, end_of_line = Source("", text), _end_of_line(text)
    made: list[tuple[int, int, str]] = []  # in order, and apart from each other
    numbers = []
    for number, edits in enumerate(fixes):
        wanted = [(*_ends(source, edit), edit.text.replace("\n", end_of_line)) for edit in edits]
        if not any(_overlaps(each, made) for each in wanted):
            for each in wanted:
                insort(made, each)
            numbers.append(number)
    parts, end = [], 0
    for start, stop, new in made:
        parts += [text[end:start], new]
        end = stop
    return "".join((*parts, text[end:])), numbers


def _ends(source: Source, edit: Edit) -> tuple[int, int]:
    start = source.offset(edit.span.line, edit.span.column)
    return start, start + edit.span.length


def _end_of_line(text: str) -> str:
    """Return how the lines of a text end, so that one that is added does as well."""
    return next((each for each in ("\r\n", "\n", "\r") if each in text), "\n")


def _overlaps(wanted: tuple[int, int, str], made: list[tuple[int, int, str]]) -> bool:
    index = bisect_left(made, wanted)
    return any(
        wanted[0] == start or (wanted[0] < stop and start < wanted[1])
        for start, stop, _ in made[max(0, index - 1) : index + 1]
    )


def _errors(report: FileReport) -> Counter[tuple[str, str]]:
    return Counter(_known_by(each) for each in report.findings if each.severity == "error")


def _known_by(finding: Finding) -> tuple[str, str]:
    """Return what an error is known by, whatever its figures are: a budget may be exceeded by less."""
    return finding.code, _NUMBER.sub("#", finding.message)


def _new(report: FileReport, errors: Counter[tuple[str, str]]) -> str:
    """Return the first error of which there are more than there were; nothing where there is none."""
    new = _errors(report) - errors
    found = (each for each in report.findings if each.severity == "error" and _known_by(each) in new)
    return next((f"{each.code}: {each.message}" for each in found), "")
