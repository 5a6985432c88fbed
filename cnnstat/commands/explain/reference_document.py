"""Documents of pages that need no network: a layer type, a figure, a code, and what there is to explain."""

from __future__ import annotations

from msgspec import Struct

from cnnstat.base.pages import CODES, DEFINITIONS
from cnnstat.layers import LAYERS, manual
from cnnstat.report.document import Document


class OptionEntry(Struct, frozen=True, kw_only=True):
    """An option of a layer type."""

    name: str
    values: str
    default: str
    meaning: str


class TypeDocument(Document, frozen=True, kw_only=True):
    """`explain TYPE`: the manual of a layer type."""

    type: str
    about: str
    rule: str
    example: str
    reference: str
    options: tuple[OptionEntry, ...]


class FigureDocument(Document, frozen=True, kw_only=True):
    """`explain FIGURE`: the definition of a figure."""

    figure: str
    title: str
    rule: str
    meaning: str
    aliases: tuple[str, ...]


class ProblemDocument(Document, frozen=True, kw_only=True):
    """`explain CODE`: the page of a problem's code."""

    problem: str
    title: str
    meaning: str
    way_out: str


class ListedType(Struct, frozen=True, kw_only=True):
    """A layer type in a line."""

    name: str
    about: str


class ListedFigure(Struct, frozen=True, kw_only=True):
    """A figure, or the code of a problem, in a line."""

    name: str
    title: str


class ContentsDocument(Document, frozen=True, kw_only=True):
    """`explain` alone: what there is to explain besides networks."""

    types: tuple[ListedType, ...]
    figures: tuple[ListedFigure, ...]
    problems: tuple[ListedFigure, ...]


def type_document(name: str) -> TypeDocument:
    """Return the manual of a layer type."""
    kind = LAYERS[name]
    parts = manual.sections(kind)
    options = tuple(
        OptionEntry(name=option, values=values, default=default, meaning=meaning)
        for option, values, default, meaning in manual.options(kind)
    )
    return TypeDocument(
        command="explain",
        type=name,
        about=parts["About"],
        rule=parts["Rule"],
        example=parts["Example"],
        reference=parts["Reference"],
        options=options,
    )


def figure_document(key: str) -> FigureDocument:
    """Return the definition of a figure."""
    figure = DEFINITIONS[key]
    return FigureDocument(
        command="explain",
        figure=key,
        title=figure.title,
        rule=figure.rule,
        meaning=figure.meaning,
        aliases=figure.aliases,
    )


def problem_document(key: str) -> ProblemDocument:
    """Return the page of a problem's code."""
    code = CODES[key]
    return ProblemDocument(
        command="explain", problem=key, title=code.title, meaning=code.meaning, way_out=code.way_out
    )


def contents_document() -> ContentsDocument:
    """Return every layer type, every figure and every code of a problem, in a line each."""
    types = (ListedType(name=name, about=manual.first_line(kind)) for name, kind in LAYERS.items())
    listed = (ListedFigure(name=key, title=figure.title) for key, figure in DEFINITIONS.items())
    problems = (ListedFigure(name=key, title=code.title) for key, code in CODES.items())
    return ContentsDocument(
        command="explain", types=tuple(types), figures=tuple(listed), problems=tuple(problems)
    )
