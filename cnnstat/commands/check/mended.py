"""The text of a spec with all mended in it that can be mended safely, byte for byte as it was elsewhere."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.commands.check.edits import applied

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.commands.check.document import FileReport
    from cnnstat.commands.check.edits import Fixes

Look: TypeAlias = "Callable[[str], tuple[FileReport, Fixes]]"

_ROUNDS = 10
"""What is mended may show what was hidden behind it, but not without end."""


class Mended(Struct, frozen=True):
    """The text, how many findings were mended in it, and the new error for which it stays as it was."""

    text: str
    fixed: int = 0
    refused: str = ""


def mended(text: str, look: Look) -> Mended:
    """Mend a text until nothing changes; ``look`` says what is found in a text, and how it is mended.

    A text that has an error then which it did not have before is worth nothing: all stays as it was.
    """
    report, fixes = look(text)
    errors, changed, fixed = _errors(report), text, 0
    for _ in range(_ROUNDS):
        if not fixes:
            break
        changed, count = applied(changed, fixes)
        fixed += count
        report, fixes = look(changed)
        if new := _errors(report) - errors:
            code, message = next(iter(new))
            return Mended(text, refused=f"{code}: {message}")
    return Mended(changed, fixed)


def _errors(report: FileReport) -> Counter[tuple[str, str]]:
    return Counter((each.code, each.message) for each in report.findings if each.severity == "error")
