"""A spec -> Sweep: what `cnnstat.sizes` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.analyze import checked_settings
from cnnstat.base.arguments import check_count, check_shape
from cnnstat.base.errors import ArgumentError
from cnnstat.base.limits import MAX_SIZE, is_size
from cnnstat.commands.sizes.size_range import between
from cnnstat.commands.sizes.size_search import sweep
from cnnstat.graph.load import loaded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cnnstat.commands.sizes.size_search import Sweep
    from cnnstat.graph.model import Graph


def sizes(
    spec: Graph | str | Path,
    *,
    params: Mapping[str, object] | None = None,
    input_shape: tuple[int, ...] | None = None,
    first: int | tuple[int, ...] | None = None,
    last: int | tuple[int, ...] | None = None,
    step: int | None = None,
    batch: int = 1,
    dtype: str = "float32",
    strict: bool = False,
) -> Sweep:
    """Try a network at other input sizes: which it accepts, what each costs, and who refuses the others.

    ``first`` and ``last`` are height and width, a length, or one number for every axis; without them, each
    size up to twice the network's own is tried. ``input_shape`` is what counts as the network's own input.
    The rest is as for `analyze`.

    Raises:
        SpecError: the spec is wrong, or neither its own size nor any other is accepted.
        ValueError: an argument is out of range, or there are no such sizes or too many.
    """
    graph = loaded(spec, params)
    if input_shape is not None:
        check_shape(input_shape)
    if step is not None:
        check_count("step", step)
    settings = checked_settings(batch, dtype)
    shape = input_shape or graph.spec.input_shape
    steps = between(graph, shape[1:], _size("first", first), _size("last", last), step)
    return sweep(graph, steps, input_shape=shape, strict=strict, settings=settings)


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
