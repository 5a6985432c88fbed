"""The axes of arrays, (N, C, ...positions): their names, and what an option says for each.

The calculator has a table of its own: what both halves know is known twice, for their agreement is the proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.executor.expression import Expression
    from cnnstat.executor.kernel import Array

Part = TypeVar("Part")

POSITIONS: dict[int, tuple[str, ...]] = {
    0: (),
    1: ("length",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}
"""The axes behind batch and channels, by how many there are: what may have more is one more line."""

ANY = tuple(POSITIONS)
"""However many axes of positions there are."""
PLACED = ANY[1:]
"""At least one: windows, bins and frames need places."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One of `rank` axes of positions, counted from 0."""

    number: int
    rank: int

    @property
    def name(self) -> str:
        """What an author calls it."""
        return POSITIONS[self.rank][self.number]


def axis_named(name: str, x: Array) -> int:
    """Return which axis of x an author means.

    Raises:
        ValueError: x has none of that name.
    """
    names = ("channels", *POSITIONS.get(x.ndim - 2, ()))
    if name not in names:
        raise ValueError(f"samples of shape {x.shape[1:]} have no {name}, only {', '.join(names)}")
    return 1 + names.index(name)


def check_axes(x: Array, axes: tuple[int, ...]) -> None:
    """Refuse an array that has another number of axes of positions.

    Raises:
        ValueError: it has.
    """
    if x.ndim - 2 not in axes:
        wanted = " or ".join(str(number) for number in axes)
        raise ValueError(f"needs {wanted} axes of positions, got samples of shape {x.shape[1:]}")


def width(option: int | Expression, channels: int) -> int:
    """Return a number of channels, as it is given or as it follows from those of the input.

    Raises:
        ValueError: it follows that it is no whole number of at least 1.
    """
    if isinstance(option, int):
        return option
    value = option.of(channels)
    if value.denominator != 1 or value < 1:
        raise ValueError(f"{option.text} is {value} for {channels} channels, not a whole number above 0")
    return int(value)


def per_axis(option: Any, rank: int) -> tuple[int, ...]:
    """Return one number per axis from a number or a tuple with one per axis."""
    values = (option,) * rank if isinstance(option, int) else tuple(option)
    if len(values) != rank:
        raise ValueError(f"{len(values)} numbers for {rank} axes: {option}")
    return values


def both_sides(option: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """Return (before, after) per axis from a number, one number per axis, or both sides of each axis."""
    if not isinstance(option, int) and len(option) == 2 * rank:
        return tuple(zip(option[::2], option[1::2], strict=True))
    return tuple((each, each) for each in per_axis(option, rank))


def spatial(x: Array) -> tuple[int, ...]:
    """Return the axes behind batch and channels."""
    return tuple(range(2, x.ndim))


def inwards(parts: Sequence[Part]) -> list[tuple[int, Part]]:
    """Pair what there is for each axis of positions with its number, the last axis first."""
    return list(enumerate(parts, 2))[::-1]


def at(axis: int, *index: Any) -> tuple[Any, ...]:
    """Return what picks `index` from one axis on, and everything on the axes before it."""
    return (*(slice(None),) * axis, *index)


def per_channel(v: Array, x: Array) -> Array:
    """View a vector (C,) so that it meets the channels of x."""
    y: Array = v.reshape(-1, *(1,) * (x.ndim - 2))
    return y


def add_bias(y: Array, bias: Array) -> Array:
    """Add a number per channel to y, a fresh array: in place unless the type of the bias is wider."""
    if np.can_cast(bias.dtype, y.dtype):
        y += per_channel(bias, y)
        return y
    return y + per_channel(bias, y)
