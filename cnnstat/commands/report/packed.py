"""A document as it stands in a file: JSON, gzip, base64."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.report.document import builtins

if TYPE_CHECKING:
    from cnnstat.report.document import Document


class Packed(Struct, frozen=True):
    """A document, packed: letters, digits, +, / and = alone."""

    text: str


def packed(document: Document) -> Packed:
    """Pack a document: without a time, so that one document makes one text."""
    text = json.dumps(builtins(document), separators=(",", ":"))
    return Packed(base64.b64encode(gzip.compress(text.encode("ascii"), 9, mtime=0)).decode())
