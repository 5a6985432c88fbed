"""A network that went through PyTorch, beside what it was: the same layers and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis
    from cnnstat.analysis.model import LayerRow

SAID_OTHERWISE = {
    "adaptive_avg_pool": ("avg_pool", "global_avg_pool"),
    "adaptive_max_pool": ("max_pool", "global_max_pool"),
}
"""What PyTorch's exporters write as something else where it is the same: bins that all have one size."""


def came_back(before: Analysis, after: Analysis) -> None:
    """Find the same layers in both, but for those that do nothing when nothing is trained."""
    assert after.without == {}
    kept_before, kept_after = kept(before), kept(after)
    assert [row.type for row in kept_after] == [
        _called(row, kept_after, number) for number, row in enumerate(kept_before)
    ]
    assert [*map(figures, kept_after)] == [*map(figures, kept_before)]
    assert after.totals.output_shape == before.totals.output_shape


def _called(row: LayerRow, after: list[LayerRow], number: int) -> str:
    """Return the type that a layer should come back as: its own, or the same in other words."""
    found = after[number].type if number < len(after) else ""
    return found if found in SAID_OTHERWISE.get(row.type, ()) else row.type


def figures(row: LayerRow) -> tuple[Any, ...]:
    field, counts = row.field, replace(row.counts, trainable=0)
    return row.output_shape, counts, field.axes, field.whole, field.because is None


def does_nothing(analysis: Analysis, row: LayerRow) -> bool:
    """Say whether a layer puts out what it reads when nothing is trained."""
    same = analysis.shapes[row.node.inputs[0]] == row.output_shape
    return row.type in ("dropout", "drop_path", "identity") or (
        row.type in ("zero_pad_shortcut", "upsample") and same
    )


def read_by_somebody(analysis: Analysis) -> set[int]:
    """Return the layers that outputs depend on: PyTorch exports no others."""
    found = {*analysis.graph.outputs}
    for row in reversed(analysis.rows):
        if row.node.number in found:
            found.update(row.node.inputs)
    return found


def kept(analysis: Analysis) -> list[LayerRow]:
    read = read_by_somebody(analysis)
    return [row for row in analysis.rows if row.node.number in read and not does_nothing(analysis, row)]
