"""Chart -> characters: a rough picture for a terminal, in signs that its encoding has."""

from __future__ import annotations

from itertools import pairwise
from math import ceil, floor
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.text import cells_of, plain
from cnnstat.commands.plot.axes import extent, part
from cnnstat.commands.plot.chart import OTHER, wrapped
from cnnstat.commands.plot.ticks import log_ticks, text_of, ticks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.commands.plot.chart import Axis, Chart, Panel, Rule, Series

_ROWS = (16, 9, 7)
"""Lines of a panel: of the only one, of one of two, of one of more."""
_WIDEST = 160
_NARROWEST = 6
_GAP = "   "


class _Signs(Struct, frozen=True):
    """The signs of a picture: bars by eighths, other parts of bars, series, rules, and what frames it."""

    bar: str
    other: str
    series: str
    across: str
    down: str
    frame: str
    corner: str
    bottom: str


_BLOCKS = _Signs("▁▂▃▄▅▆▇█", "░", "●○◆◇■□▲△", "╌", "╎", "│", "└", "─")
_ASCII = _Signs("#", ":", "ox*+@%&=", "-", ":", "|", "+", "-")


def characters(chart: Chart, width: int, encoding: str = "utf-8") -> str:
    """Return a chart as lines of at most ``width`` columns."""
    signs = _BLOCKS
    try:
        "".join(getattr(_BLOCKS, each) for each in _Signs.__struct_fields__).encode(encoding)
    except UnicodeEncodeError:
        signs = _ASCII
    rows = _ROWS[min(len(chart.panels), len(_ROWS)) - 1]
    heads = [part for line in (chart.title, *chart.lines) for part in wrapped(plain(line), width)]
    pictures = [line for panel in chart.panels for line in ("", *_panel(panel, width, rows, signs))]
    return "\n".join((*heads, *pictures)) + "\n"


def _panel(panel: Panel, width: int, rows: int, signs: _Signs) -> Iterator[str]:
    low, high = extent(panel, "y")
    if panel.y.log:
        marks, ends = log_ticks(low, high, panel.y.unit, rows // 2), (low, high)
    else:
        marks = ticks(high, panel.y.unit, rows // 2)
        ends = marks[0][0], marks[-1][0]
    beside = max(cells_of(text) for _, text in marks)
    columns = max(_NARROWEST, min(_WIDEST, width - beside - 2))
    canvas = _Canvas(panel, columns, rows, ends, signs)
    texts = {canvas.row(value): text for value, text in reversed(marks)}
    yield from wrapped(plain(panel.y.title), width)
    for row in reversed(range(rows)):
        yield f"{texts.get(row, ''):>{beside}} {signs.frame}{''.join(canvas.cells[row])}".rstrip()
    yield f"{'':{beside}} {signs.corner}{signs.bottom * columns}"
    if panel.x.marked:
        yield f"{'':{beside}}  {_across(panel, columns)}".rstrip()
    yield from _legend(panel, signs, width)


def _across(panel: Panel, columns: int) -> str:
    """Return what stands below the axis across: its first value, its title, its last value."""
    if panel.x.names:
        first, last = plain(panel.x.names[0]), plain(panel.x.names[-1])
    else:
        low, high = extent(panel, "x")
        first, last = _ends(low, high, panel.x)
    title = plain(panel.x.title)
    room = columns - cells_of(first) - cells_of(last)
    if room < cells_of(title) + 2:
        title = ""
    if room < 1:
        return first[:columns]
    left = (room - cells_of(title)) // 2
    return f"{first}{' ' * left}{title}{' ' * (room - left - cells_of(title))}{last}"


def _ends(low: float, high: float, axis: Axis) -> tuple[str, str]:
    if axis.log or axis.unit not in ("count", "places", "share"):
        return text_of(low, axis.unit), text_of(high, axis.unit)
    return f"{ceil(low):,}", f"{floor(high):,}"


def _legend(panel: Panel, signs: _Signs, width: int) -> Iterator[str]:
    """Yield what the signs are for, as many beside each other as fit."""
    found = _sign_of(panel.series, signs)
    entries = [f"{found[name]} {plain(name)}" for name in found] if len(found) > 1 else []
    bars = (each for each in panel.series if each.mark == "bars")
    entries += [f"{signs.other} {plain(each.name)}" for each in bars if each.hue == OTHER]
    lines = [""]
    for entry in entries:
        if lines[-1] and cells_of(lines[-1] + _GAP + entry) > width:
            lines.append("")
        lines[-1] += _GAP + entry if lines[-1] else entry
    for line in filter(None, lines):
        yield from [line] if cells_of(line) <= width else wrapped(line, width)


def _sign_of(series: Sequence[Series], signs: _Signs) -> dict[str, str]:
    """Return the sign of each series by its name."""
    names = dict.fromkeys(each.name for each in series if each.mark != "bars")
    return {name: signs.series[number % len(signs.series)] for number, name in enumerate(names)}


def _from_below(series: Series) -> tuple[bool, int]:
    """Return when a series is drawn: lines below points, and what is short on top."""
    return series.mark in ("points", "rings"), -len(series.points)


class _Canvas:
    """The cells of a panel, row by row from below."""

    def __init__(
        self, panel: Panel, columns: int, rows: int, ends: tuple[float, float], signs: _Signs
    ) -> None:
        self.columns, self.rows, self.signs = columns, rows, signs
        self.left, self.right = extent(panel, "x")
        self.bottom, self.top = ends
        self.logs = {"x": panel.x.log, "y": panel.y.log}
        self.cells = [[" "] * columns for _ in range(rows)]
        for rule in panel.rules:
            self._rule(rule)
        self._bars([each for each in panel.series if each.mark == "bars"])
        found = _sign_of(panel.series, signs)
        lines = (each for each in panel.series if each.mark != "bars")
        for each in sorted(lines, key=_from_below):
            for column, row in self._places(each):
                self.cells[row][column] = found[each.name]
        self._texts(panel.rules)

    def row(self, value: float) -> int:
        """Return the row of a value."""
        return max(0, min(self.rows - 1, floor(self._height(value) + 1e-9)))

    def _height(self, value: float) -> float:
        """Return how many rows a value is above the lower end."""
        return part(value, self.bottom, self.top, logs=self.logs["y"]) * self.rows

    def column(self, value: float) -> int:
        """Return the column of a value."""
        place = part(value, self.left, self.right, logs=self.logs["x"])
        return max(0, min(self.columns - 1, floor(place * self.columns + 1e-9)))

    def _rule(self, rule: Rule) -> None:
        if rule.axis == "y":
            self.cells[self.row(rule.value)] = [self.signs.across] * self.columns
            return
        for row in self.cells:
            row[self.column(rule.value)] = self.signs.down

    def _texts(self, rules: Sequence[Rule]) -> None:
        """Write what rules say, none over another: at the right end of a line, or beside its upper end."""
        free = [self.columns] * self.rows
        top = self.rows
        for rule in rules:
            text = plain(rule.text)
            while cells_of(text) > self.columns // 2:
                text = text[:-1]
            if rule.axis == "y":
                row = self.row(rule.value)
                start = free[row] - cells_of(text)
                free[row] = start - 2
            else:
                row = top = top - 1
                column = self.column(rule.value)
                fits = column + 1 + cells_of(text) <= self.columns
                start = column + 1 if fits else column - cells_of(text)
            if text and start >= 0 <= row:
                self._write(row, start, text)

    def _write(self, row: int, start: int, text: str) -> None:
        """Put a text into a row; a sign of two columns takes two cells, one of none goes with the last."""
        column = start
        for sign in text:
            cells = cells_of(sign)
            if cells:
                self.cells[row][column : column + cells] = [sign, *[""] * (cells - 1)]
            elif column > start:
                self.cells[row][column - 1] += sign
            column += cells

    def _bars(self, series: Sequence[Series]) -> None:
        """Draw the highest bars of each column, and above them those of the series that are others."""
        main, whole = [0.0] * self.columns, [0.0] * self.columns
        for each in series:
            for bar in each.bars:
                for column in range(self.column(bar.start), self._end(bar.end)):
                    whole[column] = max(whole[column], bar.top)
                    if each.hue != OTHER:
                        main[column] = max(main[column], bar.top)
        kinds = len(self.signs.bar)
        for column in range(self.columns):
            height = main[column] / self.top * self.rows
            for row in range(self.rows):
                part = ceil((height - row) * kinds)
                if part > 0:
                    self.cells[row][column] = self.signs.bar[min(part, kinds) - 1]
                elif row < round(whole[column] / self.top * self.rows):
                    self.cells[row][column] = self.signs.other

    def _end(self, value: float) -> int:
        """Return the column before which a bar ends that ends at a value."""
        place = (value - self.left) / (self.right - self.left)
        return max(self.column(value - (self.right - self.left) * 1e-6) + 1, floor(place * self.columns))

    def _places(self, series: Series) -> Iterator[tuple[int, int]]:
        """Yield the cells of a series: of points all, of a line the highest in each column."""
        drawn = [(point.x, point.y) for point in series.points if point.y is not None]
        if series.mark in ("points", "rings"):
            yield from ((self.column(x), self.row(y)) for x, y in drawn)
            return
        found: dict[int, int] = {}
        for x, y in drawn:
            column = self.column(x)
            found[column] = max(found.get(column, 0), self.row(y))
        for before, after in pairwise(series.points):
            if before.y is None or after.y is None:
                continue
            start, end = self.column(before.x), self.column(after.x)
            low, high = (self._height(each.y) for each in (before, after) if each.y is not None)
            for column in range(start + 1, end):
                along = 0.0 if series.mark == "step" else (column - start) / (end - start)
                height = low + along * (high - low)
                found.setdefault(column, max(0, min(self.rows - 1, floor(height))))
        yield from found.items()
