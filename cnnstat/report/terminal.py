"""Report -> a terminal. The only renderer that imports rich."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from cnnstat.errors import plain
from cnnstat.report.text import bar, shown

if TYPE_CHECKING:
    from cnnstat.report.model import Column, Line, Report, Table

_LEFT = ("text", "bar")
_BAR = 24
_PADDING = (0, 2, 0, 0)
_GAP = 3  # padding and the rule between columns


def render(report: Report, *, width: int | None, colour: bool) -> str:
    """Return the report as text; without ``width`` nothing is left out or wrapped."""
    out = StringIO()
    console = Console(
        file=out,
        width=width or 100_000,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(Text(plain(report.title), "bold"))
    if report.source:
        console.print(Text(plain(report.source), "dim"))
    for table in report.tables:
        _print_table(console, table, width)
    _print_facts(console, report)
    for note in report.notes:
        console.print(Text(plain(note), "dim"))
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _print_table(console: Console, table: Table, width: int | None) -> None:
    if table.title:
        console.print()
        console.print(Text(plain(table.title), "bold"))
    kept = _fitting(table, width)
    grid = RichTable(box=box.SIMPLE_HEAD, padding=_PADDING, pad_edge=False, show_footer=bool(table.total))
    for i in kept:
        column = table.columns[i]
        justify: Literal["left", "right"] = "left" if column.kind in _LEFT else "right"
        footer = _total(table, i)
        grid.add_column(
            Text(column.title), Text(footer), justify=justify, overflow="fold", footer_style="bold"
        )
    for line in table.lines:
        style = "dim" if line.heading else ""
        grid.add_row(*(Text(_cell(table.columns[i], line, i)) for i in kept), style=style)
    console.print(grid)
    dropped = [c.key for i, c in enumerate(table.columns) if i not in kept and c.title]
    if dropped:
        console.print(Text(f"left out to fit {width} columns: {', '.join(dropped)}", "dim"))


def _fitting(table: Table, width: int | None) -> list[int]:
    """Return the columns that fit; those of the highest rank go first."""
    kept = list(range(len(table.columns)))
    if width is None:
        return kept
    widths = [_width(table, i) + _GAP for i in kept]
    while sum(widths[i] for i in kept) > width:
        last = max(kept, key=lambda i: (table.columns[i].rank, i))
        if table.columns[last].rank == 0:
            break
        kept.remove(last)
    return kept


def _width(table: Table, i: int) -> int:
    column = table.columns[i]
    if column.kind == "bar":
        return _BAR
    if column.key == "source":
        return 40
    texts = [column.title, _total(table, i), *(_cell(column, line, i) for line in table.lines)]
    return max(cell_len(text) for text in texts)


def _cell(column: Column, line: Line, i: int) -> str:
    if i == 0 and line.label:
        return "  " * line.level + plain(line.label)
    value = line.cells[i]
    if column.kind == "bar":
        return bar(value, _BAR)
    return "" if value == "" else shown(value, column.kind)


def _total(table: Table, i: int) -> str:
    if table.total is None or table.total[i] is None:
        return ""
    return shown(table.total[i], table.columns[i].kind)


def _print_facts(console: Console, report: Report) -> None:
    if not report.facts:
        return
    console.print()
    grid = RichTable(box=None, show_header=False, padding=_PADDING, pad_edge=False)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, fact in report.facts:
        grid.add_row(Text(plain(name), "bold"), Text(plain(fact)))
    console.print(grid)
    console.print()
