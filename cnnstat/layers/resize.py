"""Layers that enlarge a map, frame it, or cut it."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from msgspec import Meta

from cnnstat.base.arithmetic import Term, term
from cnnstat.base.axes import rank_of
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import (
    WITH_PLACES,
    Extent,
    Footprint,
    Layer,
    Operations,
    Shape,
    per_axis,
    same_sizes,
    show,
)
from cnnstat.layers.footprint import POINT, Bounds, Pieces, window
from cnnstat.layers.target import SIZED, check_given, target
from cnnstat.layers.window import Sides, sides_of

if TYPE_CHECKING:
    from cnnstat.layers.footprint import Reading


class Upsample(Layer, frozen=True, kw_only=True):
    """A larger (or smaller) map by repeating or interpolating values.

    Rule:
        output   = N·scale per axis, or the given size, or that of a second input
        nearest  : output o reads input floor(o·N/O)
        bilinear : output o reads the neighbours of (o + 1/2)·N/O - 1/2, or of o·(N - 1)/(O - 1)
                   with `align_corners: true`; linear on a signal (C, L), trilinear on a volume (C, D, H, W)
        operations: nearest none; bilinear 4 multiplications and 3 additions per value (signal: 2 and 1,
                   volume: 8 and 7)

    Example:
        {type: upsample, from: [low, skip], mode: bilinear}

    Reference:
        torch.nn.functional.interpolate.
    """

    family: ClassVar[str] = "resize"
    arity: ClassVar[tuple[int, int]] = SIZED
    ranks: ClassVar[tuple[int, ...]] = WITH_PLACES
    values_from: ClassVar[int | None] = 1

    scale: Annotated[Extent | None, Meta(description="factor: one number, or one per axis")] = None
    size: Annotated[Extent | None, Meta(description="new size: one number, or one per axis")] = None
    mode: Annotated[
        Literal["nearest", "bilinear"],
        Meta(description="how values are made; bilinear is linear on a signal and trilinear on a volume"),
    ] = "nearest"
    align_corners: Annotated[
        bool, Meta(description="whether the corners of both maps coincide (bilinear only)")
    ] = False

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (channels, the new sizes)."""
        channels, *sizes = same_sizes(inputs[0])
        check_given("upsample", inputs, scale=self.scale, size=self.size)
        if self.align_corners and self.mode == "nearest":
            message = "align_corners needs 'mode: bilinear', got 'nearest'"
            raise Misfit(message, code="option/conflict", field="align_corners")
        if self.scale is not None:
            factors = per_axis(self.scale, len(sizes), "scale")
            return channels, *(n * term("scale", f) for n, f in zip(sizes, factors, strict=True))
        return channels, *target(self.size, inputs)

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return none for nearest; the weighted mean of two neighbours per axis for bilinear."""
        if self.mode == "nearest":
            return Operations()
        count, neighbours = self.outputs(inputs), term("neighbours", 2 ** (len(inputs[0]) - 1))
        return Operations(multiplications=neighbours * count, additions=(neighbours - 1) * count)

    def period(self, inputs: tuple[Shape, ...]) -> int:
        """Return the outputs after which positions between rows come round again."""
        steps = ((step, outputs) for _, step, outputs, _ in self._places(inputs))
        return max(outputs // gcd(step, outputs) for step, outputs in steps)

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the input positions with a weight.

        Beyond the border an interpolation repeats the last row, so there its pattern stands out by one
        row as that of a window stands out into padding.
        """
        neighbour = self.mode == "bilinear"
        return tuple(_resampled(*places, neighbour=neighbour) for places in self._places(inputs))

    def _places(self, inputs: tuple[Shape, ...]) -> list[tuple[int, int, int, int]]:
        """Return (first, step, outputs, halves) per axis; o stands at (first/halves + o·step)/outputs."""
        pairs = zip(inputs[0][1:], (size.value for size in self.sizes(inputs)[1:]), strict=True)
        if self.mode == "nearest":
            return [(0, n, out, 1) for n, out in pairs]
        if self.align_corners:
            return [(0, n - 1, max(1, out - 1), 1) for n, out in pairs]
        # (o + 1/2)·N/O - 1/2 = (2·o·N + N - O)/(2·O)
        return [(n - out, n, out, 2) for n, out in pairs]


class Pad(Layer, frozen=True, kw_only=True):
    """A frame around the map: of given widths, or up to the size of a second input.

    With value 0 it is padding for a convolution below, as that one's own is: MACs there are work on zeros,
    and no unit is connected to it. Activations with f(0) = 0, `scale`, `dropout` and `identity` may
    stand between. Behind any other layer the zeros are values like others: a pool reads them. A frame of what
    is inside, by another mode, is the padding of a convolution that pads so.

    Rule:
        padding: output = N + before + after per axis
        a second input: framed to its size, floor((size - N)/2) before, the odd one after
        mode: reflect   - mirrored at the first and the last row, which are not repeated
        mode: replicate - the first and the last row
        mode: circular  - the rows of the other end

    Example:
        {type: pad, padding: [0, 1, 0, 1]}

    Reference:
        torch.nn.functional.pad, whose words the modes are; the sides are [top, bottom, left, right],
        of a volume [front, back, top, bottom, left, right].
    """

    family: ClassVar[str] = "resize"
    arity: ClassVar[tuple[int, int]] = SIZED
    ranks: ClassVar[tuple[int, ...]] = WITH_PLACES
    values_from: ClassVar[int | None] = 1

    padding: Annotated[
        Sides | None,
        Meta(description="a number, one per axis, or [top, bottom, left, right] ([left, right])"),
    ] = None
    value: Annotated[float, Meta(description="the value of the frame (constant only)")] = 0.0
    mode: Annotated[
        Literal["constant", "reflect", "replicate", "circular"], Meta(description="what the frame is made of")
    ] = "constant"

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (channels, the sizes with the frame)."""
        channels, *sizes = same_sizes(inputs[0])
        sides = self.sides(inputs)
        self._check(sizes, sides)
        if self.padding is None:
            return channels, *target(None, inputs)
        framed = (n + term("before", a) + term("after", b) for n, (a, b) in zip(sizes, sides, strict=True))
        return channels, *framed

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return a shift, and of a frame that is made of what is inside, where that stands."""
        return tuple(
            self._reading(n, *pair) for n, pair in zip(inputs[0][1:], self.sides(inputs), strict=True)
        )

    def sides(self, inputs: tuple[Shape, ...]) -> tuple[tuple[int, int], ...]:
        """Return how wide the frame is before and after, per axis."""
        check_given("pad", inputs, padding=self.padding)
        rank = len(inputs[0]) - 1
        if self.padding is not None:
            return sides_of(self.padding, rank)
        framed = tuple(size.value for size in target(None, inputs))
        for name, n, size in zip(rank_of(inputs[0]).axes[1:], inputs[0][1:], framed, strict=True):
            if size < n:
                message = f"cannot frame a {show(inputs[0])} input to {name} {size}; it has {n}"
                raise Misfit(message, code="shape/too-small")
        added = [size - n for n, size in zip(inputs[0][1:], framed, strict=True)]
        return tuple((more // 2, more - more // 2) for more in added)

    def _reading(self, size: int, before: int, after: int) -> Reading:
        if self.mode == "constant" or before == after == 0:
            return window(1, -before, 1)
        first, last = {
            "reflect": (range(before, 0, -1), range(size - 2, size - 2 - after, -1)),
            "replicate": ((0,) * before, (size - 1,) * after),
            "circular": (range(size - before, size), range(after)),
        }[self.mode]
        parts = ((before, tuple(first)), (after, tuple(last)))
        (head, tail) = (((count, Bounds(0, places, places)),) if count else () for count, places in parts)
        return Pieces((*head, (size, POINT), *tail))

    def _check(self, sizes: list[Term], sides: tuple[tuple[int, int], ...]) -> None:
        if self.value and self.mode != "constant":
            message = f"a value needs 'mode: constant', got '{self.mode}'"
            raise Misfit(message, code="option/conflict", field="value")
        for size, pair in zip(sizes, sides, strict=True):
            most = {"reflect": size.value - 1, "circular": size.value}.get(self.mode)
            if most is not None and max(pair) > most:
                message = f"mode '{self.mode}' takes at most {most} of {size.name} {size.value} for a side"
                raise Misfit(f"{message}, got {max(pair)}", code="shape/padding", field="padding")


class Crop(Layer, frozen=True, kw_only=True):
    """The inner part of a map: without margins, of a given size, or of a second input's size.

    Rule:
        margins: output = N - before - after per axis
        size, or a second input: the centre, floor((N - size)/2) from the start

    Example:
        {type: crop, size: 56}

    Reference:
        Ronneberger, Fischer, Brox, U-Net, arXiv:1505.04597, Fig. 1 ("copy and crop").
    """

    family: ClassVar[str] = "resize"
    arity: ClassVar[tuple[int, int]] = SIZED
    ranks: ClassVar[tuple[int, ...]] = WITH_PLACES
    values_from: ClassVar[int | None] = 1

    margins: Annotated[
        Sides | None, Meta(description="what to cut: a number, one per axis, or [top, bottom, left, right]")
    ] = None
    size: Annotated[Extent | None, Meta(description="size to keep: one number, or one per axis")] = None

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (channels, what is kept per axis)."""
        channels, *sizes = same_sizes(inputs[0])
        if self.margins is not None:
            cuts = zip(sizes, self.cuts(inputs), strict=True)
            return channels, *(n - term("before", a) - term("after", b) for n, (a, b) in cuts)
        self.cuts(inputs)
        kept = target(self.size, inputs)
        if self.size is None:
            return channels, *kept
        return channels, *(term(n.name, size.value) for n, size in zip(sizes, kept, strict=True))

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return a shift."""
        return tuple(window(1, before, 1) for before, _ in self.cuts(inputs))

    def cuts(self, inputs: tuple[Shape, ...]) -> tuple[tuple[int, int], ...]:
        """Return how much is cut off before and after, per axis."""
        check_given("crop", inputs, margins=self.margins, size=self.size)
        sizes = inputs[0][1:]
        if self.margins is not None:
            cuts = sides_of(self.margins, len(sizes), "margins")
            field, kept = "margins", tuple(n - a - b for n, (a, b) in zip(sizes, cuts, strict=True))
        else:
            field, kept = "size", tuple(size.value for size in target(self.size, inputs))
            cuts = tuple(((n - k) // 2, n - k - (n - k) // 2) for n, k in zip(sizes, kept, strict=True))
        for name, n, k in zip(rank_of(inputs[0]).axes[1:], sizes, kept, strict=True):
            if not 1 <= k <= n:
                message = f"cannot cut a {show(inputs[0])} input to {name} {k}; it has {n}"
                raise Misfit(message, code="shape/too-small", field=field)
        return cuts


def _resampled(first: int, step: int, outputs: int, halves: int, *, neighbour: bool) -> Bounds:
    """Return the bounds of reading at (first/halves + o·step)/outputs.

    ``neighbour``: between two rows both are read.
    """
    shared = gcd(step, outputs)
    advance, period = step // shared, outputs // shared
    places = [(first + o * step * halves, outputs * halves) for o in range(period)]
    low = tuple(place // whole for place, whole in places)
    return Bounds(advance, low, tuple(-(-place // whole) for place, whole in places) if neighbour else low)
