"""How `check` says what it found, by name: for people, for other programs, for the pages of a CI."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstat.commands.check.document import CheckDocument
    from cnnstat.commands.check.formats.medium import Medium

FORMATS = ("text", "json", "github", "gitlab", "junit", "sarif", "markdown")
"""Each has a file of its name here, with a function ``render``; it is imported when it is asked for."""


def render(document: CheckDocument, form: str, medium: Medium) -> str:
    """Return the findings in one of `FORMATS`."""
    text: str = import_module(f"{__name__}.{form}").render(document, medium)
    return text
