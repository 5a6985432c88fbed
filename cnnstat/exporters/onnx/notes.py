"""What a model says of its layers, beside the operators that they are: type, options, and what they read.

Operators do not say all of a layer: `padding: same` is numbers there, `drop_path` an Identity, and `frozen`
nothing. So the last operator of a layer has a note. It is a hint and no more: a reader takes its word only
where the operators are exactly those that would be written for what it says.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec import structs

if TYPE_CHECKING:
    from cnnstat.layers.base import Layer

KEY = "cnnstat.layer"
"""The key among the metadata of a node."""


def note(kind: str, layer: Layer, inputs: tuple[str, ...], *, frozen: bool) -> str:
    """Return the note on a layer that reads these values: options as a spec has them, widths as numbers."""
    said: dict[str, Any] = {"type": kind}
    for field in structs.fields(layer):
        value = getattr(layer, field.name)
        if field.required or value != field.default:
            said[field.name] = value
    more = {"frozen": True} if frozen else {}
    return json.dumps({**said, **more, "from": inputs})
