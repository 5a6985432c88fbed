"""Input sizes one after another: height and width grow together, or a signal's length alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.base.axes import RANKS
from cnnstat.base.errors import ArgumentError
from cnnstat.base.limits import MAX_SWEEP, MAX_SWEPT_LAYERS
from cnnstat.layers.base import show

if TYPE_CHECKING:
    from cnnstat.graph.model import Graph

Size: TypeAlias = tuple[int, ...]
"""Height and width, a length, or depth, height and width: the input's shape without its channels."""

_SEARCHED_LAYERS = 600_000
"""Layers of all sizes that are tried when none is asked for: seconds, if many of them are alike."""


class Steps(Struct, frozen=True):
    """``count`` sizes: the ``first``, and each larger by ``step`` than the one before, on every axis."""

    first: Size
    step: int
    count: int

    @property
    def sizes(self) -> tuple[Size, ...]:
        """Return the sizes in order."""
        return tuple(grown(self.first, self.step * number) for number in range(self.count))


def grown(size: Size, by: int) -> Size:
    """Return a size with every axis larger by as much."""
    return tuple(axis + by for axis in size)


def every_size(graph: Graph) -> Steps:
    """Return the sizes to search when none is asked for: each one up to twice the network's own.

    A network of very many layers is searched less far beyond its own size. Of a network that is not
    square, height and width keep their difference.
    """
    own = graph.input_shape[1:]
    first = grown(own, 1 - min(own))
    most = max(min(own), min(2 * min(own), _SEARCHED_LAYERS // len(graph.layers)))
    return Steps(first, 1, min(most, limit(graph)))


def between(graph: Graph, first: Size | None, last: Size | None, step: int | None) -> Steps:
    """Return the sizes from ``first`` to ``last``; what is None is as when nothing is asked for.

    A single number stands for every axis.

    Raises:
        ArgumentError: there is no size between, there are too many, or they are none of this input, which
            may be a vector.
    """
    own = graph.input_shape[1:]
    if not own:
        raise ArgumentError(f"the input of {graph.spec.name} is a vector, which has no size to vary")
    step = step or 1
    every = every_size(graph)
    # A step alone counts from itself: 32, 64, 96.
    start = _on_axes(first, own) if first else (every.first if step == 1 else grown(every.first, step - 1))
    end = _on_axes(last, own) if last else tuple(map(max, start, grown(every.first, every.count - 1)))
    room = min(high - low for low, high in zip(start, end, strict=True))
    if room < 0:
        raise ArgumentError(f"there is no size from {show(start)} to {show(end)}")
    steps = Steps(start, step, room // step + 1)
    _check(steps, graph)
    return steps


def limit(graph: Graph) -> int:
    """Return how many sizes of this network one sweep may try."""
    return max(1, min(MAX_SWEEP, MAX_SWEPT_LAYERS // len(graph.layers)))


def _on_axes(size: Size, own: Size) -> Size:
    if len(size) == 1:
        return size * len(own)
    if len(size) != len(own):
        *others, last = RANKS[len(own)].axes[1:]
        wanted = f"{', '.join(others)} and {last}" if others else f"a {last} only"
        raise ArgumentError(f"{show(size)} has {len(size)} sizes, but the input has {wanted}")
    return size


def _check(steps: Steps, graph: Graph) -> None:
    most = limit(graph)
    if steps.count > most:
        of = "" if most == MAX_SWEEP else f" of a network of {len(graph.layers):,} layers"
        raise ArgumentError(
            f"{steps.count:,} sizes are too many: at most {most:,}{of} are tried; take a larger step"
        )
