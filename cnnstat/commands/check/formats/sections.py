"""What a check has to say beside its findings: figures that were written, budgets, and what a change does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.text import plain, plural
from cnnstat.commands.check.changes import COMPARED, label_of, percent_of
from cnnstat.commands.check.formats.sums import passed_over
from cnnstat.report.render.table import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.check.changes import FigureChange, NetworkChange
    from cnnstat.commands.check.document import CheckDocument

HEAD = ("spec", "network", *map(label_of, COMPARED), "receptive field")
"""The columns of what a change does."""


def written(document: CheckDocument) -> Iterator[str]:
    """Yield what was mended, the figures that were pinned, and those that could not be, each in a line."""
    for report in document.files:
        for mend in report.mended:
            place = f"{report.file}:{mend.line}:{mend.column}"
            yield plain(f"{place}: fixed: {mend.code}: {mend.message}")
        yield from (plain(f"{report.file}: written: {each}") for each in report.written)
        yield from (plain(f"{report.file}: not written: {each}") for each in report.left)


def budgets(document: CheckDocument) -> Iterator[str]:
    """Yield every budget with the room that it has left, each in a line."""
    for report in document.files:
        for each in report.budgets:
            mark = "kept" if each.kept else "not kept"
            yield plain(f"{report.file}:{each.line}: {mark}: {each.network}: {each.message}")


def changed(document: CheckDocument) -> Iterator[tuple[str, ...]]:
    """Yield a row for each network that changed, and for each spec of which more is to be said; see `HEAD`.

    What comes from a spec or from names of files is as it is there.
    """
    empty = ("",) * (len(HEAD) - 2)
    for report in document.files:
        change = report.change
        if change is None or change.became == "same":
            continue
        if change.became in ("new", "unknown") and not change.networks:
            yield report.file, f"{change.became}: {change.note}" if change.note else change.became, *empty
        elif change.became == "renamed":
            yield report.file, f"renamed from {change.note}", *empty
        for each in change.networks:
            if each.became == "same":
                continue
            said = (each.network, "" if each.became == "changed" else each.became, each.note)
            cells = _cells(each) if each.figures else empty
            yield report.file, ": ".join(filter(None, said)), *cells
    yield from ((name, "removed", *empty) for name in document.removed)


def change_lines(document: CheckDocument, width: int | None = None) -> Iterator[str]:
    """Yield what a change does as a table, or where that is too wide each row in lines, and the sums."""
    rows = [tuple(map(plain, row)) for row in changed(document)]
    widths = [max(map(len, column)) for column in zip(HEAD, *rows, strict=True)]
    fits = width is None or sum(widths) + 2 * len(widths) <= width
    if fits and any(any(cells) for _, _, *cells in rows):
        for row in (HEAD, *rows):
            yield "  ".join(map(str.ljust, row, widths)).rstrip()
    else:
        for spec, network, *cells in rows:
            yield from folded(plain(f"{spec}: {network}"), width, "    ")
            yield from (f"  {name}: {cell}" for name, cell in zip(HEAD[2:], cells, strict=True) if cell)
    if said := change_sums(document):
        yield from folded(said, width, "    ")


def notes(document: CheckDocument) -> Iterator[str]:
    """Yield what is no finding, for formats without a line for the sums."""
    yield from change_lines(document)
    if said := passed_over(document):
        yield said


def change_sums(document: CheckDocument) -> str:
    """Return how many specs became what, in a line; nothing where there is no comparison."""
    if not document.against:
        return ""
    became = [str(report.change.became) for report in document.files if report.change]
    kinds = ("changed", "renamed", "new", "unknown")
    counts = [(kind, became.count(kind)) for kind in kinds] + [("removed", len(document.removed))]
    parts = [f"{count:,} {kind}" for kind, count in counts if count]
    specs = f"{len(became):,} {plural('spec', len(became))}"
    return plain(f"against {document.against}: {specs}, {', '.join(parts) or 'all the same'}")


def _cells(change: NetworkChange) -> Iterator[str]:
    yield from map(_cell, change.figures)
    fields = dict.fromkeys(filter(None, (change.field_before, change.field_after)))
    yield " -> ".join(fields)


def _cell(change: FigureChange) -> str:
    if not change.difference or change.before is None:
        return f"{change.after:,}"
    percent = f" ({percent_of(change.before, change.after)})" if change.before else ""
    return f"{change.before:,} -> {change.after:,}{percent}{' !' if change.grown else ''}"
