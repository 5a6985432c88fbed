"""Transposed convolution: each input value paints its kernel onto the output."""

from __future__ import annotations

from math import gcd
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cnnstat.base.arithmetic import ZERO, Term, product, term
from cnnstat.base.axes import MOST_AXES, rank_of
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import (
    APART,
    MIXED,
    WITH_PLACES,
    Footprint,
    Index,
    Layer,
    Operations,
    Reads,
    Shape,
    Tensors,
    Width,
    per_axis,
    positions,
    width_of,
)
from cnnstat.layers.conv import Bias, fan_of
from cnnstat.layers.footprint import Bounds
from cnnstat.layers.window import Dilation, KernelSize, Sides, Stride, hits, sides_of


class TransposedConv(Layer, frozen=True, kw_only=True):
    """A transposed convolution (deconvolution): the gradient of a convolution, used to enlarge a map.

    Every input value is multiplied with the whole kernel. Products that fall outside the cropped output
    are its padding MACs.

    Rule:
        output  = (N - 1)·S - 2P + dilation·(F - 1) + 1 + output padding per axis
        params  = filters·(maps/groups·kernel·kernel + 1)
        MACs    = input height·input width·filters·maps/groups·kernel·kernel

    Example:
        {type: transposed_conv, filters: 64, kernel: 2, stride: 2}

    Reference:
        Dumoulin and Visin, arXiv:1603.07285, section 4; Long, Shelhamer, Darrell, arXiv:1411.4038.
    """

    family: ClassVar[str] = "conv"
    ranks: ClassVar[tuple[int, ...]] = WITH_PLACES

    filters: Annotated[Width, Meta(description="number of filters, which is the number of output maps")]
    kernel: KernelSize
    stride: Stride = 1
    padding: Annotated[Sides, Meta(description="rows and columns cut off each side of the output")] = 0
    output_padding: Annotated[
        Index | Annotated[tuple[Index, ...], Meta(min_length=1, max_length=MOST_AXES)],
        Meta(description="rows and columns added after the output, less than stride or dilation"),
    ] = 0
    dilation: Dilation = 1
    groups: Annotated[Width, Meta(description="independent groups of maps")] = 1
    bias: Bias = True

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (filters, one size per axis)."""
        return self._fan(inputs)[0], *(axis.output() for axis in self._axes(inputs))

    def params(self, inputs: tuple[Shape, ...]) -> Term:
        """Return filters·(maps per group·kernel + bias)."""
        filters, maps = self._fan(inputs)
        fan = maps * self._kernel(inputs)
        return filters * (fan + term("bias", 1)) if self.bias else filters * fan

    def tensors(self, inputs: tuple[Shape, ...]) -> Tensors:
        """Return a kernel for each map and filter of its group, and a bias for each filter."""
        (filters, maps), channels = self._fan(inputs), inputs[0][0]
        kernel = tuple(axis.kernel for axis in self._axes(inputs))
        weight: Tensors = {"weight": (channels, filters.value * maps.value // channels, *kernel)}
        return weight | ({"bias": (filters.value,)} if self.bias else {})

    def macs(self, inputs: tuple[Shape, ...]) -> Term:
        """Return input positions·filters·maps per group·kernel."""
        filters, maps = self._fan(inputs)
        return positions(inputs[0]) * filters * maps * self._kernel(inputs)

    def padding_macs(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the products that fall outside the output."""
        macs, kept = self.macs(inputs), self._kept(inputs)
        return ZERO if macs.value == kept.value else macs - kept

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the inputs all units read, plus one each for the bias."""
        kept = self._kept(inputs)
        return kept + self._biases(inputs) if self.bias else kept

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one addition per unit for the bias."""
        return Operations(additions=self._biases(inputs)) if self.bias else Operations()

    def period(self, inputs: tuple[Shape, ...]) -> int:
        """Return the stride, the larger one."""
        return max(axis.stride for axis in self._axes(inputs))

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the inputs whose kernels touch each output."""
        return tuple(axis.bounds() for axis in self._axes(inputs))

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say that each group of filters mixes its own maps."""
        return MIXED if self.groups_of(inputs[0][0]) == 1 else APART

    def reads(self) -> Reads:
        """Return the input, for the weights."""
        return Reads(for_weights=True)

    def groups_of(self, maps: int) -> int:
        """Return into how many groups so many input maps are split."""
        return width_of(self.groups, maps, "groups")

    def _fan(self, inputs: tuple[Shape, ...]) -> tuple[Term, Term]:
        maps = inputs[0][0]
        return fan_of(width_of(self.filters, maps, "filters"), maps, self.groups_of(maps))

    def _axes(self, inputs: tuple[Shape, ...]) -> tuple[_Axis, ...]:
        sizes = inputs[0][1:]
        rank = len(sizes)
        options = zip(
            rank_of(inputs[0]).axes[1:],
            sizes,
            per_axis(self.kernel, rank, "kernel"),
            per_axis(self.stride, rank, "stride"),
            sides_of(self.padding, rank),
            per_axis(self.output_padding, rank, "output_padding"),
            per_axis(self.dilation, rank, "dilation"),
            strict=True,
        )
        axes = tuple(_Axis(name, n, f, s, p, q, extra, d) for name, n, f, s, (p, q), extra, d in options)
        for axis in axes:
            axis.check()
        return axes

    def _kernel(self, inputs: tuple[Shape, ...]) -> Term:
        return product(term("kernel", size) for size in per_axis(self.kernel, len(inputs[0]) - 1, "kernel"))

    def _biases(self, inputs: tuple[Shape, ...]) -> Term:
        return self.outputs(inputs) * term("bias", 1)

    def _kept(self, inputs: tuple[Shape, ...]) -> Term:
        filters, maps = self._fan(inputs)
        return filters * maps * product(axis.inside() for axis in self._axes(inputs))


class _Axis(Struct, frozen=True):
    """One axis of a transposed convolution."""

    name: str
    size: int
    kernel: int
    stride: int
    before: int
    after: int
    extra: int
    dilation: int

    def check(self) -> None:
        """Refuse output padding beyond one step, and an output of no rows."""
        if self.extra and self.extra >= max(self.stride, self.dilation):
            limit = max(self.stride, self.dilation) - 1
            message = f"output_padding {self.extra} exceeds {limit}, the most for stride {self.stride}"
            message = f"{message} and dilation {self.dilation}"
            raise Misfit(message, code="shape/padding", field="output_padding")
        if self.output().value < 1:
            message = f"padding {self.before} + {self.after} leaves no {self.name}: {self.output().numbers}"
            raise Misfit(f"{message} = {self.output().value}", code="shape/too-small", field="padding")

    def output(self) -> Term:
        """Return (N - 1)·S - 2P + dilation·(F - 1) + 1 + output padding."""
        moved = (term(self.name, self.size) - 1) * term("stride", self.stride)
        if self.before == self.after:
            cropped = moved - term("2", 2) * term("padding", self.before)
        else:
            cropped = moved - (term("padding before", self.before) + term("padding after", self.after))
        extent = term("dilation", self.dilation) * (term("kernel", self.kernel) - 1)
        return cropped + extent + 1 + term("output padding", self.extra)

    def taps(self) -> int:
        """Return how many (input, tap) pairs land on the output."""
        return hits(self.size, self.stride, self.kernel, self.dilation, self.before, self.output().value)

    def inside(self) -> Term:
        """Return `taps` as arithmetic: all pairs, less those that are cut off."""
        pairs = term(self.name, self.size) * term("kernel", self.kernel)
        outside = pairs.value - self.taps()
        return pairs - term("taps cut off", outside) if outside else pairs

    def bounds(self) -> Bounds:
        """Return, for the outputs of one period, the first and last input whose kernel touches them."""
        # Input i paints i·stride + tap·dilation; taps repeat their remainder after at most `stride` taps,
        # so the outermost taps suffice. From the last tap to the first, painters of a phase ascend.
        ends = {*range(min(self.kernel, self.stride)), *range(max(0, self.kernel - self.stride), self.kernel)}
        low: dict[int, int] = {}
        high: dict[int, int] = {}
        for tap in sorted(ends, reverse=True):
            painter = -((tap * self.dilation - self.before) // self.stride)
            phase = painter * self.stride + tap * self.dilation - self.before
            low.setdefault(phase, painter)
            high[phase] = painter
        phases = range(self.stride)
        lows, highs = tuple(low.get(o, 1) for o in phases), tuple(high.get(o, 0) for o in phases)
        return Bounds(1, lows, highs, self.dilation // gcd(self.dilation, self.stride))
