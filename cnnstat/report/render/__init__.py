"""Renderers by name: a command's document, or its report, as text."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.report.document import Document
    from cnnstat.report.model import Report

FORMATS = ("table", "json", "csv", "markdown")
"""Each has a file of its name here, with a function ``render``; it is imported when it is asked for."""


def render(
    document: Document, report: Callable[[], Report], form: str, *, width: int | None, colour: bool
) -> str:
    """Return what a command found out in one of `FORMATS`.

    ``report`` makes of the document what is shown to readers; a format of data does without. ``width`` (in
    cells; None leaves nothing out) and ``colour`` are those of a terminal.
    """
    renderer = import_module(f"cnnstat.report.render.{form}")
    text: str = renderer.render(document, report, width=width, colour=colour)
    return text
