"""The bundled architectures -> Report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.report.data import head
from cnnstat.report.model import Column, Line, Report, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.analysis import Analysis


def listing(analyses: Iterable[tuple[str, str, Analysis]]) -> Report:
    """Return the bundled architectures; of each its name, its family's and its analysis."""
    columns = (
        Column("name", "name", "text"),
        Column("input_shape", "input", "shape"),
        Column("params", "params"),
        Column("macs", "MACs"),
        Column("family", "family", "text", rank=1),
        Column("parameters", "--set", "text", rank=2),
        Column("source", "source", "text", rank=3),
    )
    lines = [_listed(name, family, analysis) for name, family, analysis in analyses]
    keys = [column.key for column in columns]
    return Report(
        title="bundled architectures",
        tables=(Table("", columns, tuple(Line(line, label=line[0]) for line in lines)),),
        data={
            **head("list"),
            "architectures": [dict(zip(keys, line, strict=True)) for line in lines],
        },
    )


def _listed(name: str, family: str, analysis: Analysis) -> tuple[Any, ...]:
    counts = analysis.totals.counts
    settable = tuple(analysis.graph.spec.params)
    return name, analysis.input_shape, counts.params, counts.macs, family, settable, analysis.source
