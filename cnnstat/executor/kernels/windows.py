"""The walk of a window over an axis, and arrays viewed through it.

Nothing here divides to find a size. The cells where windows start are enumerated and counted, views are cut
by slicing, and sizes are read from what comes out. The calculator finds the same sizes by formula; the two
look alike and must stay apart, for their agreement is what a verification verifies.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnstat.executor.axes import at, both_sides, per_axis

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array, Options


@dataclass(frozen=True, slots=True)
class Walk:
    """Windows on one axis of `length` cells behind `before` cells of padding.

    `starts` are the cells where windows start, counted from the first cell of the padding; `taps` are the
    cells a window reads, counted from its start.
    """

    length: int
    before: int
    after: int
    starts: range
    taps: range

    @property
    def span(self) -> tuple[int, int]:
        """The first cell that a window reads and the one behind the last, from the first real cell on."""
        return self.starts[0] - self.before, self.starts[-1] + self.taps[-1] + 1 - self.before

    @property
    def plain(self) -> bool:
        """Whether window i is cell i and nothing else."""
        return len(self.taps) == 1 and self.starts == range(self.length) and not self.before

    def part(self, first: int, last: int) -> Walk:
        """Return the walk of some of the windows."""
        return Walk(self.length, self.before, self.after, self.starts[first:last], self.taps)

    def mirrored(self) -> Walk | None:
        """Return the walk over the windows, one for each cell, that gathers the cells' gradients.

        Cell c is read through tap t by window c + before - t: the same taps in reverse, over windows padded
        by what is left of the extent. Only for a walk with as many windows as cells, for only then the way
        back costs what the way there did.
        """
        before = self.taps[-1] - self.before
        if self.starts != range(self.length) or before < 0:
            return None
        return Walk(self.length, before, self.before, self.starts, self.taps)

    @property
    def blank(self) -> int:
        """How many windows read no real cell."""
        read = np.zeros(len(self.starts), bool)
        for tap in self.reaching:
            windows, _ = self.inside(tap)
            read[windows] = True
        return int((~read).sum())

    @property
    def reaching(self) -> range:
        """The taps that may read a real cell: a window far wider than the axis has few of them."""
        first = bisect_left(self.taps, self.before - self.starts[-1])
        return self.taps[first : bisect_left(self.taps, self.before + self.length - self.starts[0])]

    def inside(self, tap: int) -> tuple[slice, slice]:
        """Return the windows that read a real cell through one tap, and these cells."""
        behind = tap - self.before
        cells = range(self.starts[0] + behind, self.starts[-1] + behind + 1, self.starts.step)
        first, last = bisect_left(cells, 0), bisect_left(cells, self.length)
        if first >= last:
            return slice(0, 0), slice(0, 0)
        return slice(first, last), slice(cells[first], cells[last - 1] + 1, cells.step)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the windows of a convolution are, and in how many groups the channels are split."""

    walks: tuple[Walk, ...]
    groups: int

    @property
    def taps(self) -> tuple[int, ...]:
        """Cells in a window of one channel, along each axis."""
        return tuple(len(each.taps) for each in self.walks)

    @property
    def size(self) -> tuple[int, ...]:
        """Windows along each axis."""
        return tuple(len(each.starts) for each in self.walks)

    @property
    def plain(self) -> bool:
        """Whether each window is one cell, in place: a 1x1 convolution of stride 1."""
        return all(each.plain for each in self.walks)


@lru_cache(maxsize=4096)
def walk(
    length: int, kernel: int, stride: int, dilation: int, sides: tuple[int, int] | None, rounding: str
) -> Walk:
    """Walk one axis. `sides` is the padding before and after, None for "same" (TensorFlow's rule).

    Rounding "ceil" adds the window that would hang over the end, unless it starts behind the last real cell
    (Caffe's and PyTorch's rule); "exact" refuses cells that no window covers.
    """
    taps = range(0, kernel * dilation, dilation)
    extent = taps[-1] + 1
    if sides is None:
        missing = max(range(0, length, stride)[-1] + extent - length, 0)
        sides = missing // 2, missing - missing // 2
    before, after = sides
    end = before + length + after
    starts = range(0, end - extent + (stride if rounding == "ceil" else 1), stride)
    if not starts:
        raise ValueError(f"a window of {extent} exceeds the padded input of {end}")
    if rounding == "ceil" and starts[-1] + extent > end and starts[-1] >= before + length:
        starts = starts[:-1]
    if rounding == "exact" and starts[-1] + extent != end:
        raise ValueError(f"windows of {extent}, {stride} apart, do not end at the end of {end}")
    return Walk(length, before, after, starts, taps)


def walks(x: Array, options: Options) -> tuple[Walk, ...]:
    """Walk every axis behind batch and channels with the options of a convolution or a pool."""
    lengths = x.shape[2:]
    rank = len(lengths)
    kernel = per_axis(options["kernel"], rank)
    stride = kernel if options["stride"] is None else per_axis(options["stride"], rank)
    dilation = per_axis(options.get("dilation", 1), rank)
    padding = options.get("padding", 0)
    sides: tuple[tuple[int, int] | None, ...] = (
        (None,) * rank if padding == "same" else both_sides(0 if padding == "valid" else padding, rank)
    )
    rounding = options.get("rounding", "floor")
    return tuple(walk(*axis, rounding) for axis in zip(lengths, kernel, stride, dilation, sides, strict=True))


def frame(x: Array, walked: tuple[Walk, ...]) -> Array:
    """Return the cells that windows over the last axes of x read, with zeros for those of padding.

    A view of x where no window reads padding.
    """
    lead = x.ndim - len(walked)
    spans = [w.span for w in walked]
    real = [_within(first, last, w.length) for (first, last), w in zip(spans, walked, strict=True)]
    cells: Array = x[at(lead, *real)]
    shape = (*x.shape[:lead], *(last - first for first, last in spans))
    if cells.shape == shape:
        return cells
    y = np.zeros(shape, x.dtype)
    y[at(lead, *(slice(r.start - a, r.stop - a) for r, (a, _) in zip(real, spans, strict=True)))] = cells
    return y


def _within(first: int, last: int, length: int) -> slice:
    """Return the part of a span that is on an axis: none of it where all is padding."""
    start = min(max(first, 0), length)
    return slice(start, max(min(last, length), start))


def view(framed: Array, grid: Grid) -> Array:
    """See the windows of a frame (N, C, ...) as (N, C, *taps, *windows), without a copy."""
    shape = (*framed.shape[:2], *grid.taps, *grid.size)
    walked = list(zip(framed.strides[2:], grid.walks, strict=True))
    taps, starts = ([s * w.taps.step for s, w in walked], [s * w.starts.step for s, w in walked])
    return as_strided(framed, shape, (*framed.strides[:2], *taps, *starts), writeable=False)


def fold(operation: Any, x: Array, walked: Walk, axis: int, empty: float) -> Array:
    """Join the cells of every window along one axis by a sum or a maximum; padding is never touched.

    A sum or a maximum starts with `empty`.
    """
    inside = (walked.inside(tap) for tap in walked.reaching)
    taps = sorted(inside, key=lambda pair: pair[0].start - pair[0].stop)
    count = len(walked.starts)
    if taps and taps[0][0] == slice(0, count):
        y: Array = x[at(axis, taps.pop(0)[1])].copy()
    else:
        y = np.full((*x.shape[:axis], count, *x.shape[axis + 1 :]), empty, x.dtype)
    for windows, cells in taps:
        part = y[at(axis, windows)]
        operation(part, x[at(axis, cells)], out=part)
    return y


def total(x: Array, walked: Walk, axis: int) -> Array:
    """Sum every window along one axis; padding counts as zero."""
    return fold(np.add, x, walked, axis, 0)


def share(dy: Array, walked: Walk, axis: int) -> Array:
    """Give every cell along one axis the sum over the windows that read it: the way back from `total`."""
    dx = np.zeros((*dy.shape[:axis], walked.length, *dy.shape[axis + 1 :]), dy.dtype)
    for tap in walked.reaching:
        windows, cells = walked.inside(tap)
        dx[at(axis, cells)] += dy[at(axis, windows)]
    return dx


def collect(dy: Array, source: Array, length: int, axis: int) -> Array:
    """Add up along one axis values read from the same cell: the way back from `np.take(x, source, axis)`."""
    order = np.argsort(source, kind="stable")
    cells, firsts = np.unique(source[order], return_index=True)
    dx = np.zeros((*dy.shape[:axis], length, *dy.shape[axis + 1 :]), dy.dtype)
    dx[at(axis, cells)] = np.add.reduceat(np.take(dy, order, axis), firsts, axis)
    return dx
