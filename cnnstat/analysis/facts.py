"""A layer as other tools see it, which is what their measures are taken of."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from cnnstat.analysis.model import Counts
    from cnnstat.layers.base import Extent, Footprint, Layer, Shape


class Facts(Struct, frozen=True):
    """A layer as a tool sees it: the shape it reads first, the shape it puts out, and its figures.

    ``params`` are those it works with, whoever owns them.
    """

    layer: Layer
    read: Shape
    out: Shape
    params: int
    counts: Counts
    footprint: Footprint

    @property
    def rank(self) -> int:
        """Return the number of axes after the channels."""
        return len(self.read) - 1

    @property
    def outputs(self) -> int:
        """Return the numbers it puts out."""
        return self.counts.activations

    @property
    def inputs(self) -> int:
        """Return the numbers it reads."""
        return prod(self.read)


def several(extent: Extent) -> tuple[int, ...]:
    """Return the numbers of an option as they were written: one, or one per axis."""
    return (extent,) if isinstance(extent, int) else extent
