"""How a trace is put out, by name: for people at a terminal, for a hand-out, for programs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstat.commands.trace.document import TraceDocument

FORMATS = ("table", "json", "markdown", "latex")
"""Each has a file of its name here, with a function ``render``; it is imported when it is asked for."""


def render(document: TraceDocument, form: str, *, width: int | None, colour: bool) -> str:
    """Return a trace in one of `FORMATS`; ``width`` (in cells) and ``colour`` are those of a terminal."""
    text: str = import_module(f"{__name__}.{form}").render(document, width=width, colour=colour)
    return text
