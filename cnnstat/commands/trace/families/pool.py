"""Pools: the mean or the largest of a window, a bin or a whole map, and LeNet-5's trained subsampling."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from cnnstat.commands.trace.along import Slide, by_reading, same, whole, windows
from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.families.largest import Largest
from cnnstat.commands.trace.families.sums import Sum
from cnnstat.commands.trace.grid import Grid
from cnnstat.layers.axis import place_of
from cnnstat.layers.footprint import Folded, Pieces

if TYPE_CHECKING:
    from cnnstat.commands.trace.families.sums import Fixed
    from cnnstat.commands.trace.grid import Places, Taps
    from cnnstat.commands.trace.layer_run import Index, LayerRun
    from cnnstat.commands.trace.working import Working


def _windows(run: LayerRun, number: int) -> tuple[Grid, ...]:
    return (Grid((same(run.shape[0]), *windows(run.layer.window(run.shapes), run.shape[1:]))),)


def _window_share(run: LayerRun, number: int, unit: Places) -> float:
    """Return one over the cells of a window: those of the padded input, or of the input alone."""
    (grid,) = _windows(run, 0)
    counts = []
    for axis, window, taps in zip(
        grid.axes[1:], run.layer.window(run.shapes), grid.reads(unit)[1:], strict=True
    ):
        assert isinstance(axis, Slide)
        before, after = (window.before, window.after) if run.options.count_padding else (0, 0)
        counts.append(sum(-before <= each.at < axis.inputs + after for each in taps))
    return 1 / max(prod(counts), 1)


def _bins(run: LayerRun, number: int) -> tuple[Grid, ...]:
    """Return the bins of each axis; an input that lends its size has none."""
    if number:
        return ()
    footprint = run.layer.footprint(run.shapes)
    if isinstance(footprint, str):
        return (Grid((same(run.shape[0]), *map(whole, run.shapes[0][1:]))),)
    readings = zip(footprint, run.shapes[0][1:], run.shape[1:], strict=True)
    return (Grid((same(run.shape[0]), *(by_reading(*each) for each in readings))),)


def _bin_share(run: LayerRun, number: int, unit: Places) -> float:
    """Return one over the cells that a unit reads."""
    grids = ((grid, grid.places(unit)) for grid in _CUTS[run.type](run, 0))
    return next(1 / prod(map(len, grid.reads(at))) for grid, at in grids if at is not None)


@dataclass(frozen=True)
class _Level(Grid):
    """The bins of one level of a pyramid, whose outputs stand in a vector from `start` on."""

    start: int
    sizes: tuple[int, ...]

    def unit(self, places: Places) -> Places:
        """Return the number in the vector."""
        number = 0
        for place, size in zip(places, self.sizes, strict=True):
            number = number * size + place
        return (self.start + number,)

    def places(self, unit: Places) -> Places | None:
        """Return channel and bin of a number of the vector."""
        number, found = unit[0] - self.start, []
        if not 0 <= number < prod(self.sizes):
            return None
        for size in reversed(self.sizes):
            number, place = divmod(number, size)
            found.append(place)
        return tuple(reversed(found))


def _pyramid(run: LayerRun, number: int) -> tuple[Grid, ...]:
    footprint, shape = run.layer.footprint(run.shapes), run.shapes[0]
    found, start = [], 0
    for level, bins in enumerate(run.options.levels):
        sizes = (shape[0], *(bins for _ in shape[1:]))
        axes = []
        for reading, n in zip(footprint, shape[1:], strict=True):
            assert isinstance(reading, Pieces)
            folded = reading.parts[level][1]
            assert isinstance(folded, Folded)
            axes.append(by_reading(folded.then, n, bins))
        found.append(_Level((same(shape[0]), *axes), start, sizes))
        start += prod(sizes)
    return tuple(found)


def _reduced(run: LayerRun, number: int) -> tuple[Grid, ...]:
    shape = run.shapes[0]
    named = {place_of(name, shape) for name in run.options.axes}
    axes = tuple(whole(n) if axis in named else same(n) for axis, n in enumerate(shape))
    return (_Kept(axes, frozenset(() if run.options.keepdims else named)),)


@dataclass(frozen=True)
class _Kept(Grid):
    """Axes of which some are dropped from the output."""

    dropped: frozenset[int]

    def unit(self, places: Places) -> Places:
        """Return the places on the axes that are kept."""
        return tuple(place for axis, place in enumerate(places) if axis not in self.dropped)

    def places(self, unit: Places) -> Places:
        """Return the places on all axes."""
        given = iter(unit)
        return tuple(0 if axis in self.dropped else next(given) for axis in range(len(self.axes)))


_CUTS = {
    "global_avg_pool": _bins,
    "adaptive_avg_pool": _bins,
    "spatial_pyramid_pool": _pyramid,
    "reduce": _reduced,
}


def _subsample_used(run: LayerRun, name: str, index: Index) -> Fixed:
    return ((index[0], None), *((None, None) for _ in run.shape[1:]))


def _subsample_weight(run: LayerRun, unit: Places, taps: Taps) -> Index:
    return (unit[0],)


MAX_POOL = Largest(_windows)
AVG_POOL = Sum(_windows, factor=_window_share, what="share")
SUBSAMPLE = Sum(_windows, _subsample_weight, _subsample_used)
MAX_BINS, AVG_BINS = Largest(_bins), Sum(_bins, factor=_bin_share, what="share")
MAX_PYRAMID, AVG_PYRAMID = Largest(_pyramid), Sum(_pyramid, factor=_bin_share, what="share")
MAX_REDUCE, AVG_REDUCE, SUM_REDUCE = (
    Largest(_reduced),
    Sum(_reduced, factor=_bin_share, what="share"),
    Sum(_reduced),
)


class ByMode(Family):
    """A family by the option `mode`."""

    def __init__(self, **families: Sum | Largest) -> None:
        self.families = families

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return a unit."""
        return self.families[run.options.mode].value(run, unit)

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return what comes back to a number."""
        return self.families[run.options.mode].share(run, number, cell)
