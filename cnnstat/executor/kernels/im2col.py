"""Convolution as matrix products over windows gathered into columns (im2col), piece by piece.

Copying all windows of an image at once moves kernel-size times the image through memory. Here a piece is a
few rows of windows, small enough that the copy stays in cache until the matrix product has read it. Three
products serve convolutions and, with the roles of input and output exchanged, transposed convolutions:

    correlate      y_f  = sum over channels and taps of w_fct · x_c(tap)
    weight_gradient dw_fct = sum over windows of dy_f · x_c(tap)
    spread         dx_c(tap) += w_fct · dy_f

Arrays are (N, C, *positions) and weights (F, C/groups, *taps), along any number of axes; a row is what the
first of them counts.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.kernels.windows import Grid, frame, view

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.executor.kernel import Array
    from cnnstat.executor.mac_counter import MacCounter

ROTATION = 4
"""Least number of windows per filter of a group for which rotating the weights pays."""
PIECE = 3 << 20
"""Bytes of columns gathered at a time."""
COLUMNS = 448
"""Least number of columns worth a matrix product: below it, packing the weights costs more than using it."""

MOST = 1 << 27
"""Bytes that as many columns may have: of larger windows there are fewer, whatever packing costs."""


def pieces(x: Array, grid: Grid, depth: int) -> Iterator[tuple[slice, slice, Grid]]:
    """Cut the windows of a batch into (samples, windows, grid of these windows).

    A piece is some rows of one sample, at least one, or, where a whole sample is small, some samples.
    """
    first, *others = grid.walks
    rows, across = grid.size[0], prod(grid.size[1:])
    window = depth * prod(grid.taps)
    row = max(across * window, 1)
    cells = max(PIECE // x.itemsize, min(COLUMNS * window, MOST // x.itemsize))
    step = min(max(cells // row, 1), rows)
    samples = max(cells // (row * rows), 1) if step == rows else 1
    for n in range(0, x.shape[0], samples):
        for r in range(0, rows, step):
            part = Grid((first.part(r, r + step), *others), grid.groups)
            yield slice(n, n + samples), slice(r * across, (r + step) * across), part


def gathered(x: Array, grid: Grid) -> Iterator[tuple[slice, slice, Array]]:
    """Yield samples, windows and their columns (samples, groups, channels·taps, windows).

    The columns live in one buffer that the next piece overwrites. Where each window is one cell, in place, x
    is its own columns.
    """
    if grid.plain:
        yield slice(None), slice(None), grouped(np.ascontiguousarray(x), grid.groups)
        return
    buffer = np.empty(0, x.dtype)
    for samples, cells, part in pieces(x, grid, x.shape[1]):
        windows = view(frame(x[samples], part.walks), part)
        if windows.size > buffer.size:
            buffer = np.empty(windows.size, x.dtype)
        columns = buffer[: windows.size]
        np.copyto(columns.reshape(windows.shape), windows)
        yield samples, cells, columns.reshape(windows.shape[0], grid.groups, -1, prod(part.size))


def matrices(w: Array, groups: int) -> Array:
    """View weights as (groups, filters of a group, channels·taps)."""
    return w.reshape(groups, w.shape[0] // groups, -1)


def grouped(y: Array, groups: int) -> Array:
    """View maps as (samples, groups, channels of a group, cells)."""
    return y.reshape(y.shape[0], groups, y.shape[1] // groups, -1)


def correlate(x: Array, w: Array, grid: Grid, mac_counter: MacCounter, bias: Array | None = None) -> Array:
    """Return y (N, F, *windows), the cross-correlation of x with w, plus a bias (F,)."""
    kind = np.result_type(x, w, w if bias is None else bias)
    y = np.empty((x.shape[0], w.shape[0], *grid.size), kind)
    matrix, cells = matrices(w, grid.groups), grouped(y, grid.groups)
    shift = None if bias is None else bias.reshape(grid.groups, -1, 1)
    for samples, windows, columns in gathered(x, grid):
        here = cells[samples, :, :, windows]
        mac_counter.matmul(matrix, columns, out=here)
        if shift is not None:
            here += shift
    return y


def weight_gradient(x: Array, dy: Array, w: Array, grid: Grid, mac_counter: MacCounter) -> Array:
    """Return dL/dw, of the shape of w: the correlation of x with dy (N, F, *windows)."""
    errors = grouped(np.ascontiguousarray(dy), grid.groups)
    dw: Array | None = None
    for samples, windows, columns in gathered(x, grid):
        part, turned = errors[samples, :, :, windows], columns.swapaxes(-1, -2)
        # Each sample makes a gradient of all weights: a few at a time.
        step = max(PIECE // w.nbytes, 1)
        for first in range(0, len(part), step):
            some = slice(first, first + step)
            for each in mac_counter.matmul(part[some], turned[some]):
                dw = each if dw is None else np.add(dw, each, out=dw)
    assert dw is not None
    return dw.reshape(w.shape)


def spread(dy: Array, w: Array, grid: Grid, mac_counter: MacCounter) -> Array:
    """Return dx (N, C, *positions): every dy (N, F, *windows) spread through w over what its window read.

    The transpose of `correlate`: the input gradient of a convolution, the forward pass of a transposed one.
    """
    mirrored = _mirrored(dy, w, grid)
    if mirrored is not None:
        return correlate(dy, rotated(w, grid.groups), mirrored, mac_counter)
    errors = grouped(np.ascontiguousarray(dy), grid.groups)
    matrix = matrices(w, grid.groups).swapaxes(-1, -2)
    channels = w.shape[1] * grid.groups
    if grid.plain:
        return mac_counter.matmul(matrix, errors).reshape(dy.shape[0], channels, *dy.shape[2:])
    lengths = (each.length for each in grid.walks)
    dx = np.zeros((dy.shape[0], channels, *lengths), np.result_type(dy, w))
    for samples, windows, part in pieces(dy, grid, channels):
        # One filter to a group makes an outer product, at which BLAS is slow.
        multiplied = mac_counter.multiply if matrix.shape[-1] == 1 else mac_counter.matmul
        scatter(multiplied(matrix, errors[samples, :, :, windows]), dx[samples], part)
    return dx


def _mirrored(dy: Array, w: Array, grid: Grid) -> Grid | None:
    """Return the grid for gathering gradients with the rotated kernel, where that is possible and pays.

    Gathering costs a quarter of scattering, but the rotation is a slow copy of all weights.
    """
    if grid.plain or dy.shape[0] * prod(dy.shape[2:]) < ROTATION * w.shape[0] // grid.groups:
        return None
    walks = tuple(each for walk in grid.walks if (each := walk.mirrored()))
    return Grid(walks, grid.groups) if len(walks) == len(grid.walks) else None


def rotated(w: Array, groups: int) -> Array:
    """Return w rotated by 180° and reading filters: (C, F/groups, *taps)."""
    turned = np.flip(w.reshape(groups, -1, *w.shape[1:]).swapaxes(1, 2), tuple(range(3, w.ndim + 1)))
    return turned.reshape(groups * w.shape[1], -1, *w.shape[2:])


def scatter(columns: Array, dx: Array, grid: Grid) -> None:
    """Add columns (N, groups, channels·taps, windows) to the cells of dx they stand for; none to padding."""
    windows = columns.reshape(*dx.shape[:2], *grid.taps, *grid.size)
    axes = [[(i, *each.inside(tap)) for i, tap in enumerate(each.taps)] for each in grid.walks]
    for tap in product(*axes):
        place, of_windows, of_cells = zip(*tap, strict=True)
        dx[:, :, *of_cells] += windows[:, :, *place, *of_windows]
