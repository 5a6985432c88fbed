"""Document -> lines for a terminal, with matrices side by side where they fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.text import cells_of, plain
from cnnstat.commands.trace.sections import (
    MOST_COLUMNS,
    facts_of,
    kept_of,
    kept_planes,
    left_out,
    padding_note,
    padding_of,
    sections,
    texts,
    title_of,
)
from cnnstat.commands.trace.working import number_text
from cnnstat.report.render.table import STYLES, folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.commands.trace.document import TraceDocument
    from cnnstat.commands.trace.sections import Section
    from cnnstat.commands.trace.working import Matrix, Part, Plane, Step
    from cnnstat.report.render.table import Styled

READABLE = 110
"""Where nothing says how wide the page is, matrices beyond so many columns stand one below the other."""
_INDENT = "  "
_GAP = "  "


def render(document: TraceDocument, *, width: int | None, colour: bool) -> str:
    """Return a trace as text; with ``colour``, heads are bold and notes dim."""
    lines = (
        f"{STYLES[style]}{text}\x1b[0m\n" if colour and style and text else f"{text}\n"
        for text, style in _lines(document, width)
    )
    return "".join(lines)


def _lines(document: TraceDocument, width: int | None) -> Iterator[Styled]:
    yield from ((line, "bold") for line in folded(title_of(document), width, _INDENT))
    if document.source:
        yield from ((line, "dim") for line in folded(plain(document.source), width, _INDENT))
    yield from ((line, "dim") for line in folded(facts_of(document), width, _INDENT))
    for section in sections(document):
        yield "", ""
        yield from _section(section, width)
    note = padding_note(document)
    if note:
        yield "", ""
        yield from ((line, "dim") for line in folded(note, width, _INDENT))


def _section(section: Section, width: int | None) -> Iterator[Styled]:
    yield from ((line, "bold") for line in folded(section.title, width, _INDENT))
    for part in section.parts:
        yield from _part(part, width)
    if section.result:
        yield from ((line, "bold") for line in folded(_INDENT + section.result, width, _INDENT * 2))
    if section.map is not None:
        yield _INDENT + section.map_title, ""
        yield from _planes((section.map,), width, _columns([section.map], width))


def _part(part: Part, width: int | None) -> Iterator[Styled]:
    if part.title:
        yield from ((line, "") for line in folded(_INDENT + part.title, width, _INDENT * 2))
    shown: list[Plane] = []
    for number in kept_planes(part):
        if number is not None:
            shown.append(part.planes[number])
    most = _columns(shown, width)
    yield from _planes(tuple(shown), width, most)
    said = left_out(part, most)
    if said:
        yield from ((line, "dim") for line in folded(_INDENT + said, width, _INDENT * 2))
    yield from _steps(part.steps, width)


def _steps(steps: tuple[Step, ...], width: int | None) -> Iterator[Styled]:
    longest = max((cells_of(each.name) for each in steps), default=0)
    for each in steps:
        name = each.name + " " * (longest - cells_of(each.name))
        result = number_text(each.value)
        text = f"{each.formula} = {result}" if each.formula and each.formula != result else result
        line = f"{_INDENT}{name}{_GAP if longest else ''}{text}"
        yield from ((part, "") for part in folded(line, width, _INDENT + " " * (longest + 2)))


def _columns(planes: Sequence[Plane], width: int | None) -> int:
    """Return how many columns are shown of a matrix: as many as every one of some planes has room for."""
    room = _room(width) - len(_INDENT)
    for most in range(MOST_COLUMNS, 3, -1):
        wide = (
            cells_of(line) for each in planes for one in each.matrices for line in _cells(one, each, most)[:1]
        )
        if max(wide, default=0) <= room:
            return most
    return 3


def _room(width: int | None) -> int:
    return (width or READABLE) - len(_INDENT)


def _planes(planes: tuple[Plane, ...], width: int | None, most: int) -> Iterator[Styled]:
    """Yield planes one below the other, their matrices in columns that go through all of them."""
    if not planes:
        return
    blocks = [[_cells(matrix, plane, most) for matrix in plane.matrices] for plane in planes]
    heads = [matrix.head for matrix in planes[0].matrices]
    signs = [matrix.sign for matrix in planes[0].matrices]
    widths = [
        max(cells_of(heads[i]), *(cells_of(line) for block in blocks for line in block[i]))
        for i in range(len(heads))
    ]
    beside = sum(widths) + sum(3 + len(_GAP) if sign else len(_GAP) for sign in signs[1:])
    for number, (plane, block) in enumerate(zip(planes, blocks, strict=True)):
        if plane.label:
            yield f"{_INDENT}{plane.label}", "dim"
        if beside > _room(width) and len(heads) > 1:
            yield from _below(heads, signs, block)
        else:
            yield from _beside(heads if not number else [], signs, block, widths)


def _beside(
    heads: list[str], signs: list[str], block: list[list[str]], widths: list[int]
) -> Iterator[Styled]:
    middle = (len(block[0]) - 1) // 2
    if any(heads):
        yield (
            _row(
                [_filled(head, size) for head, size in zip(heads, widths, strict=True)],
                ["" for _ in signs],
                signs,
            ),
            "dim",
        )
    for line in range(len(block[0])):
        cells = [_filled(each[line], size) for each, size in zip(block, widths, strict=True)]
        yield _row(cells, signs if line == middle else ["" for _ in signs], signs), ""


def _row(cells: list[str], shown: list[str], signs: list[str]) -> str:
    text = _INDENT + cells[0]
    for cell, sign, there in zip(cells[1:], shown[1:], signs[1:], strict=True):
        text += (f"{_GAP}{sign or ' '}{_GAP}" if there else _GAP) + cell
    return text.rstrip()


def _below(heads: list[str], signs: list[str], block: list[list[str]]) -> Iterator[Styled]:
    for head, sign, lines in zip(heads, signs, block, strict=True):
        yield f"{_INDENT}{f'{sign} {head}' if sign else head}".rstrip(), "dim"
        for line in lines:
            yield f"{_INDENT * 2}{line}".rstrip(), ""


def _filled(text: str, width: int) -> str:
    return text + " " * (width - cells_of(text))


def _cells(matrix: Matrix, plane: Plane, most: int) -> list[str]:
    """Return the rows of a matrix as aligned text, with so many columns at most."""
    rows, columns = kept_of(plane.matrices[0], most)
    words = texts([each for row in matrix.rows for each in row if each is not None])
    brackets = bool(matrix.marked)
    table: list[list[str]] = []
    for i in rows:
        line: list[str] = []
        for j in columns:
            if i is None or j is None:
                line.append("⋮" if i is None and j is not None else "…")
                continue
            each = matrix.rows[i][j]
            text = padding_of(matrix) if each is None else words[each]
            line.append((f"[{text}]" if (i, j) in matrix.marked else f" {text} ") if brackets else text)
        table.append(line)
    sizes = [max(cells_of(line[j]) for line in table) for j in range(len(columns))]
    return [
        _GAP.join(" " * (size - cells_of(text)) + text for text, size in zip(line, sizes, strict=True))
        for line in table
    ]
