"""What is cut off along one axis of places after the other: one `crop`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from cnnstat.importers.onnx.axes import compact, names_of
from cnnstat.importers.onnx.groups.near import Near, changed, spread

if TYPE_CHECKING:
    from cnnstat.importers.onnx.layers import Built
    from cnnstat.layers.base import Shape

Cuts: TypeAlias = "list[tuple[int, int]]"
"""What is cut off before and after, for each axis of places."""


def crop(near: Near, layer: Built) -> Built | None:
    """Return the cut along an axis, and those along others before it."""
    inner = near.before(layer, "slice", axis=None, start=None, stop=None)
    inner = inner or near.before(layer, "crop", size=None, margins=None)
    if inner is None:
        return None
    shape = near.shape(inner.reads[0])
    first, second = _cuts(inner, shape), _cuts(layer, inner.shape)
    if first is None or second is None or any(any(a) and any(b) for a, b in zip(first, second, strict=True)):
        return None
    cuts = [a if any(a) else b for a, b in zip(first, second, strict=True)]
    middle = all(before == (before + after) // 2 for before, after in cuts)
    margins = [side for cut in cuts for side in cut]
    options = {"size": compact(layer.shape[1:])} if middle else {"margins": compact(margins)}
    return changed(layer, "crop", inner.reads, options=options)


def _cuts(layer: Built, before: Shape) -> Cuts | None:
    """Return what a layer cuts off, None where it is of channels."""
    options: dict[str, Any] = layer.options
    sizes = [*zip(before[1:], layer.shape[1:], strict=True)]
    if layer.type == "crop" and "size" in options:
        return [((n - k) // 2, n - k - (n - k) // 2) for n, k in sizes]
    if layer.type == "crop":
        sides = spread(options["margins"], 2 * len(sizes))
        return [*zip(sides[::2], sides[1::2], strict=True)]
    if options.get("axis", "channels") == "channels":
        return None
    place = names_of(before).index(options["axis"]) - 1
    start = options.get("start", 0)
    return [(start, n - k - start) if number == place else (0, 0) for number, (n, k) in enumerate(sizes)]
