"""The text of a spec with all mended in it that can be mended safely, byte for byte as it was elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.commands.check.edits import applied

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnstat.commands.check.document import FileReport
    from cnnstat.commands.check.findings import Finding, Fixable, Mend

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
    errors, changed = _errors(report), text
    fixed: list[Mend] = []
    for _ in range(_ROUNDS):
        if not fixes:
            break
        changed, made = applied(changed, [each.edits for each in fixes])
        fixed += (fixes[number].mend for number in made)
        report, fixes = look(changed)
        if new := _new(report, errors):
            pinnable = not _new(look(pin(changed))[0], errors)
            if not (pins and pinnable):
                return Mended(text, refused=new, pinnable=pinnable)
    return Mended(changed, tuple(fixed))


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
