"""A spec -> Sweep: what `cnnstat.sizes` does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from cnnstat.analysis.settings import Options, settled
from cnnstat.base.arguments import check_count
from cnnstat.base.errors import ArgumentError
from cnnstat.base.limits import MAX_SIZE, is_size
from cnnstat.commands.sizes.size_range import between
from cnnstat.commands.sizes.size_search import sweep

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.commands.sizes.size_search import Sweep
    from cnnstat.graph.model import Graph


def sizes(
    spec: Graph | str | Path,
    *,
    first: int | tuple[int, ...] | None = None,
    last: int | tuple[int, ...] | None = None,
    step: int | None = None,
    **options: Unpack[Options],
) -> Sweep:
    """Try a network at other input sizes: which it accepts, what each costs, and who refuses the others.

    ``first`` and ``last`` are height and width, a length, or one number for every axis; without them, each
    size up to twice the network's own is tried. The other keywords are those of `analyze`; ``input_shape``
    is what counts as the network's own input.

    Raises:
        SpecError: the spec is wrong, or neither its own size nor any other is accepted.
        ValueError: an argument is out of range, or there are no such sizes or too many.
    """
    graph, settings = settled(spec, options)
    if step is not None:
        check_count("step", step)
    steps = between(graph, _size("first", first), _size("last", last), step)
    return sweep(graph, steps, settings)


def _size(name: str, size: int | tuple[int, ...] | None) -> tuple[int, ...] | None:
    """Return a size as a tuple.

    Raises:
        ArgumentError: it has no axis, or one is out of range.
    """
    axes = (size,) if isinstance(size, int) else size
    good = isinstance(axes, tuple) and axes and all(map(is_size, axes))
    if axes is not None and not good:
        raise ArgumentError(f"{name}: expected one size or a tuple, from 1 to {MAX_SIZE:,}, got {size!r}")
    return axes
