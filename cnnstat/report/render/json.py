"""Document -> JSON (docs/json.md)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cnnstat.base.text import escaped
from cnnstat.report.document import builtins

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.report.document import Document
    from cnnstat.report.model import Report


def render(document: Document, report: Callable[[], Report], *, width: int | None, colour: bool) -> str:
    """Return the document alone, its keys in the order of its fields."""
    return escaped(json.dumps(builtins(document), indent=2, ensure_ascii=True)) + "\n"
