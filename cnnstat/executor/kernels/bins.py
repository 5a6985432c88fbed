"""Pooling over a given number of bins per axis: adaptive or sliding bins, or one for a whole map.

Bins are joined one axis after the other, the last first, for the reason given in `pool`. Along an axis there
are either few bins, and each is joined by itself, or many of few cells, and then the first cells of all bins
are joined with all second ones, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.axes import at, inwards
from cnnstat.executor.kernels.windows import collect
from cnnstat.executor.parameters import real_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.executor.kernel import Array, Context, KernelGradients, Result


@dataclass(frozen=True, slots=True)
class Cut:
    """The bins of one axis: where each starts, and how many cells it holds."""

    starts: Array
    sizes: Array

    @property
    def many(self) -> bool:
        """Whether there are more bins than any has cells."""
        return len(self.sizes) > int(self.sizes.max())

    def each(self) -> Iterator[slice]:
        """Yield the cells of one bin after the other."""
        for start, size in zip(self.starts.tolist(), self.sizes.tolist(), strict=True):
            yield slice(start, start + size)

    def taps(self) -> Iterator[tuple[Array, Array]]:
        """Yield the bins that have a first cell with these cells, then those that have a second one, ..."""
        for tap in range(int(self.sizes.max())):
            bins = np.flatnonzero(self.sizes > tap)
            yield bins, self.starts[bins] + tap


Bins = tuple[Cut, ...]
"""The bins of each axis of positions."""


def adaptive(length: int, count: int) -> Cut:
    """Share an axis among `count` bins: bin i of n holds cells floor(i·N/n) .. ceil((i + 1)·N/n) - 1.

    Each cell is cut into n crumbs, the crumbs are dealt out evenly, and a bin holds every cell it has a
    crumb of.
    """
    ends = np.arange(1, length + 1) * count
    marks = np.arange(count) * length
    firsts = np.searchsorted(ends, marks, side="right")
    lasts = np.searchsorted(ends, marks + length - 1, side="right")
    return Cut(firsts, lasts + 1 - firsts)


def sliding(length: int, count: int) -> Cut:
    """Slide a window of ceil(N/n) by floor(N/n) (He et al., Spatial pyramid pooling, 2014, section 2.3).

    Not every length gives n windows that way; where it does not, the layer does not exist.
    """
    stride, rest = divmod(length, count)
    size = stride + bool(rest)
    starts = range(0, length - size + 1, stride) if stride else range(0)
    if len(starts) != count:
        raise ValueError(
            f"a window of {size} sliding by {stride} over {length} gives {len(starts)} bins, not {count}"
        )
    return Cut(np.array(starts), np.full(count, size))


def whole(length: int) -> Cut:
    """Take an axis as one bin."""
    return Cut(np.zeros(1, int), np.array([length]))


def largest(x: Array, bins: Bins, context: Context) -> Result:
    """Return the maximum of each bin."""
    stages = [x]
    for axis, cut in inwards(bins):
        stages.append(_largest(stages[-1], cut, axis))
    return stages[-1], context.keep(_largest_backward, tuple(stages), bins)


def _largest(x: Array, cut: Cut, axis: int) -> Array:
    if not cut.many:
        return np.concatenate([_peak(x[at(axis, cells)], axis) for cells in cut.each()], axis)
    y = np.take(x, cut.starts, axis)
    for bins, cells in cut.taps():
        best, other = y[at(axis, bins)], np.take(x, cells, axis)
        # What is no number is the largest, as `argmax` has it.
        np.copyto(best, other, where=(other.real > best.real) | np.isnan(other.real))
        y[at(axis, bins)] = best
    return y


def _peak(x: Array, axis: int) -> Array:
    """Return the first maximum along one axis, decided by the real part."""
    y: Array = np.take_along_axis(x, x.real.argmax(axis, keepdims=True), axis)
    return y


def _largest_backward(dy: Array, stages: tuple[Array, ...], bins: Bins) -> KernelGradients:
    for (axis, cut), x, y in zip(enumerate(bins, 2), stages[-2::-1], stages[:0:-1], strict=True):
        dy = _to_first(dy, x, y, cut, axis) if cut.many else _to_peaks(dy, x, cut, axis)
    return (dy,), {}


def _to_peaks(dy: Array, x: Array, cut: Cut, axis: int) -> Array:
    dx = np.zeros(x.shape, dy.dtype)
    for i, cells in enumerate(cut.each()):
        inside = x[at(axis, cells)]
        given = np.zeros(inside.shape, dy.dtype)
        np.put_along_axis(given, inside.argmax(axis, keepdims=True), dy[at(axis, slice(i, i + 1))], axis)
        dx[at(axis, cells)] += given
    return dx


def _to_first(dy: Array, x: Array, y: Array, cut: Cut, axis: int) -> Array:
    """Give each bin's dy to the first of its cells that equals its maximum."""
    dx, left = np.zeros(x.shape, dy.dtype), dy.copy()
    for bins, cells in cut.taps():
        place = at(axis, bins)
        given = left[place] * (np.take(x, cells, axis) == y[place])
        left[place] -= given
        dx += collect(given, cells, x.shape[axis], axis)
    return dx


def counted(x: Array, bins: Bins) -> Array:
    """Return the number of cells in each bin, found by adding ones."""
    y = np.ones_like(x)
    for axis, cut in inwards(bins):
        y = _sums(y, cut, axis)
    return y


def _sums(x: Array, cut: Cut, axis: int) -> Array:
    if not cut.many:
        return np.concatenate([x[at(axis, cells)].sum(axis, keepdims=True) for cells in cut.each()], axis)
    y = np.zeros((*x.shape[:axis], len(cut.starts), *x.shape[axis + 1 :]), x.dtype)
    for bins, cells in cut.taps():
        y[at(axis, bins)] += np.take(x, cells, axis)
    return y


def mean(x: Array, bins: Bins, context: Context) -> Result:
    """Return the mean of each bin."""
    y = x
    for axis, cut in inwards(bins):
        y = _sums(y, cut, axis)
        y /= _sizes(cut, y, axis)
    return y, context.keep(_mean_backward, x.shape, bins)


def _sizes(cut: Cut, x: Array, axis: int) -> Array:
    """View the cells of each bin so that they meet an axis of x."""
    return cut.sizes.astype(real_type(x)).reshape(-1, *(1,) * (x.ndim - axis - 1))


def _mean_backward(dy: Array, shape: tuple[int, ...], bins: Bins) -> KernelGradients:
    for axis, cut in enumerate(bins, 2):
        dy = _shared(dy / _sizes(cut, dy, axis), cut, shape[axis], axis)
    return (dy,), {}


def _shared(dy: Array, cut: Cut, length: int, axis: int) -> Array:
    """Give every cell along one axis the sum over the bins that hold it."""
    dx = np.zeros((*dy.shape[:axis], length, *dy.shape[axis + 1 :]), dy.dtype)
    if not cut.many:
        for i, cells in enumerate(cut.each()):
            dx[at(axis, cells)] += dy[at(axis, slice(i, i + 1))]
        return dx
    for bins, tap in cut.taps():
        dx += collect(dy[at(axis, bins)], tap, length, axis)
    return dx
