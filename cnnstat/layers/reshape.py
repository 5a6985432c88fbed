"""Layers that rearrange numbers and change none."""

from __future__ import annotations

from math import prod
from typing import Annotated, ClassVar, TypeAlias

from msgspec import Meta

from cnnstat.base.arithmetic import Term, product, term
from cnnstat.base.axes import RANKS
from cnnstat.base.errors import Misfit
from cnnstat.base.limits import MAX_SIZE
from cnnstat.layers.base import (
    GATHERED,
    STREWN,
    UNKNOWN,
    Count,
    Footprint,
    Index,
    Layer,
    Shape,
    same_sizes,
    show,
    size_of,
)
from cnnstat.layers.footprint import POINT, Bounds, Folded, window

Sizes: TypeAlias = Annotated[
    tuple[Annotated[int, Meta(ge=-1, le=MAX_SIZE)], ...], Meta(min_length=1, max_length=len(RANKS))
]
"""Sizes of a shape: -1 for one that is worked out, 0 for one that is the input's."""


class Identity(Layer, frozen=True, kw_only=True):
    """The input as it is.

    Rule:
        output = input

    Example:
        {type: identity, name: shortcut, from: input}

    Reference:
        He, Zhang, Ren, Sun, arXiv:1512.03385, section 3.2.
    """

    family: ClassVar[str] = "reshape"
    keeps_zeros: ClassVar[bool] = True
    pointwise: ClassVar[bool] = True


class Flatten(Layer, frozen=True, kw_only=True):
    """All numbers in one vector, channel after channel.

    Rule:
        output = channels·height·width

    Example:
        {type: flatten}

    Reference:
        Row-major order, as in NumPy and PyTorch.
    """

    family: ClassVar[str] = "reshape"

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (the product of all sizes,)."""
        return (product(same_sizes(inputs[0])),)

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say that channels of one place become numbers apart."""
        return STREWN

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the place that each number was at."""
        return folded(inputs[0])


class Reshape(Layer, frozen=True, kw_only=True):
    """The same numbers in the same order under another shape.

    One size may be -1, which is worked out; 0 is the size that the input has there. With a second input in
    place of `shape:` the result has its positions, and the channels are worked out.

    Rule:
        the product of the sizes stays the same

    Example:
        {type: reshape, shape: [16, 5, 5]}

    Reference:
        Row-major order, as in NumPy and PyTorch; 0 as in ONNX.
    """

    family: ClassVar[str] = "reshape"
    arity: ClassVar[tuple[int, int]] = (1, 2)
    values_from: ClassVar[int | None] = 1

    shape: Annotated[
        Sizes | None,
        Meta(description="the new shape of one sample; at most one -1, and 0 for a size that stays"),
    ] = None

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the new shape."""
        wanted = self._wanted(inputs)
        numbers, fixed = prod(inputs[0]), prod(size for size in wanted if size > 0)
        free = wanted.count(-1)
        if free > 1:
            message = f"sizes are 0 or more, and at most one of them is -1, got {list(wanted)}"
            raise Misfit(message, field="shape")
        if (free and numbers % fixed) or (not free and numbers != fixed):
            held = f"{show(inputs[0])} holds {numbers:,} numbers"
            meant = f"{list(wanted)} {'needs a multiple of' if free else 'holds'} {fixed:,}"
            raise Misfit(f"{held}, {meant}", code="shape/mismatch", field="shape")
        return same_sizes(tuple(size if size > 0 else numbers // fixed for size in wanted))

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say that channels of one place become numbers apart."""
        return STREWN

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the positions where they stay; unknown where axes are folded anew."""
        out = size_of(self.sizes(inputs))
        if out == inputs[0]:
            return Layer.footprint(self, inputs)
        return folded(inputs[0]) if len(out) == 1 else UNKNOWN

    def _wanted(self, inputs: tuple[Shape, ...]) -> Shape:
        """Return the sizes that are asked for, with at most one -1."""
        given = [self.shape is not None, len(inputs) == 2]
        if sum(given) != 1:
            code = "option/conflict" if any(given) else "option/missing"
            raise Misfit("reshape needs one of 'shape:' and a second input", code=code)
        if self.shape is None:
            return -1, *inputs[1][1:]
        return copied(self.shape, inputs[0])


def copied(sizes: tuple[int, ...], shape: Shape) -> Shape:
    """Return sizes with those of a shape where a 0 stands.

    Raises:
        Misfit: there is no size to copy.
    """
    if 0 in sizes[len(shape) :]:
        message = f"a 0 copies the size of an axis, but {show(shape)} has {len(shape)}, got {list(sizes)}"
        raise Misfit(message, code="shape/rank", field="shape")
    return tuple(size or shape[place] for place, size in enumerate(sizes))


class Permute(Layer, frozen=True, kw_only=True):
    """The axes in another order.

    Rule:
        axis i of the output is axis order[i] of the input; channels are axis 0

    Example:
        {type: permute, order: [0, 2, 1]}

    Reference:
        torch.permute without the batch axis.
    """

    family: ClassVar[str] = "reshape"

    order: Annotated[
        tuple[Index, ...],
        Meta(min_length=1, max_length=len(RANKS), description="input axes in their new order"),
    ]

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the sizes in the new order."""
        if sorted(self.order) != list(range(len(inputs[0]))):
            message = (
                f"the order names each of the axes 0 to {len(inputs[0]) - 1} once, got {list(self.order)}"
            )
            raise Misfit(message, code="shape/rank", field="order")
        return same_sizes(tuple(inputs[0][axis] for axis in self.order))

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say that channels may become places."""
        return STREWN

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the positions where axes stay in place, else unknown."""
        return Layer.footprint(self, inputs) if list(self.order) == sorted(self.order) else UNKNOWN


class ChannelShuffle(Layer, frozen=True, kw_only=True):
    """Channels dealt out anew, so that groups mix: the i-th of each group, then the next of each.

    Rule:
        channels as a table of groups by channels/groups, transposed

    Example:
        {type: channel_shuffle, groups: 2}

    Reference:
        Zhang, Zhou, Lin, Sun, ShuffleNet, arXiv:1707.01083, section 3.1.
    """

    family: ClassVar[str] = "reshape"

    groups: Annotated[Count, Meta(description="number of groups of channels")]

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the input's shape."""
        if inputs[0][0] % self.groups:
            message = f"{inputs[0][0]} channels cannot be split into {self.groups} equal groups"
            raise Misfit(message, code="shape/groups", field="groups")
        return same_sizes(inputs[0])

    def period(self, inputs: tuple[Shape, ...]) -> int:
        """Return the groups of a vector's numbers."""
        return self.groups if len(inputs[0]) == 1 else 1

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the position itself; of a vector the number that was dealt out."""
        if len(inputs[0]) > 1:
            return Layer.footprint(self, inputs)
        dealt = tuple(range(0, inputs[0][0], inputs[0][0] // self.groups))
        return (Bounds(1, dealt, dealt),)


class _Shuffle(Layer, frozen=True, kw_only=True):
    """An exchange between channels and positions."""

    family: ClassVar[str] = "reshape"
    ranks: ClassVar[tuple[int, ...]] = (2,)

    factor: Annotated[int, Meta(ge=1, le=1024, description="how much height and width change")]


class PixelShuffle(_Shuffle, frozen=True, kw_only=True):
    """Channels become positions: (C·r·r, H, W) becomes (C, H·r, W·r).

    Rule:
        output = (channels/factor², height·factor, width·factor)

    Example:
        {type: pixel_shuffle, factor: 2}

    Reference:
        Shi et al., arXiv:1609.05158, section 3.2.
    """

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (channels/factor², the sizes times the factor)."""
        channels, *rest = same_sizes(inputs[0])
        if channels.value % self.factor**2:
            message = f"{channels.value} channels are not a multiple of {self.factor}·{self.factor}"
            raise Misfit(message, code="shape/groups", field="factor")
        factor = term("factor", self.factor)
        return channels.over(factor * factor), *(size * factor for size in rest)

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say that channels of one place become a block of places."""
        return STREWN

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the position each block of outputs comes from."""
        return (Bounds(1, (0,) * self.factor, (0,) * self.factor),) * 2


class PixelUnshuffle(_Shuffle, frozen=True, kw_only=True):
    """Positions become channels: (C, H·r, W·r) becomes (C·r·r, H, W). YOLOv2's passthrough.

    Rule:
        output = (channels·factor², height/factor, width/factor)

    Example:
        {type: pixel_unshuffle, factor: 2}

    Reference:
        Redmon and Farhadi, arXiv:1612.08242, section 2; Shi et al., arXiv:1609.05158, section 3.2.
    """

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (channels·factor², the sizes divided by the factor)."""
        channels, *rest = same_sizes(inputs[0])
        if any(size.value % self.factor for size in rest):
            message = f"{show(inputs[0][1:])} is not a multiple of {self.factor} on both axes"
            raise Misfit(message, code="shape/mismatch", field="factor")
        factor = term("factor", self.factor)
        return channels * factor * factor, *(size.over(factor) for size in rest)

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say that places of a block become channels of one place."""
        return GATHERED

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the block each output gathers."""
        return (window(self.factor, 0, self.factor),) * 2


def folded(shape: Shape) -> Footprint:
    """Return the place that each number of a flattened input was at, per axis."""
    if len(shape) == 1:
        return (POINT,)
    return tuple(Folded(prod(shape[axis + 1 :]), shape[axis]) for axis in range(1, len(shape)))
