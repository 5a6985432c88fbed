"""Frames of zeros that `pad` puts around a map: padding for the convolution that reads them.

A zero adds nothing to a weighted sum, so whether a convolution pads its input itself or reads one that was
padded above makes no difference to the work on zeros and to what its units are connected to. That is so of
convolutions alone: to a maximum or a mean a zero is a value like any other. A frame is handed on by layers
that map zero to zero place by place; behind all others every position counts as real.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.layers.conv import Convolution
from cnnstat.layers.resize import Pad

if TYPE_CHECKING:
    from cnnstat.base.arithmetic import Term
    from cnnstat.graph.nodes import LayerNode
    from cnnstat.layers.base import Layer, Shape
    from cnnstat.layers.window import Frame


def frame_behind(layer: Layer, frame: Frame | None, shapes: tuple[Shape, ...]) -> Frame | None:
    """Return the frame around what a layer puts out, given that around the first of its inputs."""
    if isinstance(layer, Pad) and layer.value == 0 and layer.mode == "constant":
        sides = layer.sides(shapes)
        above = frame or ((0, 0),) * len(sides)
        return tuple((a + b, c + d) for (a, c), (b, d) in zip(sides, above, strict=True))
    return frame if layer.keeps_zeros else None


def framed_figures(
    layer: Layer, frame: Frame | None, shapes: tuple[Shape, ...]
) -> tuple[Term, Term, tuple[int, ...]] | None:
    """Return padding MACs, connections and leftover input of a convolution that reads a frame, else None."""
    if frame is None or not isinstance(layer, Convolution):
        return None
    return layer.in_frame(shapes, frame)


class ZeroFrames:
    """The frames of a network, layer after layer in its order."""

    def __init__(self) -> None:
        self._around: dict[int, Frame] = {}

    def figures(
        self, node: LayerNode, shapes: tuple[Shape, ...]
    ) -> tuple[Term, Term, tuple[int, ...]] | None:
        """Note the frame of what a layer puts out; return `framed_figures`."""
        above = self._around.get(node.inputs[0])
        behind = frame_behind(node.layer, above, shapes)
        if behind is not None:
            self._around[node.number] = behind
        return framed_figures(node.layer, above, shapes)
