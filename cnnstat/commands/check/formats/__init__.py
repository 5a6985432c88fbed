"""How `check` says what it found, by name: for people, for other programs, for the pages of a CI.

Other packages add formats by entry points (`cnnstat.formats`), each a function as ``render`` of a file here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from cnnstat.base.errors import ArgumentError
from cnnstat.base.plugins import PluginError, Plugins, plugins

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.commands.check.document import CheckDocument
    from cnnstat.commands.check.formats.medium import Medium

    Render: TypeAlias = Callable[[CheckDocument, Medium], str]

FORMATS = ("text", "json", "github", "gitlab", "junit", "sarif", "markdown")
"""Each has a file of its name here, with a function ``render``; it is imported when it is asked for."""


def _checked(name: str, function: Any) -> Render:
    if not callable(function):
        raise TypeError(f"{function!r} is no function of a document and a medium")
    return function  # type: ignore[no-any-return]


PLUGINS: Plugins[Render] = Plugins("cnnstat.formats", FORMATS, _checked)


def names() -> tuple[str, ...]:
    """Return every format, those of other packages last; none of these is loaded."""
    return tuple(dict.fromkeys((*FORMATS, *(each.name for each in plugins(PLUGINS.group)))))


def check_format(form: str) -> None:
    """Refuse a format of another package that cannot be loaded.

    Raises:
        ArgumentError: it cannot.
    """
    try:
        form in FORMATS or PLUGINS.named(form)
    except PluginError as error:
        raise ArgumentError(f"format '{form}' {error}") from None


def render(document: CheckDocument, form: str, medium: Medium) -> str:
    """Return the findings in a format.

    Raises:
        ArgumentError: it is one of another package, and fails.
    """
    plugged = None if form in FORMATS else PLUGINS.named(form)
    if plugged:
        return _plugged(plugged, document, form, medium)
    found: Render = import_module(f"{__name__}.{form}").render
    return found(document, medium)


def _plugged(function: Render, document: CheckDocument, form: str, medium: Medium) -> str:
    """Return the findings in a format of another package, whatever its function does.

    Raises:
        ArgumentError: the function raises something, or returns what is no text.
    """
    try:
        text: object = function(document, medium)
        if isinstance(text, str):
            return text
        raise TypeError(f"it returned {type(text).__name__}, not str")
    except (Exception, SystemExit) as error:
        why = f"{type(error).__name__}: {error}"
        raise ArgumentError(
            f"format '{form}' comes from package {PLUGINS.origin(form)}, and failed: {why}"
        ) from error
