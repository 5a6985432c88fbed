r"""Document -> LaTeX for a hand-out: a fragment to \input, which needs amsmath and no other package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.text import plain
from cnnstat.commands.trace.formats.math import blocks, columns_of, plane, step, words
from cnnstat.commands.trace.sections import facts_of, left_out, padding_note, sections, title_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.trace.document import TraceDocument
    from cnnstat.commands.trace.sections import Section

_ROOM = 66
"""Digits in a line of an article in ten points: 345 pt of 5 pt each, less the brackets' own space."""


def render(document: TraceDocument, *, width: int | None, colour: bool) -> str:
    """Return sections with displayed formulas; names are escaped, so that none of them is a command."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: TraceDocument) -> Iterator[str]:
    yield "% needs \\usepackage{amsmath}"
    yield r"\begingroup\sloppy"
    yield rf"\section*{{{words(title_of(document))}}}"
    about = [*([plain(document.source)] if document.source else []), facts_of(document)]
    yield from (rf"{words(each)}\par" for each in about)
    for section in sections(document):
        yield from _section(section)
    note = padding_note(document)
    if note:
        yield rf"\emph{{{words(note)}}}\par"
    yield r"\endgroup"


def _section(section: Section) -> Iterator[str]:
    yield rf"\subsection*{{{words(section.title)}}}"
    for part in section.parts:
        if part.title:
            yield rf"{words(part.title)}\par"
        most = columns_of(part.planes, _ROOM)
        yield from (rf"\[ {each} \]" for each in blocks(part, most, _ROOM))
        if said := left_out(part, most):
            yield rf"\emph{{{words(said)}}}\par"
        if part.steps:
            yield r"\begin{description}"
            yield from (rf"\item[{{{words(name)}}}] {words(said)}" for name, said in map(step, part.steps))
            yield r"\end{description}"
    if section.result:
        yield rf"\textbf{{{words(section.result)}}}\par"
    if section.map is not None:
        yield rf"{words(section.map_title)}:"
        yield rf"\[ {plane(section.map, columns_of([section.map], _ROOM), _ROOM)} \]"
