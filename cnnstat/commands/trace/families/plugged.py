"""Traces by the types of their layers: those built in, behind them those of plug-ins (`cnnstat.traces`)."""

from __future__ import annotations

from cnnstat.base.errors import ArgumentError
from cnnstat.base.plugins import PluginError, Plugins
from cnnstat.commands.trace.families import FAMILIES
from cnnstat.commands.trace.families.family import Family


def _checked(name: str, value: object) -> Family:
    """Return how a type is traced.

    Raises:
        TypeError: this is something else.
    """
    if not isinstance(value, Family):
        raise TypeError(f"{value!r} is no cnnstat.commands.trace.families.family.Family")
    return value


PLUGINS = Plugins("cnnstat.traces", FAMILIES, _checked)


def family_of(kind: str) -> Family:
    """Return how a type is traced.

    Raises:
        ArgumentError: its package does not say, or what it says cannot be loaded.
    """
    try:
        found = FAMILIES.get(kind) or PLUGINS.named(kind)
    except PluginError as error:
        raise ArgumentError(f"the trace of '{kind}' {error}") from error
    if found is None:
        way_out = "its package has to add one under 'cnnstat.traces' (docs/plugins.md); `run` does without"
        raise ArgumentError(f"layers of type '{kind}' have no trace: {way_out}")
    return found
