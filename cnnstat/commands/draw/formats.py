"""The files that a picture can be: each by its name, with the suffixes that mean it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.draw.dot import dot
from cnnstat.commands.draw.layout import laid_out
from cnnstat.commands.draw.libraries import converter
from cnnstat.commands.draw.mermaid import mermaid
from cnnstat.commands.draw.paper import paper_of
from cnnstat.commands.draw.paper_svg import paper_svg
from cnnstat.commands.draw.svg import svg

if TYPE_CHECKING:
    from cnnstat.commands.draw.picture import Picture
    from cnnstat.commands.draw.placed import Direction

_SCALE = 2.0
_LARGEST = 16_000
"""Pixels of a PNG along one side: beyond that, hardly any program opens it."""


def content(picture: Picture, form: str, direction: Direction, style: str = "graph") -> bytes:
    """Return a picture as the content of a file; of style "paper", maps as boxes to scale.

    Raises:
        NoLibraryError: a library is missing.
    """
    if form == "dot":
        return dot(picture, direction).encode()
    if form == "mermaid":
        return mermaid(picture, direction).encode()
    if style == "paper":
        paper = paper_of(picture)
        return of_svg(paper_svg(paper), form, paper.width)
    placed = laid_out(picture, direction)
    return of_svg(svg(placed), form, max(placed.width, placed.height))


def of_svg(text: str, form: str, size: float) -> bytes:
    """Return an SVG as the content of a file; ``size`` is its longer side.

    Raises:
        NoLibraryError: a library is missing.
    """
    if form == "svg":
        return text.encode()
    if form == "pdf":
        return bytes(converter().svg_to_pdf(text))
    return bytes(converter().svg_to_png(text, scale=min(_SCALE, _LARGEST / (size + 200))))
