"""Document of `export` -> Report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.text import plain
from cnnstat.report.layers import title_of
from cnnstat.report.model import Fact, Quantity, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.export.document import ExportDocument


def report(document: ExportDocument) -> Report:
    """Return what was written, and remarks on it."""
    return Report(
        title=(*title_of(document), f", export to {document.to}"),
        facts=tuple(_facts(document)),
        notes=document.remarks,
        source=document.source,
    )


def _facts(document: ExportDocument) -> Iterator[Fact]:
    beside = f" (numbers in {document.beside})" if document.beside else ""
    yield Fact("file", (f"{document.file}, ", Quantity(document.bytes, "bytes"), beside))
    holds: list[str | Quantity] = [document.form]
    for name, count in document.holds.items():
        holds += [", ", Quantity(count), f" {name if count != 1 else _one(name)}"]
    yield Fact("holds", tuple(holds))
    yield Fact("numbers", _numbers(document))


def _numbers(document: ExportDocument) -> tuple[str | Quantity, ...]:
    stored = Quantity(document.params), " parameters, ", Quantity(document.buffers), " buffers"
    if document.numbers == "none":
        return *stored, "; their values are left out"
    sources = {"file": f"of {document.weights}", "model": "the model's own"}
    source = plain(sources.get(document.numbers, f"drawn from seed {document.seed}"))
    return *stored, f", {document.dtype}, {source}"


def _one(name: str) -> str:
    """Return the word for one of some: `line` of `lines`, `class` of `classes`."""
    return name.removesuffix("es" if name.endswith("sses") else "s")
