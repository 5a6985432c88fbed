"""Convolution as matrix products over windows gathered into columns, piece by piece.

Copying all windows of an image at once ("im2col") moves kernel-size times the image through memory. Here a
piece is a few rows of windows, small enough that the copy stays in cache until the matrix product has read
it. Three products serve convolutions and, with the roles of input and output exchanged, transposed
convolutions:

    correlate      y_f  = sum over channels and taps of w_fct · x_c(tap)
    weight_gradient dw_fct = sum over windows of dy_f · x_c(tap)
    spread         dx_c(tap) += w_fct · dy_f

Arrays are (N, C, H, W) and weights (F, C/groups, taps down, taps across).
"""

from __future__ import annotations

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


def pieces(x: Array, grid: Grid, depth: int) -> Iterator[tuple[slice, slice, Grid]]:
    """Cut the windows of a batch into (samples, rows of windows, grid of these rows).

    A piece is some rows of one sample or, where a whole sample is small, some samples.
    """
    rows, across = grid.size
    row = max(across * depth * grid.taps, 1)
    cells = max(PIECE // x.itemsize, COLUMNS * depth * grid.taps)
    step = min(max(cells // row, 1), rows)
    samples = max(cells // (row * rows), 1) if step == rows else 1
    for n in range(0, x.shape[0], samples):
        for r in range(0, rows, step):
            piece = slice(r, min(r + step, rows))
            yield slice(n, n + samples), piece, Grid(grid.down.part(r, r + step), grid.across, grid.groups)


def gathered(x: Array, grid: Grid) -> Iterator[tuple[slice, slice, Array]]:
    """Yield samples, rows and their columns (samples, groups, channels·taps, windows).

    The columns live in one buffer that the next piece overwrites.
    """
    buffer = np.empty(0, x.dtype)
    for samples, rows, part in pieces(x, grid, x.shape[1]):
        windows = view(frame(x[samples], part.axes), part.down, part.across)
        if windows.size > buffer.size:
            buffer = np.empty(windows.size, x.dtype)
        columns = buffer[: windows.size]
        np.copyto(columns.reshape(windows.shape), windows)
        yield samples, rows, columns.reshape(windows.shape[0], grid.groups, -1, windows[0, 0, 0, 0].size)


def matrices(w: Array, groups: int) -> Array:
    """View weights as (groups, filters of a group, channels·taps)."""
    return w.reshape(groups, w.shape[0] // groups, -1)


def split(y: Array, groups: int) -> Array:
    """View maps as (samples, groups, channels of a group, rows, columns)."""
    return y.reshape(y.shape[0], groups, -1, *y.shape[2:])


def flat(y: Array) -> Array:
    """View (..., rows, columns) as (..., cells)."""
    return y.reshape(*y.shape[:-2], -1)


def correlate(x: Array, w: Array, grid: Grid, mac_counter: MacCounter, bias: Array | None = None) -> Array:
    """Return y (N, F, rows, columns), the cross-correlation of x (N, C, H, W) with w, plus a bias (F,)."""
    rows, across = grid.size
    kind = np.result_type(x, w, w if bias is None else bias)
    y = np.empty((x.shape[0], w.shape[0], rows, across), kind)
    matrix, cells = matrices(w, grid.groups), flat(split(y, grid.groups))
    shift = None if bias is None else bias.reshape(grid.groups, -1, 1)
    for samples, window, columns in _operands(x, grid):
        here = cells[samples, :, :, window.start * across : window.stop * across]
        mac_counter.matmul(matrix, columns, out=here)
        if shift is not None:
            here += shift
    return y


def _operands(x: Array, grid: Grid) -> Iterator[tuple[slice, slice, Array]]:
    """Yield what `gathered` does, or x as it is where each window is one cell, in place."""
    if not grid.plain:
        return gathered(x, grid)
    whole = slice(0, x.shape[0]), slice(0, x.shape[2]), flat(split(np.ascontiguousarray(x), grid.groups))
    return iter((whole,))


def weight_gradient(x: Array, dy: Array, w: Array, grid: Grid, mac_counter: MacCounter) -> Array:
    """Return dL/dw, of the shape of w: the correlation of x with dy (N, F, rows, columns)."""
    across = grid.size[1]
    errors = flat(split(np.ascontiguousarray(dy), grid.groups))
    dw: Array | None = None
    for samples, window, columns in _operands(x, grid):
        part = errors[samples, :, :, window.start * across : window.stop * across]
        for product in mac_counter.matmul(part, columns.swapaxes(-1, -2)):
            dw = product if dw is None else np.add(dw, product, out=dw)
    assert dw is not None
    return dw.reshape(w.shape)


def spread(dy: Array, w: Array, grid: Grid, mac_counter: MacCounter) -> Array:
    """Return dx (N, C, H, W): every dy (N, F, rows, columns) spread through w over the cells its window read.

    The transpose of `correlate`: the input gradient of a convolution, the forward pass of a transposed one.
    """
    mirrored = _mirrored(dy, w, grid)
    if mirrored is not None:
        return correlate(dy, rotated(w, grid.groups), mirrored, mac_counter)
    across = grid.size[1]
    errors = flat(split(np.ascontiguousarray(dy), grid.groups))
    matrix = matrices(w, grid.groups).swapaxes(-1, -2)
    channels = w.shape[1] * grid.groups
    if grid.plain:
        return mac_counter.matmul(matrix, errors).reshape(dy.shape[0], channels, *dy.shape[2:])
    dx = np.zeros((dy.shape[0], channels, grid.down.length, grid.across.length), np.result_type(dy, w))
    for samples, window, part in pieces(dy, grid, channels):
        # One filter to a group makes an outer product, at which BLAS is slow.
        product = mac_counter.multiply if matrix.shape[-1] == 1 else mac_counter.matmul
        columns = product(matrix, errors[samples, :, :, window.start * across : window.stop * across])
        scatter(columns, dx[samples], part)
    return dx


def _mirrored(dy: Array, w: Array, grid: Grid) -> Grid | None:
    """Return the grid for gathering gradients with the rotated kernel, where that is possible and pays.

    Gathering costs a quarter of scattering, but the rotation is a slow copy of all weights.
    """
    if grid.plain or dy.shape[0] * dy.shape[2] * dy.shape[3] < ROTATION * w.shape[0] // grid.groups:
        return None
    down, across = grid.down.mirrored(), grid.across.mirrored()
    return Grid(down, across, grid.groups) if down and across else None


def rotated(w: Array, groups: int) -> Array:
    """Return w rotated by 180° and reading filters: (C, F/groups, taps down, taps across)."""
    split = w.reshape(groups, -1, *w.shape[1:]).swapaxes(1, 2)[..., ::-1, ::-1]
    return split.reshape(groups * w.shape[1], -1, *w.shape[2:])


def scatter(columns: Array, dx: Array, grid: Grid) -> None:
    """Add columns (N, groups, channels·taps, windows) to the cells of dx they stand for; none to padding."""
    windows = columns.reshape(*dx.shape[:2], len(grid.down.taps), len(grid.across.taps), *grid.size)
    for i, row in enumerate(grid.down.taps):
        from_rows, to_rows = grid.down.inside(row)
        for j, column in enumerate(grid.across.taps):
            from_columns, to_columns = grid.across.inside(column)
            dx[:, :, to_rows, to_columns] += windows[:, :, i, j, from_rows, from_columns]
