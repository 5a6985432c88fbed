"""Document -> JSON (docs/json.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.report.model import Report
from cnnstat.report.render import json

if TYPE_CHECKING:
    from cnnstat.commands.trace.document import TraceDocument


def render(document: TraceDocument, *, width: int | None, colour: bool) -> str:
    """Return the document alone, all its numbers in full."""
    return json.render(document, lambda: Report(""), width=None, colour=False)
