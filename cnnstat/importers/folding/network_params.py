"""What a person makes a parameter of a whole network: the number of classes of a classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cnnstat.importers.entries import Formula

if TYPE_CHECKING:
    from cnnstat.importers.draft import Draft, DraftLayer

_BEHIND = ("softmax", "log_softmax")
"""What may stand behind the layer of the classes."""


def with_classes(draft: Draft) -> tuple[Draft, dict[str, int]]:
    """Return a draft whose last linear layers, if all are as wide, have `$classes` units; and how many."""
    layers = {layer.name: layer for layer in draft.layers}
    last = [_linear(layers[name], layers) for name in draft.outputs]
    widths = {layer.options["units"] for layer in last if layer is not None}
    if None in last or len(widths) != 1 or not isinstance(width := widths.pop(), int) or width == 1:
        return draft, {}
    heads = {layer.name for layer in last if layer is not None}
    named = tuple(
        replace(layer, options={**layer.options, "units": Formula("$classes")})
        if layer.name in heads
        else layer
        for layer in draft.layers
    )
    return replace(draft, layers=named), {"classes": width}


def _linear(layer: DraftLayer, layers: dict[str, DraftLayer]) -> DraftLayer | None:
    if layer.type in _BEHIND and layer.inputs[0] in layers:
        layer = layers[layer.inputs[0]]
    return layer if layer.type == "linear" and not layer.weights and "axis" not in layer.options else None
