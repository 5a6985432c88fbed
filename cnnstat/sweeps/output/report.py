"""Document of `sweep` -> Report: a table of points, and in words what became of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from cnnstat.base.text import plural
from cnnstat.report.columns import footnotes
from cnnstat.report.machine import machine_phrase
from cnnstat.report.model import Fact, Line, Quantity, Report, Table
from cnnstat.sweeps.networks.columns import cells_for_readers, kind_for_readers
from cnnstat.sweeps.networks.figures import SWEPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.report.model import Phrase
    from cnnstat.sweeps.networks.columns import Columns
    from cnnstat.sweeps.output.document import SweepDocument, Undecided

_REASONS = 6
_NAMED = 3


def report(document: SweepDocument, columns: Columns) -> Report:
    """Return the document for readers."""
    several = len(columns.networks) > 1
    lines = tuple(
        Line(
            (
                point.point,
                *((point.network,) if several else ()),
                *map(_shown, point.params.values()),
                *cells_for_readers(point.figures, columns.shown),
            )
        )
        for point in document.rows
    )
    titled = columns.for_readers()
    how = "a grid of" if document.seed is None else "a sample of"
    named = ", ".join(document.networks[:_NAMED])
    more = len(document.networks) - _NAMED
    points = document.points if document.asked is None else document.asked
    title: Phrase = (
        f"{named}{f' and {more} more' if more > 0 else ''}: {how} ",
        Quantity(points),
        f" {plural('point', points)}",
    )
    tables = (Table("", titled, lines),) if lines else ()
    return Report(title, tables, tuple(_facts(document)), footnotes(titled) if lines else ())


def _shown(value: object) -> str:
    return (
        ""
        if value is None
        else {True: "true", False: "false"}.get(value, f"{value}")
        if isinstance(value, bool)
        else f"{value}"
    )


def _facts(document: SweepDocument) -> Iterator[Fact]:
    if document.machine is not UNSET:
        yield Fact("machine", machine_phrase(document.machine))
    if document.asked is not None and document.points < document.asked:
        yield Fact("looked at", (Quantity(document.points), " of ", Quantity(document.asked), " points"))
    if document.matching < document.accepted:
        yield Fact("meet the conditions", (Quantity(document.matching), " of ", Quantity(document.accepted)))
    for each in document.undecided[:_REASONS]:
        yield Fact(f"not decided, {each.condition}", (Quantity(each.count), *_open(each)))
    if document.selected < document.matching:
        yield Fact("on the Pareto front", (Quantity(document.selected),))
    for key in document.compared_bounds:
        yield compared_bound(key)
    if len(document.rows) < document.selected:
        left = document.selected - len(document.rows)
        yield Fact("not shown", (Quantity(left), "; --top shows more, --format csv all"))
    for reason in document.refused[:_REASONS]:
        example = f"point {reason.point}: {reason.reason}"
        yield Fact(f"refused, {reason.code}", (Quantity(reason.count), f"; {example}"))
    if more := sum(reason.count for reason in document.refused[_REASONS:]):
        yield Fact("refused for other reasons", (Quantity(more),))


def compared_bound(key: str) -> Fact:
    """Return that networks are compared by a figure that is only a bound of some."""
    figure = SWEPT[key]
    return Fact(f"{figure.side} so much", f"{figure.title}: compared as it stands, though it is only a bound")


def _open(each: Undecided) -> Iterator[str | Quantity]:
    """Yield what is known of the figure of the first point of which a condition is not decided."""
    key = each.condition.partition(" ")[0]
    yield f"; point {each.point}: {each.figure}"
    if each.figure != "unknown":
        yield " "
        yield Quantity(each.value, kind_for_readers(SWEPT[key]))


def in_a_line(document: SweepDocument) -> str:
    """Return what became of the points, for those who get rows only."""
    parts = [f"{document.points:,} {plural('point', document.points)}", f"{document.accepted:,} accepted"]
    if document.matching < document.accepted:
        parts.append(f"{document.matching:,} meet the conditions")
    parts += [f"{each.count:,} not decided ({each.condition}: {each.figure})" for each in document.undecided]
    parts += [f"{reason.count:,} refused ({reason.code})" for reason in document.refused]
    return ", ".join(parts)
