"""Analysis -> Report: every layer's figures, the totals, and what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.outline import folded
from cnnstat.layers.base import show
from cnnstat.report import text
from cnnstat.report.columns import COLUMNS, SUMMARY, footnotes
from cnnstat.report.data import data
from cnnstat.report.layers import layer_table, title_of
from cnnstat.report.model import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis

_OPTIMIZERS = {"sgd": "plain SGD", "momentum": "SGD with momentum", "adam": "Adam"}


def summary(analysis: Analysis, columns: Sequence[str] = SUMMARY, depth: int | None = None) -> Report:
    """Return every layer's figures, the totals, and what was expected."""
    chosen = tuple(COLUMNS[key] for key in columns)
    return Report(
        title=title_of(analysis),
        tables=(layer_table(analysis, chosen, depth),),
        facts=(*_totals(analysis), *_leftovers(analysis), *_expectations(analysis)),
        data=data(analysis, folded(analysis, depth), "summary"),
        notes=footnotes(chosen),
        source=analysis.source,
    )


def _totals(analysis: Analysis) -> tuple[tuple[str, str], ...]:
    totals, settings = analysis.totals, analysis.settings
    counts = totals.counts
    fixed = counts.params - counts.trainable
    held = f" and {counts.buffers:,} buffers" if counts.buffers else ""
    setting = f"{settings.dtype}, batch {settings.batch}"
    return (
        ("trainable", f"{counts.trainable:,} of {counts.params:,} params ({fixed:,} fixed){held}"),
        ("MACs", f"{counts.macs:,}, of which {counts.padding_macs:,} on padding"),
        ("FLOPs", f"{counts.flops:,} (2 x MACs)"),
        ("connections", f"{counts.connections:,}"),
        ("activations", f"{counts.activations:,}"),
        ("inference memory", f"{text.bytes_text(totals.inference_memory_bytes)} ({setting})"),
        (
            "training memory",
            f"{text.bytes_text(totals.training_memory_bytes)} ({setting}, {_OPTIMIZERS[settings.optimizer]})",
        ),
    )


def _leftovers(analysis: Analysis) -> tuple[tuple[str, str], ...]:
    rows = [row for row in analysis.rows if any(row.leftover)]
    if not rows:
        return ()
    named = ", ".join(f"{row.name} {show(row.leftover)}" for row in rows[:4])
    more = f" and {len(rows) - 4} more" if len(rows) > 4 else ""
    return (("leftover", f"{named}{more}: sizes that are rounded down (--strict refuses them)"),)


def _expectations(analysis: Analysis) -> tuple[tuple[str, str], ...]:
    if not analysis.graph.as_published:
        return (("expected figures", "not compared: they are those of the spec's own input"),)
    if analysis.graph.spec.changed and not analysis.checked:
        return (("expected figures", "not compared: they are those of the spec's own parameters"),)
    if not analysis.checked:
        return ()
    met = analysis.checked - len(analysis.missed)
    return (("expected figures", f"{met} of {analysis.checked} met"),)
