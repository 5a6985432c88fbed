"""Layer types by name: those built in, and behind them those of plug-ins (entry points `cnnstat.layers`)."""

from __future__ import annotations

import re

from cnnstat.base.plugins import Plugins
from cnnstat.layers import LAYERS, STAND_INS
from cnnstat.layers.base import Layer

_NAME = re.compile("[A-Za-z0-9_][A-Za-z0-9_-]*")


def _checked(name: str, kind: object) -> type[Layer]:
    """Return a layer type that says of itself what every layer type does.

    Raises:
        TypeError: it lacks something.
    """
    from cnnstat.layers import manual  # noqa: PLC0415 - only plug-ins wait for it

    if not _NAME.fullmatch(name):
        raise TypeError("the name of a type has letters, digits, _ and -")
    if not (isinstance(kind, type) and issubclass(kind, Layer)):
        raise TypeError(f"{kind!r} is no subclass of cnnstat.layers.base.Layer")
    if not hasattr(kind, "family"):
        raise TypeError(f"the class {kind.__name__} has no 'family'")
    try:
        manual.page(name, kind)
    except KeyError as part:
        message = f"the docstring of {kind.__name__}, which is its manual page, has no '{part.args[0]}:'"
        raise TypeError(message) from None
    return kind


PLUGINS = Plugins("cnnstat.layers", LAYERS, _checked)


def layer_type(name: str) -> type[Layer] | None:
    """Return the layer type of a name; None where there is none.

    Raises:
        PluginError: it comes from a package and cannot be loaded.
    """
    return LAYERS.get(name) or STAND_INS.get(name) or PLUGINS.named(name)


def layer_types() -> dict[str, type[Layer]]:
    """Return every layer type by name, those of plug-ins that can be loaded behind those built in."""
    return {**LAYERS, **STAND_INS, **PLUGINS.every()}
