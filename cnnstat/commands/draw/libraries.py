"""The libraries of the extra `draw`, each looked for when a picture needs it."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class NoLibraryError(Exception):
    """A library that is not installed; the message says how to get it."""


def graphviz() -> Any:
    """Return pygraphviz, which brings Graphviz."""
    return _library("pygraphviz", "the layout of a graph needs Graphviz")


def converter() -> Any:
    """Return vl-convert, which makes pixels and pages of SVG."""
    return _library("vl_convert", "a PNG or PDF is made by vl-convert")


def _library(name: str, need: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise NoLibraryError(f"{need}: pip install 'cnnstat[draw]'") from None
