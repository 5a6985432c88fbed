"""The learned scale of a branch: each channel times its factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.trace.families.sums import Sum, as_it_is

if TYPE_CHECKING:
    from cnnstat.commands.trace.families.sums import Fixed
    from cnnstat.commands.trace.grid import Places, Taps
    from cnnstat.commands.trace.layer_run import Index, LayerRun


def _scale_used(run: LayerRun, name: str, index: Index) -> Fixed:
    return ((index[0], None), *((None, None) for _ in run.shape[1:]))


def _scale_weight(run: LayerRun, unit: Places, taps: Taps) -> Index:
    return (unit[0],)


SCALE = Sum(as_it_is, _scale_weight, _scale_used)
