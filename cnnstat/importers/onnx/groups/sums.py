"""Sums of several: two at a time in a model, as `a + b + c` is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from cnnstat.importers.onnx.groups.near import Near
    from cnnstat.importers.onnx.layers import Built

_MOST = 16
"""Parts of a sum that is written in one line."""


def longer_sum(near: Near, layer: Built) -> Built | None:
    """A sum whose first part is a sum in the same module, of nobody else's."""
    inner = near.before(layer, "add")
    if inner is None or layer.options or inner.path != layer.path or len(inner.reads) >= _MOST:
        return None
    return replace(layer, reads=[*inner.reads, *layer.reads[1:]])
