"""Pooling over a given number of bins per axis, whatever the input's size; or over a whole map."""

from __future__ import annotations

from math import gcd
from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.base.arithmetic import Term, product, term
from cnnstat.base.axes import rank_of
from cnnstat.layers.base import (
    WHOLE,
    Extent,
    Footprint,
    Shape,
    same_sizes,
    size_of,
    values,
)
from cnnstat.layers.footprint import Bounds
from cnnstat.layers.pool import Largest, Mean, Pool
from cnnstat.layers.target import SIZED, check_given, target


class _Global(Pool, frozen=True, kw_only=True):
    """One value for each map."""

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (channels, 1, 1) or (channels, 1)."""
        return same_sizes(inputs[0])[0], *(Term(1) for _ in inputs[0][1:])

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return all inputs."""
        return values(inputs[0])

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the whole input."""
        return WHOLE

    def outputs(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the number of maps."""
        return same_sizes(inputs[0])[0]


class GlobalMaxPool(Largest, _Global, frozen=True, kw_only=True):
    """Global max pooling: the largest value of each map; (C, H, W) becomes (C, 1, 1).

    Rule:
        operations = height·width - 1 comparisons per map

    Example:
        {type: global_max_pool}

    Reference:
        Oquab, Bottou, Laptev, Sivic, CVPR 2015, section 3.
    """


class GlobalAvgPool(Mean, _Global, frozen=True, kw_only=True):
    """Global average pooling: the mean of each map; (C, H, W) becomes (C, 1, 1). No parameters.

    Rule:
        operations = height·width - 1 additions and one division per map

    Example:
        {type: global_avg_pool}

    Reference:
        Lin, Chen, Yan, Network In Network, arXiv:1312.4400, section 3.2.
    """


class _Adaptive(Pool, frozen=True, kw_only=True):
    """Bins whose number does not follow from the input's size: as many as said, or as a second input has."""

    arity: ClassVar[tuple[int, int]] = SIZED
    values_from: ClassVar[int | None] = 1

    size: Annotated[Extent | None, Meta(description="number of bins: one number, or one per axis")] = None

    def bins(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        """Return the number of bins per axis."""
        return size_of(self.sizes(inputs))[1:]

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (channels, one number of bins per axis)."""
        check_given("an adaptive pool", inputs, size=self.size)
        if self.size is None:
            return same_sizes(inputs[0])[0], *target(None, inputs)
        return same_sizes(inputs[0])[0], *(term("bins", size.value) for size in target(self.size, inputs))

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the inputs in all bins; bins may overlap."""
        names = rank_of(inputs[0]).axes[1:]
        sizes = zip(names, inputs[0][1:], self.bins(inputs), strict=True)
        inside = (term(f"inputs in the bins of the {name}", covered(n, bins)) for name, n, bins in sizes)
        return term("channels", inputs[0][0]) * product(inside)

    def period(self, inputs: tuple[Shape, ...]) -> int:
        """Return the bins that no common divisor with the input's size shortens."""
        return max(n // gcd(size, n) for size, n in zip(inputs[0][1:], self.bins(inputs), strict=True))

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the bin of each output; a single bin is the whole input, as that of a global pool."""
        if set(self.bins(inputs)) == {1}:
            return WHOLE
        return tuple(bin_bounds(n, bins) for n, bins in zip(inputs[0][1:], self.bins(inputs), strict=True))


class AdaptiveMaxPool(Largest, _Adaptive, frozen=True, kw_only=True):
    """Adaptive max pooling: the largest value of each of n bins per axis.

    Rule:
        bin i covers floor(i·N/n) to ceil((i + 1)·N/n), the end not included
        n is the given size, or that of a second input

    Example:
        {type: adaptive_max_pool, size: 7}

    Reference:
        He, Zhang, Ren, Sun, arXiv:1406.4729, appendix A (the same bins).
    """


class AdaptiveAvgPool(Mean, _Adaptive, frozen=True, kw_only=True):
    """Adaptive average pooling: the mean of each of n bins per axis.

    Rule:
        bin i covers floor(i·N/n) to ceil((i + 1)·N/n), the end not included
        n is the given size, or that of a second input

    Example:
        {type: adaptive_avg_pool, size: [6, 6]}

    Reference:
        He, Zhang, Ren, Sun, arXiv:1406.4729, appendix A (the same bins).
    """


def covered(size: int, bins: int) -> int:
    """Return the inputs in all adaptive bins; neighbours share one where their border is no whole number."""
    return size + bins - gcd(size, bins)


def bin_bounds(size: int, bins: int) -> Bounds:
    """Return the inputs that each adaptive bin covers."""
    shared = gcd(size, bins)
    size, bins = size // shared, bins // shared
    low = tuple(i * size // bins for i in range(bins))
    high = tuple(-(-(i + 1) * size // bins) - 1 for i in range(bins))
    return Bounds(size, low, high)
