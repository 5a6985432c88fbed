"""The kinds of answers that workers give: what each is asked by, within which bounds, and how often."""

from __future__ import annotations

from msgspec import Struct

from cnnstat.commands.serve.bounds import FILE, LIVE, PART, Bound
from cnnstat.commands.serve.requests import AsFile, OfLayer, OfText, OfUnit


class Kind(Struct, frozen=True):
    """The class of a request's body, and its bounds; ``newest``: of a page, a newer one takes its place."""

    asked: type[OfText] | None
    bound: Bound
    newest: bool = False


KINDS = {
    "live": Kind(OfText, LIVE, newest=True),
    "findings": Kind(OfText, PART, newest=True),
    "explained": Kind(OfLayer, PART, newest=True),
    "fields": Kind(OfLayer, PART, newest=True),
    "trace": Kind(OfUnit, PART, newest=True),
    "conventions": Kind(OfText, PART),
    "charts": Kind(OfText, PART),
    "schema": Kind(None, PART),
    "report": Kind(OfText, FILE),
    "export": Kind(AsFile, FILE),
}
"""By their names, which are addresses of the page, too; `answers.py` has a function for each."""
