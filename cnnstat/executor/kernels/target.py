"""The size that a layer gives its output: as an option says, or that of a second input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cnnstat.executor.axes import per_axis

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array


def wanted(x: Array, others: list[Array], size: Any, *rest: Any) -> tuple[int, ...] | None:
    """Return the size per axis that an option gives or a second input has.

    None where an option among `rest` says it otherwise.

    Raises:
        ValueError: it is given not at all or twice, or the second input has other axes.
    """
    if [*(each is not None for each in (size, *rest)), bool(others)].count(True) != 1:
        raise ValueError("the size is given by one option or by a second input, and by one of them")
    if others and others[0].ndim != x.ndim:
        raise ValueError(f"a second input of {others[0].ndim - 2} axes for {x.ndim - 2}")
    if others:
        return others[0].shape[2:]
    return None if size is None else per_axis(size, x.ndim - 2)


def lent(others: list[Array]) -> tuple[tuple[int, ...], ...]:
    """Return the shapes of inputs that lend their size."""
    return tuple(other.shape for other in others)


def none_of(shapes: tuple[tuple[int, ...], ...], dy: Array) -> tuple[Array, ...]:
    """Return the gradients of inputs that lend their size: nothing follows from their values."""
    return tuple(np.zeros(shape, dy.dtype) for shape in shapes)
