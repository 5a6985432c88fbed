"""The told hall: one file per layer family, and the table of contents of all layer types."""

from __future__ import annotations

from cnnstat.layers.base import Layer
from cnnstat.layers.conv import Conv, DepthwiseConv

LAYERS: dict[str, type[Layer]] = {
    "conv": Conv,
    "depthwise_conv": DepthwiseConv,
}
"""Every layer type by the name it has in a spec. `cnnstat.run` has a table with the same keys."""

__all__ = ["LAYERS", "Layer"]
