"""Places in a text as a browser counts them: in units of UTF-16, from the beginning."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstat.base.errors import Span

_LONG = re.compile("[\U00010000-\U0010ffff]")
"""A character that is two units there and one here."""


class Places:
    """Those of one text."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._long = [] if text.isascii() else [found.start() for found in _LONG.finditer(text)]

    def at(self, offset: int) -> int:
        """Return where a character stands; what is behind the text stands at its end."""
        offset = min(max(0, offset), self._length)
        return offset + bisect_left(self._long, offset)

    def of(self, span: Span) -> tuple[int, int]:
        """Return where a span begins and ends."""
        if not span.source.text:
            return 0, 0
        line = min(span.line, span.source.line_count)
        start = span.source.offset(line, span.column) if line == span.line else self._length
        return self.at(start), self.at(start + span.length)
