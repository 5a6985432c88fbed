"""Which files are pictures, by their suffix."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FORMS = ("svg", "png", "pdf", "dot", "mermaid")
"""What a picture can be written as."""

_SUFFIXES = {".gv": "dot", ".mmd": "mermaid"} | {f".{form}": form for form in FORMS}


def form_of(file: Path) -> str | None:
    """Return what a file is to be; None where its suffix means no picture."""
    return _SUFFIXES.get(file.suffix.lower())
