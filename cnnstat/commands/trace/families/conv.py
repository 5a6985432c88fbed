"""Convolutions: a unit is the sum of its window times its filter's kernel, and a bias."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.trace.along import Dense, Listed, Slide, Tap, Turned, windows
from cnnstat.commands.trace.families.sums import Sum
from cnnstat.commands.trace.grid import Grid
from cnnstat.layers.base import per_axis
from cnnstat.layers.window import sides_of

if TYPE_CHECKING:
    from cnnstat.commands.trace.along import Along
    from cnnstat.commands.trace.families.sums import Fixed
    from cnnstat.commands.trace.grid import Places, Taps
    from cnnstat.commands.trace.layer_run import Index, LayerRun


def _groups(run: LayerRun) -> int:
    groups: int = run.options.groups_of(run.shapes[0][0])
    return groups


def _slides(run: LayerRun, channels: Along) -> tuple[Grid, ...]:
    return (Grid((channels, *windows(run.layer.window(run.shapes), run.shape[1:]))),)


def _grouped(run: LayerRun, number: int) -> tuple[Grid, ...]:
    table = getattr(run.options, "table", None)
    if table is None:
        return _slides(run, Dense(run.shapes[0][0], run.shape[0], _groups(run)))
    firsts = [sum(map(len, table[:row])) for row in range(len(table))]

    def listed(filter_: int) -> list[Tap]:
        return [Tap(channel, firsts[filter_] + i, channel) for i, channel in enumerate(table[filter_])]

    return _slides(run, Listed(run.shapes[0][0], len(table), listed))


def _kernel(run: LayerRun, unit: Places, taps: Taps) -> Index:
    """Return the place of a weight: (F, C/groups, *kernel), of a table (connection, *kernel)."""
    numbers = tuple(each.number for each in taps)
    return numbers if getattr(run.options, "table", None) is not None else (unit[0], *numbers)


def _used(run: LayerRun, name: str, index: Index) -> Fixed:
    everywhere = ((None, None),) * (len(run.shape) - 1)
    if name == "bias":
        return ((index[0], None), *everywhere)
    table = getattr(run.options, "table", None)
    if table is None:
        filter_, channel, *kernel = index
        return ((filter_, channel), *((None, tap) for tap in kernel))
    connection, *kernel = index
    filter_, rest = 0, connection
    while rest >= len(table[filter_]):
        rest -= len(table[filter_])
        filter_ += 1
    return ((filter_, connection), *((None, tap) for tap in kernel))


def _spread(run: LayerRun, number: int) -> tuple[Grid, ...]:
    """Turn the windows of the convolution whose way back this is."""
    options, shape = run.options, run.shapes[0]
    rank = len(shape) - 1
    each = zip(
        shape[1:],
        run.shape[1:],
        *(per_axis(getattr(options, name), rank, name) for name in ("kernel", "stride", "dilation")),
        sides_of(options.padding, rank),
        strict=True,
    )
    axes = (
        Turned(Slide(out, n, kernel, stride, before, step))
        for n, out, kernel, stride, step, (before, _) in each
    )
    return (Grid((Dense(shape[0], run.shape[0], _groups(run), of_group=False), *axes)),)


def _spread_kernel(run: LayerRun, unit: Places, taps: Taps) -> Index:
    """Return the place of a weight: (C, F/groups, *kernel)."""
    channel, *kernel = (each.number for each in taps)
    return (channel, unit[0] % (run.shape[0] // _groups(run)), *kernel)


def _spread_used(run: LayerRun, name: str, index: Index) -> Fixed:
    if name == "bias":
        return _used(run, name, index)
    channel, filter_, *kernel = index
    of_group = run.shape[0] // _groups(run)
    group = channel // (run.shapes[0][0] // _groups(run))
    return ((group * of_group + filter_, channel), *((None, tap) for tap in kernel))


CONV = Sum(_grouped, _kernel, _used, readers="filter")
TRANSPOSED_CONV = Sum(_spread, _spread_kernel, _spread_used, readers="filter")
