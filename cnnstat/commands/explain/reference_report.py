"""Pages that need no network -> Report: a type, a figure, a problem's code, a rule, and what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.report.model import Fact, Report, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.explain.reference_document import (
        ContentsDocument,
        FigureDocument,
        KeyDocument,
        ProblemDocument,
        RuleDocument,
        TypeDocument,
    )


def layer_type(document: TypeDocument) -> Report:
    """Return the manual of a layer type; as Markdown it is `manual.page`."""
    return Report(
        title=f"{document.type}, a layer type",
        sections=(
            *(Section("", text=" ".join(about.split())) for about in document.about.split("\n\n")),
            Section("rule", _lines(document.rule)),
            Section("options", tuple(_options(document)), text="" if document.options else "  none"),
            Section("example", _lines(document.example)),
            Section("", text=f"Reference: {' '.join(document.reference.split())}"),
        ),
    )


def _lines(text: str) -> tuple[Fact, ...]:
    """Return the lines of equations or of an example as they stand."""
    return tuple(Fact("", line) for line in text.split("\n"))


def _options(document: TypeDocument) -> Iterator[Fact]:
    for option in document.options:
        given = "required" if option.default == "required" else f"default {option.default.strip('`')}"
        yield Fact(option.name, f"{option.meaning}: {option.values}; {given}")


def figure(document: FigureDocument) -> Report:
    """Return the definition of a figure."""
    also = Fact("also called", ", ".join(document.aliases))
    facts = (Fact("key", document.figure), Fact("rule", document.rule), also)
    return Report(title=document.title, facts=facts, sections=(Section("", text=document.meaning),))


def problem(document: ProblemDocument) -> Report:
    """Return the page of a problem's code."""
    sections = (Section("", text=document.meaning), Section("way out", text=document.way_out))
    return Report(title=f"{document.problem}: {document.title}", sections=sections)


def rule(document: RuleDocument) -> Report:
    """Return the manual page of a rule; as Markdown it is `rules.page_of`."""
    sections = (
        Section("", text=document.why),
        Section("found in", _lines(document.bad)),
        Section("not in", _lines(document.good)),
        Section("", text=f"Source: {document.source}"),
    )
    facts = (Fact("default severity", document.severity),)
    return Report(title=f"{document.rule}: {document.title}", facts=facts, sections=sections)


def key(document: KeyDocument) -> Report:
    """Return the page of a key of a spec."""
    sections = (Section("", text=document.meaning), Section("example", _lines(document.example)))
    return Report(title=f"{document.key}, a key of specs: {document.title}", sections=sections)


def contents(document: ContentsDocument) -> Report:
    """Return every layer type, figure, code of a problem and rule, in a line each."""
    types = tuple(Fact(each.name, each.about) for each in document.types)
    figures = tuple(Fact(each.name, each.title) for each in document.figures)
    problems = tuple(Fact(each.name, each.title) for each in document.problems)
    rules = tuple(Fact(each.name, each.title) for each in document.rules)
    return Report(
        title="what there is to explain",
        notes=("and every network: cnnstat explain SPEC",),
        sections=(
            Section("layer types", types),
            Section("figures", figures),
            Section("problems", problems),
            Section("rules of check", rules),
        ),
    )
