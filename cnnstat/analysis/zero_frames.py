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
    from cnnstat.layers.base import Shape
    from cnnstat.layers.window import Frame


class ZeroFrames:
    """The frames of a network, layer after layer in its order."""

    def __init__(self) -> None:
        self._around: dict[int, Frame] = {}

    def figures(
        self, node: LayerNode, shapes: tuple[Shape, ...]
    ) -> tuple[Term, Term, tuple[int, ...]] | None:
        """Note the frame of what a layer puts out.

        Returns:
            Padding MACs, connections and leftover input of a convolution whose input has a frame, else None.
        """
        frame = self._around.get(node.inputs[0])
        if isinstance(node.layer, Pad) and node.layer.value == 0 and node.layer.mode == "constant":
            sides = node.layer.sides(shapes)
            above = frame or ((0, 0),) * len(sides)
            self._around[node.number] = tuple(
                (a + b, c + d) for (a, c), (b, d) in zip(sides, above, strict=True)
            )
        elif frame is not None and node.layer.keeps_zeros:
            self._around[node.number] = frame
        elif frame is not None and isinstance(node.layer, Convolution):
            return node.layer.in_frame(shapes, frame)
        return None
