"""The shortcut without parameters of the first residual networks."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.base.arithmetic import Term, term
from cnnstat.base.axes import rank_of
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import (
    APART,
    GATHERED,
    WITH_PLACES,
    Footprint,
    Layer,
    Shape,
    Width,
    per_axis,
    width_of,
)
from cnnstat.layers.footprint import window
from cnnstat.layers.window import Stride


class ZeroPadShortcut(Layer, frozen=True, kw_only=True):
    """ResNet's option A: every stride-th row and column, with zero maps appended. No parameters.

    Rule:
        output = (filters, ceil(N/stride) per axis)

    Example:
        {type: zero_pad_shortcut, filters: 32, stride: 2}

    Reference:
        He, Zhang, Ren, Sun, arXiv:1512.03385, section 3.3, option (A).
    """

    family: ClassVar[str] = "shortcut"
    ranks: ClassVar[tuple[int, ...]] = WITH_PLACES

    filters: Annotated[Width, Meta(description="number of output maps; those beyond the input's are zero")]
    stride: Stride = 1

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (filters, ceil(N/stride) per axis)."""
        channels, *sizes = inputs[0]
        filters = width_of(self.filters, channels, "filters")
        if filters < channels:
            message = f"cannot pad {channels} input channels to {filters} filters"
            raise Misfit(message, code="shape/too-small", field="filters")
        strides = self._strides(inputs)
        named = zip(rank_of(inputs[0]).axes[1:], sizes, strides, strict=True)
        return term("filters", filters), *(term(n, s).over(term("stride", d), "ceil") for n, s, d in named)

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return every stride-th position."""
        return tuple(window(stride, 0, 1) for stride in self._strides(inputs))

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say whether there are channels that see nothing beside those of the input."""
        return GATHERED if width_of(self.filters, inputs[0][0], "filters") > inputs[0][0] else APART

    def _strides(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        return per_axis(self.stride, len(inputs[0]) - 1, "stride")
