"""The documented JSON of a difference (docs/json.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.analysis.by_type import both_by_type
from cnnstat.report.data import head, layer_data, network, network_totals
from cnnstat.spec.expression import show_value

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis
    from cnnstat.analysis.model import Counts
    from cnnstat.commands.diff.difference import Change, Difference, Edit
    from cnnstat.commands.diff.items import Item


def data(difference: Difference) -> dict[str, Any]:
    """Return both networks, every layer of either, and the sums by type."""
    settings = difference.a.settings
    return {
        **head("diff"),
        "batch": settings.batch,
        "dtype": settings.dtype,
        "optimizer": settings.optimizer,
        "differ": difference.differ,
        "a": _network(difference.a),
        "b": _network(difference.b),
        "layers": [_change(change, difference) for change in difference.changes],
        "types": [
            {"type": kind, "a": _tool_count(*before), "b": _tool_count(*after)}
            for kind, before, after in both_by_type(difference.a, difference.b)
        ],
    }


def _network(analysis: Analysis) -> dict[str, Any]:
    return {
        **network(analysis),
        "outputs": list(analysis.output_names),
        "totals": network_totals(analysis),
    }


def _change(change: Change, difference: Difference) -> dict[str, Any]:
    return {
        "status": change.status,
        "a": _layer(change.a, difference.a),
        "b": _layer(change.b, difference.b),
        "edits": [_edit(edit) for edit in change.edits],
        "figures": list(change.figures),
    }


def _layer(item: Item | None, analysis: Analysis) -> dict[str, Any] | None:
    return None if item is None else layer_data(item.row, analysis.input_shape)


def _edit(edit: Edit) -> dict[str, Any]:
    return {"what": edit.what, "before": _plain(edit.before), "after": _plain(edit.after)}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value if isinstance(value, int | float | str) or value is None else show_value(value)


def _tool_count(count: int, counts: Counts) -> dict[str, int]:
    return {"layers": count, "params": counts.params, "macs": counts.macs}
