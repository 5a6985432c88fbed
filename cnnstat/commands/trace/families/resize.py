"""Layers that change the size of a map, or take a part of it: what a unit reads, it is, or a mean of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.trace.along import Listed, Slide, Tap, by_reading, same, tap
from cnnstat.commands.trace.families.sums import Sum
from cnnstat.commands.trace.grid import Grid
from cnnstat.layers.axis import place_of
from cnnstat.layers.base import per_axis
from cnnstat.layers.footprint import Pieces

if TYPE_CHECKING:
    from cnnstat.commands.trace.along import Along
    from cnnstat.commands.trace.layer_run import LayerRun


def _read(run: LayerRun, number: int) -> tuple[Grid, ...]:
    """Return what the footprint says; an input that lends its size is not read."""
    if number:
        return ()
    footprint, shape = run.layer.footprint(run.shapes), run.shapes[0]
    assert not isinstance(footprint, str)
    axes: list[Along] = []
    for axis, (n, out) in enumerate(zip(shape, run.shape, strict=True)):
        reading = footprint[axis - 1] if axis and len(shape) > 1 else None
        if reading is None:
            axes.append(same(n))
        elif isinstance(reading, Pieces):
            axes.append(by_reading(reading, n, out))
        else:
            axes.append(Slide(n, out, before=-reading.read(0)[0]))
    return (Grid(tuple(axes)),)


def _outside(run: LayerRun) -> float:
    value: float = run.options.value
    return value


def _part(run: LayerRun, number: int) -> tuple[Grid, ...]:
    """Return the places of one axis from a first one on."""
    own, options = place_of(run.options.axis, run.shapes[0]), run.options
    pairs = enumerate(zip(run.shapes[0], run.shape, strict=True))
    parts = getattr(options, "parts", None)
    start = options.start if parts is None else options.take * (run.shapes[0][own] // parts)
    return (Grid(tuple(Slide(n, out, before=-start if axis == own else 0) for axis, (n, out) in pairs)),)


def _shortcut(run: LayerRun, number: int) -> tuple[Grid, ...]:
    """Return every stride-th place; channels beyond those of the input are empty."""
    shape = run.shapes[0]
    strides = per_axis(run.options.stride, len(shape) - 1, "stride")
    slides = (Slide(n, out, stride=by) for n, out, by in zip(shape[1:], run.shape[1:], strides, strict=True))
    return (Grid((Slide(shape[0], run.shape[0]), *slides)),)


def _interpolated(run: LayerRun, number: int) -> tuple[Grid, ...]:
    """Return the neighbours of each place, weighed by how near they are."""
    if number:
        return ()
    pairs = zip(run.shapes[0][1:], run.shape[1:], strict=True)
    options = run.options
    axes = (_neighbours(n, out, options.mode == "nearest", options.align_corners) for n, out in pairs)
    return (Grid((same(run.shape[0]), *axes)),)


def _neighbours(size: int, outputs: int, nearest: bool, align: bool) -> Along:
    """Return the place that an output stands at, or both places around it: PyTorch's `interpolate`."""

    def listed(output: int) -> list[Tap]:
        if nearest:
            return [tap(output * size // outputs, 0, size)]
        # Exact halves in integers: above and below the line.
        if align:
            above, below = output * (size - 1), max(outputs - 1, 1)
        else:
            above, below = max((2 * output + 1) * size - outputs, 0), 2 * outputs
        low, rest = divmod(above, below)
        if not rest or low + 1 >= size:
            return [tap(min(low, size - 1), 0, size)]
        return [tap(low, 0, size, (below - rest) / below), tap(low + 1, 1, size, rest / below)]

    return Listed(size, outputs, listed)


UPSAMPLE = Sum(_interpolated, what="nearness")
PAD = Sum(_read, outside=_outside)
CROP = Sum(_read)
PART = Sum(_part)
SHORTCUT = Sum(_shortcut)
