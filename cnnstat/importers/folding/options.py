"""What is known of the options of a layer type: which have a default that a spec can say."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from cnnstat.layers import LAYERS

ACTIVATION = "activation"


@cache
def defaults_of(kind: str) -> dict[str, Any]:
    """Return the defaults of a type's options, but for those that stand for nothing (null)."""
    if kind not in LAYERS:
        return {}
    fields = msgspec.structs.fields(LAYERS[kind])
    return {
        field.name: field.default
        for field in fields
        if isinstance(field.default, bool | int | float | str) and not field.required
    }


def without_defaults(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that are not what they would be anyway."""
    defaults = defaults_of(kind)
    return {
        name: value
        for name, value in options.items()
        if name not in defaults or not _same(value, defaults[name])
    }


def signs(kind: str, options: dict[str, Any]) -> tuple[object, ...]:
    """Return what two layers must have in common to be lines of one block that differ in values alone.

    Activations without options take each other's place. An option without a default is in both or in none.
    """
    if kind in LAYERS and LAYERS[kind].family == ACTIVATION and not without_defaults(kind, options):
        return (ACTIVATION,)
    defaults = defaults_of(kind)
    bare = sorted(name for name in options if name not in defaults)
    nothing = sorted(name for name, value in options.items() if value is None)
    return (kind, *bare, "null", *nothing)


def _same(value: Any, default: Any) -> bool:
    return isinstance(value, bool) == isinstance(default, bool) and value == default
