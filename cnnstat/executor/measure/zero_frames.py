"""Frames of zeros that `pad` puts around a map: no convolution is connected to them.

Which positions are real is a map of ones and zeros that goes through the network beside its arrays. It is
made by padding ones, handed on by layers that leave zeros as they are, and read where a convolution counts
what its units are connected to. The calculator adds up margins; what both halves know is known twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.connections import aside
from cnnstat.executor.plugged import kernel_of

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Visit

_BLIND_TO_ZEROS = {"conv", "depthwise_conv"}


class RealPositions:
    """Which positions of each step's output are real: (1, 1, *positions) of 1 and 0; None where all are."""

    def __init__(self) -> None:
        self._behind: dict[int, Array] = {}

    def above(self, visit: Visit) -> Array | None:
        """Return what a step may be connected to of its first input, and note its own output."""
        step = visit.step
        real = self._behind.get(step.inputs[0])
        if step.type == "pad" and step.options["value"] == 0 and step.options["mode"] == "constant":
            first, *others = visit.inputs
            whole = np.ones((1, 1, *first.shape[2:]), first.dtype) if real is None else real
            framed, _ = kernel_of("pad").forward((whole, *others), {}, step.options, aside())
            self._behind[visit.number] = framed
        elif real is not None and kernel_of(step.type).keeps_zeros:
            self._behind[visit.number] = real
        return real if step.type in _BLIND_TO_ZEROS else None
