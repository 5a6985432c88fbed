"""Renderers by name: a command's document, or its report, as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cnnstat.report.document import builtins

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.report.document import Document
    from cnnstat.report.model import Report

FORMATS = ("table", "json", "csv", "markdown")


def render(
    document: Document, report: Callable[[], Report], form: str, *, width: int | None, colour: bool
) -> str:
    """Return what a command found out in one of `FORMATS`.

    ``report`` makes of the document what is shown to readers; JSON needs the document alone. ``width`` and
    ``colour`` matter to the table.
    """
    # Each renderer is imported when used.
    if form == "json":
        return json.dumps(builtins(document), indent=2, ensure_ascii=True) + "\n"
    if form == "csv":
        from cnnstat.report.render import csv  # noqa: PLC0415

        return csv.render(report())
    if form == "markdown":
        from cnnstat.report.render import markdown  # noqa: PLC0415

        return markdown.render(report())
    from cnnstat.report.render import table  # noqa: PLC0415

    return table.render(report(), width, colour=colour)
