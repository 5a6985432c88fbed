"""The libraries of the extra `draw`, each imported when a picture needs it."""

from __future__ import annotations

from typing import Any


class NoLibraryError(Exception):
    """A library that is not installed; the message says how to get it."""

    def __init__(self, need: str) -> None:
        super().__init__(f"{need}: pip install 'cnnstat[draw]'")


def graphviz() -> Any:
    """Return pygraphviz, which brings Graphviz.

    Raises:
        NoLibraryError: it is not installed.
    """
    try:
        import pygraphviz  # noqa: PLC0415 - most commands need none
    except ImportError:
        raise NoLibraryError("the layout of a graph needs Graphviz") from None
    return pygraphviz


def converter() -> Any:
    """Return vl-convert, which makes pixels and pages of SVG.

    Raises:
        NoLibraryError: it is not installed.
    """
    try:
        import vl_convert  # noqa: PLC0415 - most commands need none
    except ImportError:
        raise NoLibraryError("a PNG or PDF is made by vl-convert") from None
    return vl_convert
