"""Report -> Markdown (GitHub's tables)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnstat.base.text import plain
from cnnstat.report.render.table import arithmetic
from cnnstat.report.text import said, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnstat.report.document import Document
    from cnnstat.report.model import Report, Section, Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~!&$@])")


def render(document: Document, report: Callable[[], Report], *, width: int | None, colour: bool) -> str:
    """Return the report as Markdown; names are escaped, so that none of them is markup."""
    return "\n".join(_lines(report())) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"## {escaped(said(report.title))}"
    if report.source:
        yield from ("", escaped(report.source))
    for table in report.tables:
        if table.title:
            yield from ("", f"### {escaped(table.title)}")
        yield ""
        yield from _table(table)
    for section in report.sections:
        yield from _section(section)
    if report.facts:
        yield ""
        yield from (f"- {escaped(fact.name)}: {escaped(said(fact.phrase))}" for fact in report.facts)
    for note in report.notes:  # as paragraphs: list items would join the list above them
        yield from ("", f"*{escaped(said(note))}*")
    if report.verdict:
        yield from ("", f"**{escaped(said(report.verdict))}**")


def _section(section: Section) -> Iterator[str]:
    if section.title:
        yield from ("", f"### {escaped(said(section.title))}")
    if section.text:
        yield from ("", escaped(said(section.text)))
    if section.steps:
        yield ""
    for step in section.steps:
        yield f"- {escaped(step.name)}: {' '.join(map(escaped, arithmetic(step, 0)))}"


def _table(table: Table) -> Iterator[str]:
    kept = [i for i, column in enumerate(table.columns) if column.kind != "bar"]
    columns = [table.columns[i] for i in kept]
    yield _row(escaped(column.title) for column in columns)
    yield _row("---" if column.kind == "text" else "---:" for column in columns)
    for line in table.lines:
        if not line.heading:
            yield _row(escaped(shown(line.cells[i], table.columns[i].kind)) for i in kept)
    if table.total is not None:
        totals = (
            "" if table.total[i] is None else shown(table.total[i], table.columns[i].kind) for i in kept
        )
        yield _row(f"**{escaped(text)}**" if text else "" for text in totals)


def _row(cells: Iterator[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", plain(text))
