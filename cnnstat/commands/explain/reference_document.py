"""Documents of pages that need no network: a layer type, a figure, a code, and what there is to explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct
from msgspec.structs import asdict

from cnnstat import rules
from cnnstat.base.pages import CODES, DEFINITIONS, KEYS
from cnnstat.layers import manual
from cnnstat.layers.plugged import layer_types
from cnnstat.report.document import Document
from cnnstat.rules.rule import Severity  # noqa: TC001 - msgspec reads it

if TYPE_CHECKING:
    from cnnstat.layers import Layer


class TypeDocument(Document, frozen=True, kw_only=True):
    """`explain TYPE`: the manual of a layer type."""

    type: str
    about: str
    rule: str
    example: str
    reference: str
    options: tuple[manual.Option, ...]


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


class RuleDocument(Document, frozen=True, kw_only=True):
    """`explain CODE` of a rule of `check`: its manual page."""

    rule: str
    severity: Annotated[Severity, Meta(description="unless the configuration says another")]
    title: str
    why: str
    source: str
    bad: Annotated[str, Meta(description="a spec in which the rule finds something")]
    good: Annotated[str, Meta(description="the same spec mended")]


class KeyDocument(Document, frozen=True, kw_only=True):
    """`explain KEY`: the page of a key of a spec."""

    key: str
    title: str
    meaning: str
    example: str


class ListedType(Struct, frozen=True, kw_only=True):
    """A layer type in a line."""

    name: str
    about: str


class ListedFigure(Struct, frozen=True, kw_only=True):
    """A figure, a problem's code or a rule, in a line."""

    name: str
    title: str


class ContentsDocument(Document, frozen=True, kw_only=True):
    """`explain` alone: what there is to explain besides networks."""

    types: tuple[ListedType, ...]
    figures: tuple[ListedFigure, ...]
    problems: tuple[ListedFigure, ...]
    rules: tuple[ListedFigure, ...]


def type_document(name: str, kind: type[Layer]) -> TypeDocument:
    """Return the manual of a layer type."""
    parts = manual.sections(kind)
    return TypeDocument(
        command="explain",
        type=name,
        about=parts["About"],
        rule=parts["Rule"],
        example=parts["Example"],
        reference=parts["Reference"],
        options=manual.options(kind),
    )


def figure_document(key: str) -> FigureDocument:
    """Return the definition of a figure."""
    return FigureDocument(command="explain", figure=key, **asdict(DEFINITIONS[key]))


def problem_document(key: str) -> ProblemDocument:
    """Return the page of a problem's code."""
    page = CODES[key]
    return ProblemDocument(
        command="explain", problem=key, title=page.title, meaning=page.meaning, way_out=page.way_out
    )


def rule_document(code: str) -> RuleDocument:
    """Return the manual page of a rule."""
    severity = rules.rule(code).severity
    return RuleDocument(command="explain", rule=code, severity=severity, **asdict(rules.manual(code)))


def key_document(key: str) -> KeyDocument:
    """Return the page of a key of a spec."""
    return KeyDocument(command="explain", key=key, **asdict(KEYS[key]))


def contents_document() -> ContentsDocument:
    """Return every layer type, figure, code of a problem and rule, in a line each."""
    types = (ListedType(name=name, about=manual.first_line(kind)) for name, kind in layer_types().items())
    listed = (ListedFigure(name=key, title=figure.title) for key, figure in DEFINITIONS.items())
    problems = (ListedFigure(name=key, title=code.title) for key, code in CODES.items())
    of_check = (ListedFigure(name=code, title=rules.manual(code).title) for code in rules.codes())
    return ContentsDocument(
        command="explain",
        types=tuple(types),
        figures=tuple(listed),
        problems=tuple(problems),
        rules=tuple(of_check),
    )
