"""Document of `check` -> lines for a person, and for whatever reads places as compilers print them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.text import excerpt, plain
from cnnstat.commands.check.formats.sections import budgets, change_lines, written
from cnnstat.commands.check.formats.sums import by_code, findings, in_networks, sums
from cnnstat.report.render.table import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.commands.check.document import CheckDocument
    from cnnstat.commands.check.findings import Finding
    from cnnstat.commands.check.formats.medium import Medium
    from cnnstat.rules.rule import Severity

_GUTTER = "{:5} | "
_MANY = 10
"""From so many findings on, they are counted by their codes."""
_BOLD, _DIM = "1", "2"
_COLOURS: dict[Severity, str] = {"error": "1;31", "warning": "1;33", "info": "1;36"}
"""What switches a style on (ECMA-48, select graphic rendition)."""


def render(document: CheckDocument, medium: Medium) -> str:
    """Return each finding with its line, budgets where they are asked for, what changed, and the sums.

    Only for a terminal are lines wrapped or cut: who reads a pipe wants a finding in a line.
    """
    found = [line for each in findings(document) for line in _finding(each, medium)]
    room = _folded(budgets(document) if medium.room else (), medium)
    changes = change_lines(document, medium.width)
    last = [_painted(line, _BOLD, medium) for line in _folded((sums(document),), medium)]
    first = _folded(written(document), medium)
    return "\n".join((*first, *found, *room, *changes, *_codes(document, medium), *last, ""))


def _folded(lines: Iterable[str], medium: Medium) -> Iterator[str]:
    for line in lines:
        yield from folded(line, medium.width, "    ")


def _finding(finding: Finding, medium: Medium) -> Iterator[str]:
    place = plain(f"{finding.file}:{finding.line}:{finding.column}")
    said = plain(f"{finding.code}: {finding.message}{in_networks(finding)}")
    first, *more = folded(f"{place}: {finding.severity}: {said}", medium.width, "    ")
    colour = _COLOURS[finding.severity]
    if medium.colour and first.startswith(f"{place}: {finding.severity}:"):
        rest = first[len(place) + 2 + len(finding.severity) :]
        first = f"{_painted(place, _BOLD, medium)}: {_painted(finding.severity, colour, medium)}{rest}"
    yield from (first, *more)
    if finding.text:
        gutter = _GUTTER.format(finding.line)
        width = medium.width and max(1, medium.width - len(gutter))
        line, carets = excerpt(finding.text, finding.column - finding.before, finding.length, width)
        space = carets[: -len(carets.lstrip())]
        yield f"{_painted(gutter, _DIM, medium)}{line}".rstrip()
        empty = " " * (len(gutter) - 2) + "| "
        yield f"{_painted(empty, _DIM, medium)}{space}{_painted(carets.lstrip(), colour, medium)}"


def _codes(document: CheckDocument, medium: Medium) -> Iterator[str]:
    """Yield how often there is what, where nobody would count it, and what can be mended."""
    rows = by_code(document)
    total, fixable = sum(row[1] for row in rows), sum(row[2] for row in rows)
    if total >= _MANY:
        yield ""
        for code, count, mended in rows:
            yield f"{count:9,}  {code}" + (f" ({mended:,} with --fix)" if mended else "")
    if fixable and not any(code == "fix/refused" for code, _, _ in rows):
        yield f"--fix would mend {fixable:,} of {total:,}"


def _painted(text: str, style: str, medium: Medium) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if medium.colour else text
