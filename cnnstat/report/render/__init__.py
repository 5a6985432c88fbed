"""Renderers by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cnnstat.report.render import table as layout

if TYPE_CHECKING:
    from cnnstat.report.model import Report

FORMATS = ("table", "json", "csv", "markdown")


def render(report: Report, form: str, *, width: int | None = None, colour: bool = False) -> str:
    """Return a report in one of `FORMATS`; ``width`` and ``colour`` matter to the table."""
    # Each renderer is imported when used: only colour needs rich.
    if form == "json":
        return json.dumps(report.data, indent=2, ensure_ascii=True) + "\n"
    if form == "csv":
        from cnnstat.report.render import csv as delimited  # noqa: PLC0415

        return delimited.render(report)
    if form == "markdown":
        from cnnstat.report.render import markdown  # noqa: PLC0415

        return markdown.render(report)
    if colour:
        from cnnstat.report.render import terminal  # noqa: PLC0415

        return terminal.render(report, width)
    return "".join(f"{line}\n" for line, _ in layout.lines(report, width))
