"""Document of `check` -> JSON (docs/json.md)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cnnstat.base.text import escaped
from cnnstat.report.document import builtins

if TYPE_CHECKING:
    from cnnstat.commands.check.document import CheckDocument
    from cnnstat.commands.check.formats.medium import Medium


def render(document: CheckDocument, medium: Medium) -> str:
    """Return the document alone, its keys in the order of its fields."""
    return escaped(json.dumps(builtins(document), indent=2)) + "\n"
