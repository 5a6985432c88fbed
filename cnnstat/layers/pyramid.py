"""Spatial pyramid pooling: a vector of fixed length from a map of any size."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from cnnstat.base.arithmetic import Term, product, term, total
from cnnstat.base.errors import Misfit
from cnnstat.base.limits import MAX_LEVELS
from cnnstat.layers.base import (
    STREWN,
    WITH_PLACES,
    Count,
    Footprint,
    Layer,
    Operations,
    Reads,
    Shape,
    show,
)
from cnnstat.layers.bins import bin_bounds, covered
from cnnstat.layers.footprint import Bounds, Folded, Pieces, window


class SpatialPyramidPool(Layer, frozen=True, kw_only=True):
    """Spatial pyramid pooling: each map is pooled on several grids, and all bins form one vector.

    The paper says that its sliding rule gives a fixed length for any input; for a = 10 and n = 6 it gives
    9 bins, so the rule is checked for each size. The bins of its appendix A always fit.

    Rule:
        output = maps·(n_1·n_1 + n_2·n_2 + ...), level by level, within a level map by map;
                 a level has n bins on a signal, n·n on a map, n·n·n on a volume
        sliding bins:  window ceil(a/n), stride floor(a/n), refused where they do not give n bins
        adaptive bins: bin i covers floor(i·a/n) to ceil((i + 1)·a/n), and always gives n

    Example:
        {type: spatial_pyramid_pool, levels: [6, 3, 2, 1]}

    Reference:
        He, Zhang, Ren, Sun, arXiv:1406.4729, section 2.3 and appendix A.
    """

    family: ClassVar[str] = "pool"
    ranks: ClassVar[tuple[int, ...]] = WITH_PLACES

    levels: Annotated[
        tuple[Count, ...],
        Meta(min_length=1, max_length=MAX_LEVELS, description="bins per axis, one number for each level"),
    ]
    mode: Annotated[Literal["max", "avg"], Meta(description="what a bin keeps of its values")] = "max"
    bins: Annotated[
        Literal["sliding", "adaptive"], Meta(description="the paper's sliding windows, or adaptive bins")
    ] = "sliding"

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (maps·bins of all levels,)."""
        for level in self.levels:
            self._check(level, inputs[0])
        return (term("maps", inputs[0][0]) * self._bins(inputs[0]),)

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the inputs in all bins of all levels; bins may overlap."""
        return term("maps", inputs[0][0]) * total(
            product(term(f"inputs in {n} bins", self._covered(n, size)) for size in inputs[0][1:])
            for n in self.levels
        )

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return inputs in bins less bins, as comparisons, or as additions with one division per bin."""
        bins = term("maps", inputs[0][0]) * self._bins(inputs[0])
        combined = self.connections(inputs) - bins
        if self.mode == "max":
            return Operations(comparisons=combined)
        return Operations(additions=combined, divisions=bins)

    def period(self, inputs: tuple[Shape, ...]) -> int:
        """Return the bins of an axis on all levels, each of which reads places of its own."""
        return sum(self.levels)

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the bin of each number, level by level and within a level map by map."""
        channels, *sizes = inputs[0]
        rank = len(sizes)
        return tuple(
            Pieces(
                tuple(
                    (channels * n**rank, Folded(n ** (rank - 1 - axis), n, self._bin(n, size)))
                    for n in self.levels
                )
            )
            for axis, size in enumerate(sizes)
        )

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say that channels of one place become numbers apart."""
        return STREWN

    def reads(self) -> Reads:
        """Return the input where the maximum has to be found again."""
        return Reads(inputs=self.mode == "max")

    def _bin(self, level: int, size: int) -> Bounds:
        """Return what each bin of a level covers of an axis."""
        if self.bins == "sliding":
            return window(size // level, 0, -(-size // level))
        return bin_bounds(size, level)

    def _bins(self, shape: Shape) -> Term:
        return total(product(term("bins", n) for _ in shape[1:]) for n in self.levels)

    def _check(self, level: int, shape: Shape) -> None:
        if self.bins == "adaptive":
            return
        for size in shape[1:]:
            window, stride = -(-size // level), size // level
            got = (size - window) // stride + 1 if stride else 0
            if got != level:
                rule = f"window ceil({size}/{level}) = {window}, stride floor({size}/{level}) = {stride}"
                message = f"the sliding rule gives {got} bins for level {level} on {show(shape[1:])}: {rule}"
                raise Misfit(f"{message}; use 'bins: adaptive'", code="shape/bins", field="levels")

    def _covered(self, level: int, size: int) -> int:
        if self.bins == "sliding":
            return level * -(-size // level)
        return covered(size, level)
