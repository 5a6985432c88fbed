"""How many windows fit: (N - F + 2P)/S + 1, along one axis.

This is the calculated half of a pair. `cnnstat.executor` finds the same sizes by walking real arrays; the
two look alike and must never be merged, because their agreement is the proof that this formula is right.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from cnnstat.base.arithmetic import Term, term
from cnnstat.base.axes import MOST_AXES, RANKS
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import Extent, Index, Shape, per_axis, show
from cnnstat.layers.footprint import Bounds, window

Sides: TypeAlias = Index | Annotated[tuple[Index, ...], Meta(min_length=1, max_length=2 * MOST_AXES)]
"""Both sides of every axis: one number, one per axis, or two per axis (before and after)."""

Padding: TypeAlias = Sides | Literal["same", "valid"]
"""Zeros around the input: sides, or a word."""

Frame: TypeAlias = tuple[tuple[int, int], ...]
"""Rows of zeros at both ends of each axis of an input, which counts them among its own."""

Rounding: TypeAlias = Literal["floor", "ceil", "exact"]

KernelSize = Annotated[Extent, Meta(description="size of the window: one number, or one per axis")]
Stride = Annotated[Extent, Meta(description="step of the window: one number, or one per axis")]
PaddingOption = Annotated[
    Padding,
    Meta(
        description="zeros around the input: a number, one per axis, [top, bottom, left, right] "
        "([left, right] for a signal, [front, back, top, bottom, left, right] for a volume), 'valid' (none) "
        "or 'same' (output = input/stride, rounded up)"
    ),
]
Dilation = Annotated[Extent, Meta(description="step between the taps of the kernel")]
RoundingOption = Annotated[
    Rounding,
    Meta(description="what to do when the windows do not fit: drop the rest, add one window, or refuse"),
]


class Axis(Struct, frozen=True, dict=True):
    """One axis of a sliding window: N, F, S, P on both sides, dilation and rounding."""

    name: str
    size: int
    kernel: int
    stride: int
    before: int
    after: int
    dilation: int = 1
    rounding: Rounding = "floor"
    zeros: tuple[int, int] = (0, 0)
    """Of the N inputs, those at both ends that are a frame of zeros."""

    @property
    def extent(self) -> int:
        """Return the inputs from the first tap to the last: dilation·(F - 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def span(self) -> int:
        """Return how far the window can move: N - F + 2P."""
        return self.size + self.before + self.after - self.extent

    @property
    def leftover(self) -> int:
        """Return the rows that no window covers."""
        return self.span % self.stride if self.rounding == "floor" else 0

    @property
    def leftover_input(self) -> int:
        """Return how many of these are input that one more window would read.

        Not so are padding, a frame of zeros, and as many rows as any two windows leave out between them.
        """
        return max(0, self.leftover - max(0, self.stride - self.extent) - self.after - self.zeros[1])

    @property
    def overhang(self) -> int:
        """Return the rows that the last window covers beyond the padded input (``rounding: ceil``)."""
        return max(0, (self.outputs.value - 1) * self.stride - self.span)

    @cached_property
    def outputs(self) -> Term:
        """Return the number of windows, (N - F + 2P)/S + 1; none where the kernel exceeds the padded input.

        Rounded up, a single window hangs over that exceeds it by less than the stride, as in PyTorch.
        """
        if self.rounding == "ceil" and self._last_starts_outside():
            return self._moves("floor") + 1
        return self._moves("ceil" if self.rounding == "ceil" else "floor") + 1

    def _last_starts_outside(self) -> bool:
        # Caffe's rule, which PyTorch follows: a window that would start in the padding is dropped.
        return -(-self.span // self.stride) * self.stride >= self.size + self.before

    def _moves(self, rounding: str) -> Term:
        return self._span_term().over(term("stride", self.stride), rounding)

    def _span_term(self) -> Term:
        fitted = term(self.name, self.size) - _extent(self.kernel, self.dilation)
        if self.before == self.after:
            return fitted + _twice(self.before)
        return fitted + term("padding before", self.before) + term("padding after", self.after)

    @cached_property
    def taps(self) -> int:
        """Return how many (window, tap) pairs fall on the input and not on padding or a frame of zeros."""
        outputs, (first, last) = self.outputs.value, self.zeros
        if self.before == self.after == self.overhang == first == last == 0:
            return outputs * self.kernel
        real = self.size - first - last
        return hits(outputs, self.stride, self.kernel, self.dilation, self.before + first, real)

    def inside(self) -> Term:
        """Return `taps` as arithmetic: all pairs, less those on padding."""
        pairs = term(f"output {self.name}", self.outputs.value) * term("kernel", self.kernel)
        outside = pairs.value - self.taps
        return pairs - term("taps outside", outside) if outside else pairs

    def bounds(self) -> Bounds:
        """Return which inputs each window reads."""
        return window(self.stride, -self.before, self.extent, self.dilation)

    def arithmetic(self) -> str:
        """Return (N - F + 2P)/S + 1 in numbers, with its exact value, as the lectures print it."""
        padding = self.before + self.after
        twice = f"2·{self.before}" if self.before == self.after else f"{self.before} + {self.after}"
        span = f"{self.size} - {self.extent}" + (f" + {twice}" if padding else "")
        return f"({span})/{self.stride} + 1 = {self.span / self.stride + 1:.2f}"


@lru_cache(maxsize=256)  # maps of any size have these parts in common
def _extent(kernel: int, dilation: int) -> Term:
    taps = term("kernel", kernel)
    return taps if dilation == 1 else term("dilation", dilation) * (taps - 1) + 1


@lru_cache(maxsize=256)
def _twice(padding: int) -> Term:
    return term("2", 2) * term("padding", padding)


class Geometry(Struct, frozen=True):
    """The options of a sliding window, before the map is known; without a stride it moves by its size."""

    kernel: Extent
    stride: Extent | None
    padding: Padding
    dilation: Extent = 1
    rounding: Rounding = "floor"

    def axes(self, shape: Shape) -> tuple[Axis, ...]:
        """Return the window along each axis of a map.

        Raises:
            Misfit: values and axes differ in number, the kernel exceeds the padded input, or
                ``rounding: exact`` and the windows do not fit.
        """
        return _axes(self, shape[1:])

    def sides(self, axis: int, rank: int, n: int, f: int, s: int, d: int) -> tuple[int, int]:
        """Return the padding before and after one of ``rank`` axes: of N, F, S and the dilation."""
        if self.padding == "valid":
            return 0, 0
        if self.padding == "same":
            padding = max(0, (-(-n // s) - 1) * s + d * (f - 1) + 1 - n)
            return padding // 2, padding - padding // 2
        assert not isinstance(self.padding, str)
        return sides_of(self.padding, rank)[axis]

    def check(self, axes: tuple[Axis, ...], sizes: Shape) -> None:
        """Refuse windows that do not fit the map."""
        for axis in axes:
            if axis.outputs.value < 1:
                padded = axis.size + axis.before + axis.after
                dilated = f" (dilated to {axis.extent})" if axis.dilation > 1 else ""
                message = f"kernel {axis.kernel}{dilated} exceeds the {_padded(axis)}{axis.name} {padded}"
                message = f"{message} of a {show(sizes)} input"
                if axis.rounding == "ceil":
                    less = f"'rounding: ceil' takes less than the stride of {axis.stride}"
                    message = f"{message} by {-axis.span}; {less}"
                raise Misfit(message, code="shape/too-small", field="kernel")
            if axis.rounding == "exact" and axis.span % axis.stride:
                raise Misfit(self._refusal(axes, axis, sizes), code="shape/leftover", field="stride")

    def _refusal(self, axes: tuple[Axis, ...], axis: Axis, sizes: Shape) -> str:
        kernel = show(tuple(a.kernel for a in axes))
        strides = {a.stride for a in axes}
        stride = str(axis.stride) if len(strides) == 1 else show(tuple(a.stride for a in axes))
        applied = f"cannot apply a {kernel} filter with stride {stride} to a {show(sizes)} input"
        return f"{applied}: {axis.arithmetic()}"


@lru_cache(maxsize=4096)  # equal windows are asked for again, by every figure and by layers of other filters
def _axes(geometry: Geometry, sizes: Shape) -> tuple[Axis, ...]:
    rank = len(sizes)
    options = zip(
        RANKS[rank].axes[1:],
        sizes,
        per_axis(geometry.kernel, rank, "kernel"),
        per_axis(geometry.stride or geometry.kernel, rank, "stride"),
        per_axis(geometry.dilation, rank, "dilation"),
        strict=True,
    )
    axes = tuple(
        Axis(name, n, f, s, *geometry.sides(i, rank, n, f, s, d), d, geometry.rounding)
        for i, (name, n, f, s, d) in enumerate(options)
    )
    geometry.check(axes, sizes)
    return axes


def sides_of(sides: Sides, rank: int, field: str = "padding") -> tuple[tuple[int, int], ...]:
    """Return (before, after) per axis.

    Raises:
        Misfit: there are neither one, nor ``rank``, nor twice ``rank`` values.
    """
    if isinstance(sides, tuple) and len(sides) == 2 * rank:
        return tuple((sides[2 * axis], sides[2 * axis + 1]) for axis in range(rank))
    return tuple((side, side) for side in per_axis(sides, rank, field))


def hits(windows: int, stride: int, taps: int, dilation: int, before: int, size: int) -> int:
    """Return how many of the places window·stride + tap·dilation - before are among 0 to size - 1."""
    grid = (windows, stride, taps, dilation)
    return _up_to(size - 1 + before, *grid) - _up_to(before - 1, *grid)


def _up_to(limit: int, windows: int, stride: int, taps: int, dilation: int) -> int:
    """Return how many pairs have window·stride + tap·dilation of at most ``limit``."""
    if limit < 0:
        return 0
    near = min(taps, limit // dilation + 1)  # taps that keep within the limit in the first window
    full = min(near, max(0, (limit - (windows - 1) * stride) // dilation + 1))  # and in every window
    rest = near - full
    return windows * full + rest + _floor_sum(rest, limit - (near - 1) * dilation, dilation, stride)


def _floor_sum(count: int, first: int, step: int, divisor: int) -> int:
    """Return the sum of floor((first + i·step)/divisor) for i below ``count``, by Euclid's algorithm.

    Kernels and maps may have a million rows, so the terms are not added one by one.
    """
    result = 0
    while count:
        result += count * (count - 1) // 2 * (step // divisor) + count * (first // divisor)
        step, first = step % divisor, first % divisor
        count, first = divmod(step * count + first, divisor)
        step, divisor = divisor, step
    return result


def _padded(axis: Axis) -> str:
    return "padded " if axis.before + axis.after else ""
