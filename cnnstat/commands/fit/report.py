"""Document of `fit` -> Report: the best networks, and in words how they were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from cnnstat.base.text import plural
from cnnstat.report.columns import footnotes
from cnnstat.report.machine import machine_phrase
from cnnstat.report.model import Column, Fact, Line, Quantity, Report, Table
from cnnstat.sweeps.networks.columns import cells_for_readers
from cnnstat.sweeps.networks.figures import SWEPT, swept
from cnnstat.sweeps.output.report import compared_bound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.fit.document import FitDocument, FittedPoint
    from cnnstat.sweeps.networks.columns import Columns


_SHORT = 16
"""Letters of a target that can head a column."""

_MANY = 99.5
"""Percent that have more than two digits before the point."""


def report(document: FitDocument, columns: Columns) -> Report:
    """Return the document for readers."""
    titled = tuple(column for column in columns.for_readers() if column.key != "point")
    off = tuple(
        Column(f"off_{i}", f"off {text if len(text) <= _SHORT else f'target {i}'}", "figure")
        for i, text in enumerate(document.to, 1)
    )
    lines = tuple(
        Line(
            (
                *("" if value is None else str(value) for value in point.params.values()),
                *cells_for_readers(point.figures, columns.shown),
                *(_percent(apart) for apart in point.off),
            )
        )
        for point in document.rows
    )
    tables = (Table("", (*titled, *off), lines),) if lines else ()
    notes = footnotes(titled) if lines else ()
    return Report(
        f"{document.network}: fit", tables, tuple(_facts(document)), notes, verdict=_verdict(document)
    )


def _percent(apart: float) -> str:
    percent = 100 * apart
    return "0" if not apart else f"{percent:+.2g} %" if abs(percent) < _MANY else f"{percent:+,.0f} %"


def _facts(document: FitDocument) -> Iterator[Fact]:
    pushed = (("most", document.most), ("least", document.least))
    targets = (
        text if len(text) <= _SHORT else f"target {i}: {text}" for i, text in enumerate(document.to, 1)
    )
    asked = (*targets, *document.under, *(f"{word} {key}" for word, key in pushed if key))
    yield Fact("wanted", ", ".join(asked))
    tried = (Quantity(document.tried), f" {plural('network', document.tried)} tried, {document.way}")
    yield Fact("way", tried)
    if document.whole:
        yield Fact("whole numbers", f"{', '.join(document.whole)}: those between are refused")
    keys = (swept(key).key for _, key in pushed if key)
    yield from (compared_bound(key) for key in keys if any(_is_bound(row, key) for row in document.rows))
    if document.machine is not UNSET:
        yield Fact("machine", machine_phrase(document.machine))
    for reason in document.refused:
        yield Fact(f"refused, {reason.code}", (Quantity(reason.count), f"; such as: {reason.reason}"))


def _is_bound(row: FittedPoint, key: str) -> bool:
    return bool(row.figures.get(SWEPT[key].bounded_by))


def _has_no_steps(text: str) -> bool:
    """Say whether what varies is a range of numbers without steps."""
    return text.count(":") == 1 and not any(sign in text for sign in "$,'\"")


def _verdict(document: FitDocument) -> str:
    if document.rows and document.rows[0].met is None:
        open_ = ", ".join(document.rows[0].unproved)
        return f"NOT PROVED by anything that was tried: of the first row it is not decided whether {open_}"
    if document.met:
        first = ", ".join(f"{name} = {value}" for name, value in document.rows[0].params.items())
        return f"met by {first}"
    if not document.rows:
        endless = [f"{name}={text}" for name, text in document.space.items() if _has_no_steps(text)]
        way = f"; with steps, as --vary {endless[0]}:STEP, other values are tried" if endless else ""
        return f"NOT MET: nothing that was tried is a network with these figures{way}"
    return "NOT MET by anything that was tried; the first row is nearest"
