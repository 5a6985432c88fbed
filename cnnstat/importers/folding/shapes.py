"""The channels that reach each layer of a draft, as far as the calculator knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.base.errors import Misfit
from cnnstat.importers.entries import Formula
from cnnstat.layers import LAYERS
from cnnstat.layers.base import size_of
from cnnstat.layers.reader import read_layer

if TYPE_CHECKING:
    from cnnstat.importers.draft import Draft
    from cnnstat.layers.base import Shape


def channels_in(draft: Draft) -> list[int | None]:
    """Return for each layer how many channels its first input has, None where that is not known."""
    shapes: dict[str, Shape | None] = {name: tuple(shape) for name, shape in draft.inputs.items()}
    found: list[int | None] = []
    for layer in draft.layers:
        reads = [shapes.get(name) for name in layer.inputs]
        known = tuple(shape for shape in reads if shape)
        found.append(reads[0][0] if reads and reads[0] else None)
        shapes[layer.name] = None
        written = any(isinstance(value, Formula) for value in layer.options.values())
        if layer.type in LAYERS and known and len(known) == len(reads) and not written:
            options = {name: _tuples(value) for name, value in layer.options.items()}
            made, _ = read_layer(layer.type, LAYERS[layer.type], options)
            try:
                shapes[layer.name] = None if made is None else size_of(made.sizes(known))
            except Misfit:
                continue
    return found


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value
