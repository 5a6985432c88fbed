"""Difference -> Report: what changed layer by layer, by type, and in total."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cnnstat.base.text import plural
from cnnstat.commands.diff.document import data
from cnnstat.commands.diff.totals import by_type, totals
from cnnstat.report import text
from cnnstat.report.columns import COLUMNS, footnotes
from cnnstat.report.layers import title_of
from cnnstat.report.model import Column, Line, Report, Sides, Table
from cnnstat.spec.expression import show_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.commands.diff.difference import Change, Difference, Edit, Status
    from cnnstat.commands.diff.items import Item
    from cnnstat.report.columns import LayerColumn

FIGURES = ("name", "type", "output_shape", "params", "macs", "receptive_field")

_MARKS: dict[Status, str] = {"added": "+", "removed": "-", "changed": "~", "same": "="}
_REMARKS: dict[Status, str] = {"same": "the same", "changed": "another receptive field"}
_CHANGE = Column("change", "change", "text", rank=1)
# What was changed stays longest, then the cost: figures of two networks are wide.
_RANKS = {"macs": 2, "output_shape": 3, "params": 4, "type": 5, "receptive_field": 6}
_LONGEST = 24
_FOLLOWS = "follows: the layer is as it was, and what stands above it is not"


def report(difference: Difference, columns: Sequence[str] = FIGURES) -> Report:
    """Return a line for each layer that differs, with both sides' figures; the types; the totals."""
    shown = tuple(_column(key) for key in columns)
    return Report(
        title=_title(difference),
        tables=(
            Table("", (*shown, _CHANGE), tuple(_lines(difference, shown))),
            by_type(difference),
            totals(difference),
        ),
        data=data(difference),
        notes=(*footnotes(shown), *_explained(difference)),
        verdict=_verdict(difference),
    )


def _title(difference: Difference) -> str:
    """Return the titles of both, with the names of their files where nothing else tells them apart."""
    titles = [title_of(difference.a), title_of(difference.b)]
    files = [side.graph.spec.family.span.source.name for side in (difference.a, difference.b)]
    if titles[0] == titles[1] and files[0] != files[1]:
        titles = [f"{title} ({file})" for title, file in zip(titles, files, strict=True)]
    return text.ARROW.join(titles)


def _column(key: str) -> LayerColumn:
    return replace(COLUMNS[key], sides=True, rank=_RANKS.get(key, COLUMNS[key].rank))


def _lines(difference: Difference, columns: tuple[LayerColumn, ...]) -> Iterator[Line]:
    for status, run in groupby(difference.changes, key=_folded):
        if status is None:
            yield from (_line(change, columns) for change in run)
        else:
            yield _remark(status, len(list(run)), len(columns))


def _folded(change: Change) -> Status | None:
    """Return the status of a layer that shares a line with its neighbours; None for one with its own."""
    return change.status if change.status == "same" or change.field_only else None


def _remark(status: Status, count: int, width: int) -> Line:
    name = f"{count} {plural('layer', count)}"
    return Line((name, *[""] * (width - 1), _REMARKS[status]), f"{_MARKS[status]} {name}", remark=True)


def _line(change: Change, columns: tuple[LayerColumn, ...]) -> Line:
    cells = tuple(Sides(_side(change.a, column), _side(change.b, column)) for column in columns)
    label = f"{_MARKS[change.status]} {text.shown(cells[0], 'text')}"
    return Line((*cells, _said(change)), label)


def _side(item: Item | None, column: LayerColumn) -> Any:
    return "" if item is None else column.value(item.row)


def _said(change: Change) -> str:
    """Return what was edited; names and types have their own columns."""
    if change.status != "changed":
        return change.status
    if change.follows:
        return "follows"
    said = [_edit(edit) for edit in change.edits if edit.what not in ("name", "type")]
    if said:
        return ", ".join(said)
    last = change.edits[-1]
    return text.ARROW.join((last.before, last.after)) if last.what == "type" else "renamed"


def _edit(edit: Edit) -> str:
    if edit.what == "inputs":
        return f"reads {', '.join(edit.before)}{text.ARROW}{', '.join(edit.after)}"
    if edit.what == "layers" and edit.before == edit.after:
        return "other layers, names or wiring inside"
    values = (show_value(edit.before), show_value(edit.after))
    # A long value, such as a table of connections, is in the JSON.
    return f"{edit.what} {text.ARROW.join(values) if max(map(len, values)) <= _LONGEST else 'differs'}"


def _explained(difference: Difference) -> tuple[str, ...]:
    shown = any(change.follows and not change.field_only for change in difference.changes)
    return (_FOLLOWS,) if shown else ()


def _verdict(difference: Difference) -> str:
    if not difference.differ:
        return "no difference"
    parts = [f"{difference.count(status)} {status}" for status in ("changed", "added", "removed")]
    others = "; other outputs" if difference.outputs_differ else ""
    return f"layers: {', '.join(parts)}, {difference.count('same')} the same{others}"
