"""Report -> lines of text that fit a width, each with a style; who prints them gives styles their colour.

A table of a thousand rows is laid out here in milliseconds. Widths are those of a terminal: cells, of which
some characters take two and others none.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Literal, TypeAlias

from cnnstat.base.text import cells_of, plain
from cnnstat.report.columns import footnotes
from cnnstat.report.model import Fact
from cnnstat.report.text import bar, grouped, said, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from cnnstat.report.document import Document
    from cnnstat.report.model import Column, Derivation, Line, Phrase, Report, Section, Table

Style: TypeAlias = Literal["", "bold", "dim"]
Styled: TypeAlias = tuple[str, Style]

_GAP = "  "
_BAR = 24
_READABLE = 110  # arithmetic takes two lines beyond this, however wide the terminal is
_CUT = 48
"""Where a width is given, names are cut to this, and remarks to a third of the width if that is less."""


STYLES = {"bold": "\x1b[1m", "dim": "\x1b[2m"}
"""What switches a style on (ECMA-48, select graphic rendition)."""


def render(document: Document, report: Callable[[], Report], *, width: int | None, colour: bool) -> str:
    """Return a report as text; with ``colour``, heads are bold and notes dim."""
    if not colour:
        return "".join(f"{text}\n" for text, _ in lines(report(), width))
    return "".join(
        f"{STYLES[style]}{text}\x1b[0m\n" if style and text else f"{text}\n"
        for text, style in lines(report(), width)
    )


def lines(report: Report, width: int | None = None) -> Iterator[Styled]:
    """Yield the lines of a report; without ``width`` nothing is left out, cut or wrapped."""
    yield from _wrapped(report.title, "bold", width)
    if report.source:
        yield from _wrapped(report.source, "dim", width)
    left_out: list[Column] = []
    for table in report.tables:
        yield "", ""
        if table.title:
            yield plain(table.title), "bold"
        left_out += yield from _table(table, width)
    for section in report.sections:
        yield "", ""
        yield from _section(section, width)
    if report.facts:
        yield "", ""
        yield from _facts(report.facts, width)
    if report.notes:
        yield "", ""
    unneeded = footnotes(left_out)
    for note in report.notes:
        if note not in unneeded:
            yield from _wrapped(note, "dim", width)
    if report.verdict:
        yield "", ""
        yield from _wrapped(report.verdict, "bold", width)


def _table(table: Table, width: int | None) -> Generator[Styled, None, list[Column]]:
    """Yield the lines of a table; return the columns that are left out."""
    texts = [[_cell(column, line, i) for line in table.lines] for i, column in enumerate(table.columns)]
    totals = [_total(table, i) for i in range(len(table.columns))]
    widths = [
        _BAR if column.kind == "bar" else max(map(cells_of, (column.title, total, *cells)))
        for column, total, cells in zip(table.columns, totals, texts, strict=True)
    ]
    whole = widths
    if width is not None:
        most = {"": width + max(widths), "name": _CUT, "prose": max(16, min(_CUT, width // 3))}
        widths = [min(w, most[column.gives]) for w, column in zip(widths, table.columns, strict=True)]
    kept = _fitting(table, widths, width)
    if width is not None:
        widths = _spread(widths, whole, kept, width)

    def row(cells: list[str]) -> str:
        return _GAP.join(_padded(cells[i], widths[i], table.columns[i]) for i in kept).rstrip()

    rule = _GAP.join("─" * widths[i] for i in kept)
    yield row([column.title for column in table.columns]), "bold"
    yield rule, "dim"
    for number, line in enumerate(table.lines):
        yield row([column[number] for column in texts]), "dim" if line.heading else ""
    if table.total is not None:
        yield rule, "dim"
        yield row(totals), "bold"
    dropped = [column for i, column in enumerate(table.columns) if i not in kept]
    named = ", ".join(_named(column) for column in dropped if column.title)
    if named:
        way_out = "a wider terminal or a pipe shows all"
        yield from _wrapped(f"left out to fit {width} columns: {named}; {way_out}", "dim", width)
    return dropped


def _named(column: Column) -> str:
    """Return a column's title, and the key to ask for it by where that is another word."""
    return column.title if column.title == column.key else f"{column.title} ({column.key})"


def _fitting(table: Table, widths: list[int], width: int | None) -> list[int]:
    """Return the columns that fit; those of the highest rank go first, rank 0 stays."""
    kept = list(range(len(widths)))
    while width is not None and sum(widths[i] + len(_GAP) for i in kept) - len(_GAP) > width:
        last = max(kept, key=lambda i: (table.columns[i].rank, i))
        if table.columns[last].rank == 0:
            break
        kept.remove(last)
    return kept


def _spread(widths: list[int], whole: list[int], kept: list[int], width: int) -> list[int]:
    """Return the widths of columns: what is left over goes to those that are cut, the last one first.

    Where nothing is, the first column gives way.
    """
    given = list(widths)
    left = width - sum(given[i] + len(_GAP) for i in kept) + len(_GAP)
    for i in reversed(kept):
        more = max(0, min(left, whole[i] - given[i]))
        given[i] += more
        left -= more
    given[0] = min(given[0], max(8, given[0] + left))
    return given


def _cell(column: Column, line: Line, i: int) -> str:
    if i == 0 and line.label:
        return "  " * line.level + said(line.label)
    value = line.cells[i]
    if column.kind == "bar":
        return bar(value, _BAR)
    return shown(value, column.kind)


def _total(table: Table, i: int) -> str:
    if table.total is None or table.total[i] is None:
        return ""
    return shown(table.total[i], table.columns[i].kind)


def _padded(text: str, width: int, column: Column) -> str:
    cells = cells_of(text)
    if cells > width:
        text, cells = _cut(text, width), width
    space = " " * (width - cells)
    return text + space if column.kind in ("text", "bar") else space + text


def _facts(facts: tuple[Fact, ...], width: int | None) -> Iterator[Styled]:
    names = [plain(fact.name) for fact in facts]
    longest = max(map(cells_of, names))
    indent = " " * (longest + len(_GAP))
    for name, fact in zip(names, facts, strict=True):
        text = f"{_filled(name, longest)}{_GAP}{said(fact.phrase)}"
        yield from ((line, "") for line in folded(text, width, indent))


def _section(section: Section, width: int | None) -> Iterator[Styled]:
    if section.title:
        yield from _wrapped(section.title, "bold", width)
    if section.text:
        yield from _wrapped(section.text, "", width)
    longest = max((cells_of(plain(step.name)) for step in section.steps), default=0)
    indent = " " * (longest + 2 * len(_GAP))
    last = ""
    for step in section.steps:
        name = step.name if step.name != last else ""  # said once for all that follows
        last = step.name
        head = f"{_GAP}{_filled(plain(name), longest)}{_GAP}"
        for line in arithmetic(step, min(width or _READABLE, _READABLE) - cells_of(head)):
            yield from ((part, "") for part in folded(head + plain(line), width, indent + _GAP))
            head = indent


def arithmetic(step: Fact | Derivation, room: int) -> tuple[str, ...]:
    """Return what is said, or how a figure came about: in two lines where there is no room for one."""
    if isinstance(step, Fact):
        return (said(step.phrase),)
    numbers, result = grouped(step.numbers), grouped(f"{step.result}")
    # A number without arithmetic stands for itself.
    end = f"= {result}" if numbers == result else f"= {numbers} = {result}"
    if numbers == step.formula:
        return (end.removeprefix("= "),)
    line = f"{step.formula} {end}"
    return (line,) if len(line) <= room or numbers == result else (step.formula, end)


def _wrapped(phrase: Phrase, style: Style, width: int | None) -> Iterator[Styled]:
    yield from ((line, style) for line in folded(said(phrase), width, ""))


def folded(text: str, width: int | None, indent: str) -> list[str]:
    """Return a text as lines that fit a width; all but the first begin with ``indent``."""
    if width is None or cells_of(text) <= width:
        return [text]
    kept = indent if len(indent) < width // 2 else ""
    # `textwrap` counts characters: wide ones are stood in for by as many characters as they take cells.
    wide = "".join(c + _FILLER * (cells_of(c) - 1) for c in text)
    lines = textwrap.wrap(wide, width, subsequent_indent=kept, break_on_hyphens=False)
    return [line.replace(_FILLER, "") for line in lines]


_FILLER = "\0"


def _filled(text: str, width: int) -> str:
    return text + " " * (width - cells_of(text))


def _cut(text: str, width: int) -> str:
    """Return as much of a text as fits before an ellipsis."""
    kept = text
    while cells_of(kept) > width - 1:
        kept = kept[:-1]
    return f"{kept}…" + " " * (width - 1 - cells_of(kept))
