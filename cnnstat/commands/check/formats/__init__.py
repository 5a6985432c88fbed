"""How `check` says what it found, by name: for people, for other programs, for the pages of a CI."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstat.commands.check.document import CheckDocument

FORMATS = ("text", "json")
"""Each has a file of its name here, with a function ``render``; it is imported when it is asked for."""


def render(document: CheckDocument, form: str, *, colour: bool, room: bool = False) -> str:
    """Return the findings in one of `FORMATS`; text has the ``room`` of budgets where it is asked."""
    more = {"room": room} if form == "text" else {}
    text: str = import_module(f"{__name__}.{form}").render(document, colour=colour, **more)
    return text
