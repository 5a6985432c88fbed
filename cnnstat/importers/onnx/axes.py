"""Axes of a model's values, by number and by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.base.axes import MOST_AXES, rank_of
from cnnstat.importers.onnx.catalogue import Outside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.onnx.nodes.value import Value
    from cnnstat.layers.base import Shape


def index_of(index: int, size: int, what: str = "axis") -> int:
    """Return an index from 0 on; one below 0 counts from the end.

    Raises:
        Outside: there are not so many.
    """
    if not -size <= index < size:
        raise Outside(f"there is no {what} {index} of {size}")
    return index % size


def axis_name(value: Value, axis: int) -> str:
    """Return the name of an axis of a value; of one sample the first are the channels.

    Raises:
        Outside: it is the axis of samples, or there are too many.
    """
    axis = index_of(axis, len(value.shape or ()))
    if axis == value.batch:
        raise Outside("it works along the axis of samples")
    return names_of(value.sample)[value.place(axis)]


def names_of(shape: Shape) -> tuple[str, ...]:
    """Return the names of the axes of one sample.

    Raises:
        Outside: a sample has no axis, or too many.
    """
    if not 1 <= len(shape) <= MOST_AXES + 1:
        raise Outside("a layer puts out 1 to 4 axes")
    return ("channels", *rank_of(shape).axes[1:])


def compact(sizes: Sequence[Any]) -> Any:
    """Return one number for all axes where they are equal."""
    sizes = [*sizes]
    return sizes[0] if len({*sizes}) == 1 else sizes
