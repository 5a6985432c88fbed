"""Document of `explain --quiz` -> Report: a table with the figures left out, for lectures; or the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import UNSET
from msgspec.structs import replace

from cnnstat.commands.explain.report import in_a_line, legend, section
from cnnstat.layers import manual
from cnnstat.report.columns import COLUMNS, field_text, footnotes
from cnnstat.report.layers import title_of
from cnnstat.report.model import Fact, Line, Report, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.commands.explain.explanations import Explanation
    from cnnstat.commands.explain.quiz_document import AskedEntry, QuizDocument
    from cnnstat.layers import Layer
    from cnnstat.report.model import Column

BLANK = "?"
_RULES = "connections are those of layers with weights and of pooling; 'cnnstat explain TYPE' gives each rule"


def quiz_report(document: QuizDocument, analysis: Analysis, answers: Sequence[Explanation]) -> Report:
    """Return the layers with the figures left out; or filled in, and explained where a line is not enough."""
    columns = tuple(COLUMNS[key] for key in document.asked)
    layers = Section("the layers", tuple(Fact(layer.name, layer.text) for layer in document.given))
    if document.explained is UNSET:
        defaults = Section("options that are not given", tuple(_all_defaults(document, analysis)))
        return Report(
            title=(*title_of(document), ": fill in the figures"),
            tables=(_table(document, tuple(replace(column, kind="text") for column in columns)),),
            notes=(*footnotes(columns), _RULES),
            source=document.source,
            sections=(layers, defaults),
        )
    explained = tuple(
        section(analysis, answer, entry)
        for answer, entry in zip(answers, document.explained, strict=True)
        if not in_a_line(analysis, answer)
    )
    return Report(
        title=(*title_of(document), ": the answers"),
        tables=(_table(document, columns),),
        notes=legend(explained),
        source=document.source,
        sections=(layers, *explained),
    )


def _table(document: QuizDocument, asked: tuple[Column, ...]) -> Table:
    lines = (
        Line((layer.name, *(_cell(layer, key) for key in document.asked)), label=layer.name)
        for layer in document.layers
    )
    return Table("", (COLUMNS["name"], *asked), tuple(lines))


def _cell(layer: AskedEntry, key: str) -> Any:
    value = getattr(layer, key)
    if value is None:
        return BLANK
    return field_text(value) if key == "receptive_field" else value


def _all_defaults(document: QuizDocument, analysis: Analysis) -> Iterator[Fact]:
    """Yield, for the types that occur, the values of options that are left out."""
    rows = {row.name: row for row in analysis.rows}
    given = (rows[layer.name] for layer in document.given if layer.name in rows)
    for name, kind in {row.type: type(row.node.layer) for row in given}.items():
        if text := ", ".join(_defaults(kind)):
            yield Fact(name, text)


def _defaults(kind: type[Layer]) -> Iterator[str]:
    for option in manual.options(kind):
        if option.default == "none":
            yield f"{option.name} none ({option.meaning})"
        elif option.default != "required":
            yield f"{option.name} {option.default.strip('`')}"
