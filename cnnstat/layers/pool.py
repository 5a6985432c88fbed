"""Layers that summarise a window of one map: trainable subsampling, max and average pooling."""

from __future__ import annotations

from functools import lru_cache
from math import gcd
from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.arithmetic import Term, product, term
from cnnstat.errors import Misfit
from cnnstat.layers.base import (
    WHOLE,
    Extent,
    Layer,
    Operations,
    Reaches,
    Reads,
    Shape,
    known,
    per_axis,
    same_sizes,
    values,
)
from cnnstat.layers.reach import Reach
from cnnstat.layers.window import (
    AXIS_NAMES,
    Axis,
    Dilation,
    Geometry,
    KernelSize,
    PaddingOption,
    RoundingOption,
)
from cnnstat.limits import MAX_PERIOD

PoolStride = Annotated[
    Extent | None, Meta(description="step of the window; the kernel's size where it is left out")
]


class _Window(Layer, frozen=True, kw_only=True):
    """A window that slides over each map by itself."""

    family: ClassVar[str] = "pool"
    ranks: ClassVar[tuple[int, ...]] = (1, 2)

    def geometry(self) -> Geometry:
        """Return the sliding window."""
        raise NotImplementedError

    def axes(self, inputs: tuple[Shape, ...]) -> tuple[Axis, ...]:
        """Return the sliding window along each axis.

        Raises:
            Misfit: a window lies on padding only, so that it has neither a maximum nor a mean.
        """
        axes = self.geometry().axes(inputs[0])
        for axis in axes:
            if _misses_input(axis):
                padding = f"padding {axis.before} before and {axis.after} after {axis.name} {axis.size}"
                message = f"{padding} leaves a window of {axis.kernel} without any input"
                raise Misfit(message, code="shape/padding", field="padding")
        return axes

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (channels, one size per axis)."""
        return same_sizes(inputs[0])[0], *(axis.outputs() for axis in self.axes(inputs))

    def leftover(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        """Return the rows and columns no window covers."""
        return tuple(axis.leftover for axis in self.axes(inputs))

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the inputs in all windows; padding does not count."""
        axes = self.axes(inputs)
        if all(axis.taps() == axis.outputs().value * axis.kernel for axis in axes):
            return self.units(inputs) * product(term("kernel", axis.kernel) for axis in axes)
        taps = product(term(f"taps on the {axis.name}", axis.taps()) for axis in axes)
        return term("channels", inputs[0][0]) * taps

    def reaches(self, inputs: tuple[Shape, ...]) -> Reaches:
        """Return the window along each axis."""
        return tuple(axis.reach() for axis in self.axes(inputs))

    def units(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the number of outputs."""
        return values(tuple(size.value for size in self.sizes(inputs)))


class Subsample(_Window, frozen=True, kw_only=True):
    """LeNet-5's trainable subsampling: the sum of a window, times a coefficient, plus a bias.

    Rule:
        y = w·(x_1 + ... + x_4) + b, with one w and one b per map
        params      = 2·maps
        MACs        = one per unit: the inputs are summed first
        connections = units·(kernel·kernel + 1)

    Example:
        {type: subsample, name: S2, kernel: 2}

    Reference:
        LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86(11), 1998, section II-B (layers S2 and S4).
    """

    kernel: KernelSize = 2
    stride: PoolStride = None
    rounding: RoundingOption = "floor"

    def geometry(self) -> Geometry:
        """Return the sliding window."""
        return Geometry(self.kernel, self.stride or self.kernel, 0, 1, self.rounding)

    def params(self, inputs: tuple[Shape, ...]) -> Term:
        """Return 2·maps."""
        return term("maps", inputs[0][0]) * (term("coefficient", 1) + term("bias", 1))

    def macs(self, inputs: tuple[Shape, ...]) -> Term:
        """Return one per unit."""
        return self.units(inputs)

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return units·(window + bias), less what a last window lacks."""
        return _Window.connections(self, inputs) + self.units(inputs)

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return the additions within the windows and one per unit for the bias."""
        return Operations(additions=_Window.connections(self, inputs))

    def reads(self) -> Reads:
        """Return the input, for the coefficient: its gradient needs the sums."""
        return Reads(for_weights=True)


class MaxPool(_Window, frozen=True, kw_only=True):
    """Max pooling: the largest value in each window of each map. Padding never wins.

    Rule:
        output      = (N - F + 2P)/S + 1 per axis
        connections = the inputs in each window, padding excluded
        operations  = one comparison less than inputs per window

    Example:
        {type: max_pool, kernel: 3, stride: 2, padding: 1}

    Reference:
        Krizhevsky, Sutskever, Hinton, NIPS 2012, section 3.4 (overlapping pooling).
    """

    kernel: KernelSize
    stride: PoolStride = None
    padding: PaddingOption = 0
    dilation: Dilation = 1
    rounding: RoundingOption = "floor"

    def geometry(self) -> Geometry:
        """Return the sliding window."""
        return Geometry(self.kernel, self.stride or self.kernel, self.padding, self.dilation, self.rounding)

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return inputs in windows less units."""
        return Operations(comparisons=self.connections(inputs) - self.units(inputs))

    def reads(self) -> Reads:
        """Return the input: the place of the maximum is found in it."""
        return Reads(inputs=True)


class AvgPool(_Window, frozen=True, kw_only=True):
    """Average pooling: the mean of each window of each map.

    Rule:
        output      = (N - F + 2P)/S + 1 per axis
        divisor     = the window within the padded input; with `count_padding: false` its real inputs
        connections = the inputs in each window, padding excluded
        operations  = inputs - 1 additions and one division per window

    Example:
        {type: avg_pool, kernel: 2}

    Reference:
        LeCun et al., Neural Computation 1(4), 1989; Lin, Chen, Yan, arXiv:1312.4400.
    """

    kernel: KernelSize
    stride: PoolStride = None
    padding: PaddingOption = 0
    rounding: RoundingOption = "floor"
    count_padding: Annotated[bool, Meta(description="whether zeros of the padding count in the mean")] = True

    def geometry(self) -> Geometry:
        """Return the sliding window."""
        return Geometry(self.kernel, self.stride or self.kernel, self.padding, 1, self.rounding)

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return the additions within the windows and one division per unit."""
        units = self.units(inputs)
        return Operations(additions=self.connections(inputs) - units, divisions=units)


class _Global(Layer, frozen=True, kw_only=True):
    """One value for each map."""

    family: ClassVar[str] = "pool"
    ranks: ClassVar[tuple[int, ...]] = (1, 2)

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (channels, 1, 1) or (channels, 1)."""
        return same_sizes(inputs[0])[0], *(Term(1) for _ in inputs[0][1:])

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return all inputs."""
        return values(inputs[0])

    def reaches(self, inputs: tuple[Shape, ...]) -> Reaches:
        """Return the whole input."""
        return WHOLE


class GlobalMaxPool(_Global, frozen=True, kw_only=True):
    """Global max pooling: the largest value of each map; (C, H, W) becomes (C, 1, 1).

    Rule:
        operations = height·width - 1 comparisons per map

    Example:
        {type: global_max_pool}

    Reference:
        Oquab, Bottou, Laptev, Sivic, CVPR 2015, section 3.
    """

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return all inputs less one per map, as comparisons."""
        return Operations(comparisons=values(inputs[0]) - term("channels", inputs[0][0]))

    def reads(self) -> Reads:
        """Return the input: the place of the maximum is found in it."""
        return Reads(inputs=True)


class GlobalAvgPool(_Global, frozen=True, kw_only=True):
    """Global average pooling: the mean of each map; (C, H, W) becomes (C, 1, 1). No parameters.

    Rule:
        operations = height·width - 1 additions and one division per map

    Example:
        {type: global_avg_pool}

    Reference:
        Lin, Chen, Yan, Network In Network, arXiv:1312.4400, section 3.2.
    """

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return the additions within the maps and one division per map."""
        channels = term("channels", inputs[0][0])
        return Operations(additions=values(inputs[0]) - channels, divisions=channels)


class _Adaptive(Layer, frozen=True, kw_only=True):
    """A fixed number of bins per axis, whatever the input's size."""

    family: ClassVar[str] = "pool"
    ranks: ClassVar[tuple[int, ...]] = (1, 2)

    size: Annotated[Extent, Meta(description="number of bins: one number, or one per axis")]

    def bins(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        """Return the number of bins per axis."""
        return per_axis(self.size, len(inputs[0]) - 1, "size")

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (channels, one number of bins per axis)."""
        return same_sizes(inputs[0])[0], *(term("bins", n) for n in self.bins(inputs))

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the inputs in all bins; bins may overlap."""
        names = AXIS_NAMES[len(inputs[0]) - 1]
        sizes = zip(names, inputs[0][1:], self.bins(inputs), strict=True)
        inside = (term(f"inputs in the bins of the {name}", covered(n, bins)) for name, n, bins in sizes)
        return term("channels", inputs[0][0]) * product(inside)

    def reaches(self, inputs: tuple[Shape, ...]) -> Reaches:
        """Return the bin of each output; a single bin is the whole input, as that of a global pool."""
        if set(self.bins(inputs)) == {1}:
            return WHOLE
        pairs = zip(inputs[0][1:], self.bins(inputs), strict=True)
        return known(tuple(_bin_reach(n, bins) for n, bins in pairs))

    def units(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the number of outputs."""
        return values(tuple(size.value for size in self.sizes(inputs)))


class AdaptiveMaxPool(_Adaptive, frozen=True, kw_only=True):
    """Adaptive max pooling: the largest value of each of n bins per axis.

    Rule:
        bin i covers floor(i·N/n) to ceil((i + 1)·N/n), the end not included

    Example:
        {type: adaptive_max_pool, size: 7}

    Reference:
        He, Zhang, Ren, Sun, arXiv:1406.4729, appendix A (the same bins).
    """

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return inputs in bins less units, as comparisons."""
        return Operations(comparisons=self.connections(inputs) - self.units(inputs))

    def reads(self) -> Reads:
        """Return the input: the place of the maximum is found in it."""
        return Reads(inputs=True)


class AdaptiveAvgPool(_Adaptive, frozen=True, kw_only=True):
    """Adaptive average pooling: the mean of each of n bins per axis.

    Rule:
        bin i covers floor(i·N/n) to ceil((i + 1)·N/n), the end not included

    Example:
        {type: adaptive_avg_pool, size: [6, 6]}

    Reference:
        He, Zhang, Ren, Sun, arXiv:1406.4729, appendix A (the same bins).
    """

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return the additions within the bins and one division per unit."""
        units = self.units(inputs)
        return Operations(additions=self.connections(inputs) - units, divisions=units)


def covered(size: int, bins: int) -> int:
    """Return the inputs in all adaptive bins; neighbours share one where their border is no whole number."""
    return size + bins - gcd(size, bins)


@lru_cache(maxsize=64)
def _bin_reach(size: int, bins: int) -> Reach | None:
    """Return the inputs that each adaptive bin covers, or None where the pattern is too long."""
    shared = gcd(size, bins)
    size, bins = size // shared, bins // shared
    if bins > MAX_PERIOD:
        return None
    low = tuple(i * size // bins for i in range(bins))
    high = tuple(-(-(i + 1) * size // bins) - 1 for i in range(bins))
    return Reach(size, low, high)


def _misses_input(axis: Axis) -> bool:
    first, last = -axis.before, (axis.outputs().value - 1) * axis.stride - axis.before
    if first + axis.extent <= 0 or last >= axis.size:
        return True
    # The taps of a dilated window that starts in the padding may step over a small input.
    starts = range(first, 0, axis.stride) if axis.size < axis.dilation else ()
    return any(start % axis.dilation >= axis.size for start in starts)
