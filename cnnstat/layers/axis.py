"""The axis that a layer is about, by its name, and what its units read of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from msgspec import Meta

from cnnstat.base.arithmetic import Term, product
from cnnstat.base.axes import RANKS, rank_of
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import WHOLE, Footprint, Shape, places, same_sizes, show
from cnnstat.layers.footprint import POINT, all_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.layers.footprint import Reading

NAMES = ("channels", *dict.fromkeys(name for rank in reversed(RANKS) for name in rank.axes[1:]))
"""The names of all axes; the numbers of a vector are its channels."""
ANY_AXIS = f"{', '.join(NAMES[:-1])} or {NAMES[-1]}"

if TYPE_CHECKING:
    AxisName: TypeAlias = str
else:
    AxisName = Literal[NAMES]

AxisOption = Annotated[AxisName, Meta(description=f"which axis: {ANY_AXIS}")]


def place_of(axis: str, shape: Shape, field: str = "axis") -> int:
    """Return the number of a named axis among the sizes of a shape; 0 are the channels.

    Raises:
        Misfit: the shape has no axis of that name.
    """
    names = ("channels", *rank_of(shape).axes[1:])
    if axis not in names:
        raise Misfit(f"an input of {show(shape)} has no {axis}", code="shape/rank", field=field)
    return names.index(axis)


def rows(shape: Shape, place: int) -> Term:
    """Return how many rows of numbers there are along one axis."""
    sizes = same_sizes(shape)
    return product((*sizes[:place], *sizes[place + 1 :]))


def resized(shape: Shape, place: int, size: Term) -> tuple[Term, ...]:
    """Return the sizes of a shape with another one along one axis."""
    sizes = same_sizes(shape)
    return (*sizes[:place], size, *sizes[place + 1 :])


def read_along(shape: Shape, readings: Mapping[int, Reading]) -> Footprint:
    """Return the footprint of units that read such positions along some axes, and their own along others.

    What is read of the channels is no matter of place, but in a vector.
    """
    first = min(1, len(shape) - 1)
    each = tuple(readings.get(place, POINT) for place in range(first, len(shape)))
    everything = all(reading == all_of(size) for reading, size in zip(each, places(shape), strict=True))
    return WHOLE if everything else each
