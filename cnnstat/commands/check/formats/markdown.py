"""Document of `check` -> Markdown, for a comment of a pull request or the summary of a job.

All that comes from a spec stands in code spans: there GitHub and GitLab look neither for markup nor for
people, issues, commits, addresses and smileys, which escapes do not keep them from.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnstat.base.text import plain
from cnnstat.commands.check.formats.sections import HEAD, change_sums, changed
from cnnstat.commands.check.formats.sums import findings, in_networks, sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.commands.check.document import CheckDocument
    from cnnstat.commands.check.findings import Finding
    from cnnstat.commands.check.formats.medium import Medium
    from cnnstat.rules.rule import Severity

SHOWN = 10
"""Findings that are not folded."""
LONGEST = 60_000
"""Characters of it all: a comment on GitHub takes 65,536."""
_MESSAGE = 500
"""Characters of a message, or of a name."""
_FENCE = 20
"""Backticks in a row that are shown: GitHub's parser knows no fence of more than 80."""
_ORDER: tuple[Severity, ...] = ("error", "warning", "info")
_CHANGES = (f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|")
_HEAD = ("| | where | code | what |", "|---|---|---|---|")


def render(document: CheckDocument, medium: Medium) -> str:
    """Return the sums, the first findings as a table, errors first, and the others folded."""
    found = sorted(findings(document), key=lambda each: _ORDER.index(each.severity))
    changes = [_change(row, medium) for row in changed(document)]
    table = [*_fitting(iter((*_CHANGES, *changes)), LONGEST // 2)] if changes else []
    rows = list(_fitting((_row(each, medium) for each in found), LONGEST - sum(map(len, table))))
    lines = [*_lines(sums(document), rows, len(found) - len(rows))]
    if said := change_sums(document):
        lines += ("", f"{_code(said)}", *(("", *table) if table else ()))
        if left_out := len(changes) + len(_CHANGES) - len(table) if table else 0:
            lines += ("", f"{left_out:,} more are left out: a comment has an end.")
    return "\n".join(lines) + "\n"


def _lines(title: str, rows: list[str], left_out: int) -> Iterator[str]:
    yield f"**cnnstat check**: {title}"
    if rows:
        yield from ("", *_HEAD, *rows[:SHOWN])
    if len(rows) > SHOWN:
        yield from ("", f"<details><summary>{len(rows) - SHOWN:,} more</summary>", "")
        yield from (*_HEAD, *rows[SHOWN:], "", "</details>")
    if left_out:
        yield from ("", f"{left_out:,} more are left out: a comment has an end.")


def _fitting(rows: Iterable[str], room: int) -> Iterator[str]:
    for row in rows:
        room -= len(row) + 1
        if room < 0:
            return
        yield row


def _change(row: tuple[str, ...], medium: Medium) -> str:
    """Return a row of what a change does: a spec, a network, and figures."""
    spec, network, *figures = row
    cells = (_cut(medium.path(spec)), _cut(network), *figures)
    return f"| {' | '.join(_code(cell) if cell else '' for cell in cells)} |"


def _row(finding: Finding, medium: Medium) -> str:
    place = f"{_cut(medium.path(finding.file))}:{finding.line}:{finding.column}"
    message = _cut(finding.message) + in_networks(finding)
    return f"| {finding.severity} | {_code(place)} | {_code(finding.code)} | {_code(message)} |"


def _cut(text: str) -> str:
    return text if len(text) <= _MESSAGE else f"{text[:_MESSAGE]}…"


def _code(text: str) -> str:
    """Return text as a code span of a table's cell.

    The one sign with a meaning there is a pipe, which a backslash takes from it (GFM, 4.10). The span is
    fenced by more backticks than follow each other in it, and a space that they need is not shown.
    """
    text = re.sub(f"`{{{_FENCE + 1},}}", "`" * _FENCE + "…", plain(text))
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")
