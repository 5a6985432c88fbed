"""Document of `diff` -> Report: what changed layer by layer, by type, and in total."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cnnstat.analysis.growth import Growth
from cnnstat.base.figures import COUNTS, FIGURES, OF_NETWORK
from cnnstat.base.text import plural
from cnnstat.commands.diff.document import Sums
from cnnstat.report.columns import chosen_columns, field_text, footnotes
from cnnstat.report.layers import title_of
from cnnstat.report.model import Column, Line, Quantity, Report, Sides, Table
from cnnstat.report.text import ARROW, shown
from cnnstat.spec.values import show_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.settings import Settings
    from cnnstat.commands.diff.difference import Change, Difference, Status
    from cnnstat.commands.diff.document import DiffDocument, LayerChange
    from cnnstat.commands.diff.edits import Edit
    from cnnstat.report.columns import LayerColumn
    from cnnstat.report.document import LayerEntry
    from cnnstat.report.model import Kind, Phrase

DEFAULT_COLUMNS = ("name", "type", "output_shape", "params", "macs", "receptive_field")

_CHANGE = Column("change", "change", "text", rank=1, gives="prose")
_TYPES = (
    Column("type", "type", "text"),
    Column("layers", "layers", sides=True),
    Column("params", "params", rank=1, sides=True),
    Column("macs", "MACs", rank=2, sides=True),
)
_TOTALS = (
    Column("figure", "figure", "text"),
    Column("a", "A", "figure"),
    Column("b", "B", "figure"),
    Column("difference", "difference", "figure", rank=2),
    Column("ratio", "B / A", "figure", rank=1),
)
# What was changed stays longest, then the cost: figures of two networks are wide.
_RANKS = {"macs": 2, "params": 3, "output_shape": 4, "type": 5, "receptive_field": 6}

_MARKS: dict[Status, str] = {"added": "+", "removed": "-", "changed": "~", "same": "="}
_REMARKS: dict[Status, str] = {"same": "the same", "changed": "another receptive field"}
_LONGEST = 24
_FOLLOWS = "follows: the layer is as it was, and what stands above it is not"
_COMPARED = tuple(key for key in COUNTS if key not in ("buffers", "padding_macs"))


def report(document: DiffDocument, difference: Difference, columns: Sequence[str]) -> Report:
    """Return a line for each layer that differs, with both sides' figures; the types; the totals."""
    chosen = tuple(map(_column, chosen_columns(columns, DEFAULT_COLUMNS)))
    return Report(
        title=_title(document, difference),
        tables=(
            Table("", (*chosen, _CHANGE), tuple(_lines(document, difference, chosen))),
            _by_type(document),
            Table("in total", _TOTALS, tuple(map(Line, _totals(document, difference)))),
        ),
        notes=(*footnotes(chosen), *_explained(difference)),
        verdict=verdict(difference),
    )


def _title(document: DiffDocument, difference: Difference) -> Phrase:
    """Return the titles of both, with the names of their files where nothing else sets them apart."""
    a, b = title_of(document.a), title_of(document.b)
    files = [side.graph.spec.family.span.source.name for side in (difference.a, difference.b)]
    if a == b and files[0] != files[1]:
        a, b = ((*title, f" ({file})") for title, file in zip((a, b), files, strict=True))
    return *a, ARROW, *b


# -- layers -----------------------------------------------------------------------------------------


def _column(column: LayerColumn) -> LayerColumn:
    return replace(column, sides=True, rank=column.rank and _RANKS.get(column.key, column.rank))


def _lines(
    document: DiffDocument, difference: Difference, columns: tuple[LayerColumn, ...]
) -> Iterator[Line]:
    pairs = zip(document.layers, difference.changes, strict=True)
    for status, run in groupby(pairs, key=lambda pair: _folded(pair[1])):
        if status is not None:
            yield _remark(status, len(list(run)), len(columns))
            continue
        for layer, change in run:
            yield _line(layer, said(change), columns, difference.a.settings)


def _folded(change: Change) -> Status | None:
    """Return the status of a layer that shares a line with its neighbours; None for one with its own."""
    return change.status if change.status == "same" or change.field_only else None


def _remark(status: Status, count: int, width: int) -> Line:
    name = f"{count} {plural('layer', count)}"
    return Line((name, *[""] * (width - 1), _REMARKS[status]), f"{_MARKS[status]} {name}", remark=True)


def _line(layer: LayerChange, said: str, columns: tuple[LayerColumn, ...], settings: Settings) -> Line:
    def side(entry: LayerEntry | None, column: LayerColumn) -> Any:
        return "" if entry is None else column.value(entry, settings)

    cells = tuple(Sides(side(layer.a, column), side(layer.b, column)) for column in columns)
    return Line((*cells, said), (f"{_MARKS[layer.status]} ", Quantity(cells[0], columns[0].kind)))


def said(change: Change) -> str:
    """Return what was edited; names and types have their own columns."""
    if change.status != "changed":
        return change.status
    if change.follows:
        return "follows"
    said = [_edit(edit) for edit in change.edits if edit.what not in ("name", "type")]
    if said:
        return ", ".join(said)
    last = change.edits[-1]
    return ARROW.join((last.before, last.after)) if last.what == "type" else "renamed"


def _edit(edit: Edit) -> str:
    """Return an edit in the spec's own words, in which numbers are written without groups."""
    if edit.what == "inputs":
        return f"reads {', '.join(edit.before)}{ARROW}{', '.join(edit.after)}"
    if edit.what == "layers" and edit.before == edit.after:
        return "other layers, names or wiring inside"
    values = (show_value(edit.before), show_value(edit.after))
    # A long value, such as a table of connections, is in the JSON.
    return f"{edit.what} {ARROW.join(values) if max(map(len, values)) <= _LONGEST else 'differs'}"


def _explained(difference: Difference) -> tuple[str, ...]:
    shown = any(change.follows and not change.field_only for change in difference.changes)
    return (_FOLLOWS,) if shown else ()


def verdict(difference: Difference) -> str:
    """Return in a line how many layers became what."""
    if not difference.differ:
        return "no difference"
    renamed = sum(change.renamed_only for change in difference.changes)
    parts = [f"{difference.count(status)} {status}" for status in ("added", "removed")]
    if renamed:
        parts.insert(0, f"{renamed} renamed")
    parts.insert(0, f"{difference.count('changed') - renamed} changed")
    others = "; other outputs" if difference.outputs_differ else ""
    if difference.dtypes_differ:
        others += f"; memory for {ARROW.join(_dtypes(difference))}"
    return f"layers: {', '.join(parts)}, {difference.count('same')} the same{others}"


# -- types and totals -------------------------------------------------------------------------------


def _by_type(document: DiffDocument) -> Table:
    """Return how many layers of each type A and B have, with their params and MACs."""

    def cells(title: str, a: Sums, b: Sums) -> tuple[Any, ...]:
        return title, *(Sides(getattr(a, column.key), getattr(b, column.key)) for column in _TYPES[1:])

    lines = tuple(Line(cells(kind.type, kind.a, kind.b)) for kind in document.types)
    return Table("by type", _TYPES, lines, cells("total", *_whole(document)))


def _whole(document: DiffDocument) -> tuple[Sums, Sums]:
    """Return what all layers of A, and those of B, come to."""
    a, b, kinds = document.a.totals, document.b.totals, document.types
    return (
        Sums(layers=sum(kind.a.layers for kind in kinds), params=a.params, macs=a.macs),
        Sums(layers=sum(kind.b.layers for kind in kinds), params=b.params, macs=b.macs),
    )


def _totals(document: DiffDocument, difference: Difference) -> Iterator[tuple[Any, ...]]:
    """Yield the figures of the whole networks, with difference and ratio."""
    a, b = document.a.totals, document.b.totals
    before, after = _whole(document)
    yield "layers", *_compared(before.layers, after.layers, "count", "signed")
    for key in _COMPARED:
        yield FIGURES[key].label, *_compared(getattr(a, key), getattr(b, key), "count", "signed")
    for key in OF_NETWORK:
        yield FIGURES[key].label, *_compared(getattr(a, key), getattr(b, key), "bytes", "signed_bytes")
    if difference.dtypes_differ:
        yield "memory for", *(Quantity(dtype, "text") for dtype in _dtypes(difference)), "", ""
    if difference.outputs_differ:
        yield "outputs", Quantity(document.a.outputs, "text"), Quantity(document.b.outputs, "text"), "", ""
    yield "receptive field", field_text(a.receptive_field), field_text(b.receptive_field), "", ""
    yield "output", _output(difference.a), _output(difference.b), "", ""


def _dtypes(difference: Difference) -> tuple[str, str]:
    return difference.a.settings.dtype, difference.b.settings.dtype


def _output(analysis: Analysis) -> Quantity:
    """Return the shape of the output, or of each of several by name."""
    shapes = analysis.output_shapes
    if len(shapes) == 1:
        return Quantity(analysis.totals.output_shape, "shape")
    return Quantity(tuple(f"{name} {shown(shape, 'shape')}" for name, shape in shapes.items()), "text")


def _compared(a: int, b: int, kind: Kind, difference: Kind) -> tuple[Quantity, ...]:
    """Return both, their difference, and B / A, which is unknown where A is 0."""
    growth = Growth(a, b)
    sides = Quantity(a, kind), Quantity(b, kind)
    return *sides, Quantity(growth.difference, difference), Quantity(growth.ratio, "ratio")
