"""Layers that summarise a window of one map: trainable subsampling, max and average pooling."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.base.arithmetic import Term, product, term
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import (
    WITH_PLACES,
    Extent,
    Footprint,
    Layer,
    Operations,
    Reads,
    Shape,
    Tensors,
    same_sizes,
)
from cnnstat.layers.window import Axis, Dilation, Geometry, KernelSize, PaddingOption, RoundingOption

PoolStride = Annotated[
    Extent | None, Meta(description="step of the window; the kernel's size where it is left out")
]


class Pool(Layer, frozen=True, kw_only=True):
    """An output summarises inputs of one map."""

    family: ClassVar[str] = "pool"
    ranks: ClassVar[tuple[int, ...]] = WITH_PLACES


class Largest(Pool, frozen=True, kw_only=True):
    """The largest of the inputs that an output reads."""

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one comparison less than inputs per output."""
        return Operations(comparisons=self.connections(inputs) - self.outputs(inputs))

    def reads(self) -> Reads:
        """Return the input: the place of the maximum is found in it."""
        return Reads(inputs=True)


class Mean(Pool, frozen=True, kw_only=True):
    """The mean of the inputs that an output reads."""

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one addition less than inputs, and one division, per output."""
        units = self.outputs(inputs)
        return Operations(additions=self.connections(inputs) - units, divisions=units)


class _Window(Pool, frozen=True, kw_only=True):
    """A window that slides over each map by itself."""

    def geometry(self) -> Geometry:
        """Return the sliding window."""
        raise NotImplementedError

    def window(self, inputs: tuple[Shape, ...]) -> tuple[Axis, ...]:
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
        return same_sizes(inputs[0])[0], *(axis.outputs for axis in self.window(inputs))

    def leftover(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        """Return the rows and columns no window covers."""
        return tuple(axis.leftover for axis in self.window(inputs))

    def leftover_input(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        """Return how many of these are input that one more window would read."""
        return tuple(axis.leftover_input for axis in self.window(inputs))

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the inputs in all windows; padding does not count."""
        axes = self.window(inputs)
        if all(axis.taps == axis.outputs.value * axis.kernel for axis in axes):
            return self.outputs(inputs) * product(term("kernel", axis.kernel) for axis in axes)
        return term("channels", inputs[0][0]) * product(axis.inside() for axis in axes)

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the window along each axis."""
        return tuple(axis.bounds() for axis in self.window(inputs))


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
        return Geometry(self.kernel, self.stride, 0, 1, self.rounding)

    def params(self, inputs: tuple[Shape, ...]) -> Term:
        """Return 2·maps."""
        return term("maps", inputs[0][0]) * (term("coefficient", 1) + term("bias", 1))

    def tensors(self, inputs: tuple[Shape, ...]) -> Tensors:
        """Return the coefficients and the biases."""
        return {"weight": inputs[0][:1], "bias": inputs[0][:1]}

    def macs(self, inputs: tuple[Shape, ...]) -> Term:
        """Return one per unit."""
        return self.outputs(inputs)

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return units·(window + bias), less what a last window lacks."""
        return super().connections(inputs) + self.outputs(inputs)

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return the additions within the windows and one per unit for the bias."""
        return Operations(additions=super().connections(inputs))

    def reads(self) -> Reads:
        """Return the input, for the coefficient: its gradient needs the sums."""
        return Reads(for_weights=True)


class MaxPool(Largest, _Window, frozen=True, kw_only=True):
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
        return Geometry(self.kernel, self.stride, self.padding, self.dilation, self.rounding)


class AvgPool(Mean, _Window, frozen=True, kw_only=True):
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
        return Geometry(self.kernel, self.stride, self.padding, 1, self.rounding)


def _misses_input(axis: Axis) -> bool:
    first, last = -axis.before, (axis.outputs.value - 1) * axis.stride - axis.before
    if first + axis.extent <= 0 or last >= axis.size:
        return True
    # The taps of a dilated window that starts in the padding may step over a small input.
    starts = range(first, min(0, last + 1), axis.stride) if axis.size < axis.dilation else ()
    return any(start % axis.dilation >= axis.size for start in starts)
