"""Document -> Markdown, with matrices in blocks of mathematics, as GitHub and GitLab show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.trace.formats.math import blocks, plane, step
from cnnstat.commands.trace.sections import facts_of, left_out, padding_note, sections, title_of
from cnnstat.report.render.markdown import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.trace.document import TraceDocument
    from cnnstat.commands.trace.sections import Section


def render(document: TraceDocument, *, width: int | None, colour: bool) -> str:
    """Return headings, formulas and lists; names are escaped, so that none of them is markup."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: TraceDocument) -> Iterator[str]:
    yield f"## {escaped(title_of(document))}"
    if document.source:
        yield from ("", escaped(document.source))
    yield from ("", escaped(facts_of(document)))
    for section in sections(document):
        yield from _section(section)
    note = padding_note(document)
    if note:
        yield from ("", f"*{escaped(note)}*")


def _section(section: Section) -> Iterator[str]:
    yield from ("", f"### {escaped(section.title)}")
    for part in section.parts:
        if part.title:
            yield from ("", escaped(part.title))
        for each in blocks(part):
            yield from _formula(each)
        if said := left_out(part):
            yield from ("", f"*{escaped(said)}*")
        if part.steps:
            yield ""
            yield from (
                f"- {escaped(f'{name}: ' if name else '')}{escaped(said)}"
                for name, said in map(step, part.steps)
            )
    if section.result:
        yield from ("", f"**{escaped(section.result)}**")
    if section.map is not None:
        yield from ("", f"{escaped(section.map_title)}:")
        yield from _formula(plane(section.map))


def _formula(text: str) -> Iterator[str]:
    yield from ("", "```math", text, "```")
