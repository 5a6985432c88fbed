"""Analysis -> Report, for `summary`, `rf` and `list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.analysis.seen import region
from cnnstat.analysis.tree import find, folded
from cnnstat.errors import Misfit
from cnnstat.layers.base import show
from cnnstat.report import text
from cnnstat.report.columns import COLUMNS, SUMMARY, count, footnotes
from cnnstat.report.data import data, head
from cnnstat.report.model import Column, Line, Report, Table
from cnnstat.report.tree import branches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis import Analysis, Row
    from cnnstat.report.columns import LayerColumn

_OPTIMIZERS = {"sgd": "plain SGD", "momentum": "SGD with momentum", "adam": "Adam"}


def summary(analysis: Analysis, columns: Sequence[str] = SUMMARY, depth: int | None = None) -> Report:
    """Return every layer's figures, the totals, and what was expected."""
    chosen = tuple(COLUMNS[key] for key in columns)
    return Report(
        title=title_of(analysis),
        tables=(_layers(analysis, chosen, depth),),
        facts=(*_totals(analysis), *_leftovers(analysis), *_expectations(analysis)),
        data=data(analysis, folded(analysis, depth), "summary"),
        notes=footnotes(chosen),
        source=analysis.source,
    )


def receptive(analysis: Analysis, depth: int | None = None) -> Report:
    """Return the receptive field of every layer."""
    keys = ("name", "type", "output_shape", "receptive_field", "field_stride", "field_padding")
    return Report(
        title=title_of(analysis),
        tables=(_layers(analysis, tuple(COLUMNS[key] for key in keys), depth, totals=False),),
        data=data(analysis, folded(analysis, depth), "rf"),
        notes=(COLUMNS["receptive_field"].convention,),
        source=analysis.source,
    )


def unit(analysis: Analysis, layer: str, position: tuple[int, ...]) -> Report:
    """Return the input region that one unit of a layer sees.

    Raises:
        Misfit: there is no such layer or unit, or its field is unknown.
    """
    row, number = find(analysis, layer)
    _check_unit(row, position)
    spatial = analysis.input_shape[1:]
    if row.field.whole:
        full = seen = tuple((0, size - 1) for size in spatial)
    else:
        full = row.field.region(position)
        seen = region(analysis, number, position)
    names = ("rows", "columns") if len(spatial) == 2 else ("positions",)
    facts = [(name, _range_text(part, whole)) for name, part, whole in zip(names, seen, full, strict=True)]
    return Report(
        title=f"{title_of(analysis)}: the input that unit {','.join(map(str, position))} of {row.name} sees",
        facts=tuple(facts),
        data={
            **head("rf", analysis),
            "layer": row.name,
            "unit": list(position),
            "region": [list(region) for region in full],
            "region_on_input": [list(region) for region in seen],
        },
        notes=("positions count from 0; both ends belong to the region",),
        source=analysis.source,
    )


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


# -- parts ------------------------------------------------------------------------------------------


def title_of(analysis: Analysis) -> str:
    """Return the network's name and input."""
    return f"{analysis.name}, input {text.shown(analysis.input_shape, 'shape')}"


def _layers(
    analysis: Analysis, columns: tuple[LayerColumn, ...], depth: int | None, *, totals: bool = True
) -> Table:
    lines = tuple(
        Line(
            tuple(_heading_cell(b.row, c) if b.heading else c.value(b.row) for c in columns),
            b.label,
            b.level,
            b.heading,
        )
        for b in branches(analysis, depth)
    )
    total = tuple("total" if c.key == "name" else count(analysis.totals, c.key) for c in columns)
    return Table("", columns, lines, total if totals else None)


def _heading_cell(row: Row, column: LayerColumn) -> Any:
    return column.value(row) if column.key in ("name", "type") else ""


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
    if analysis.input_shape != analysis.graph.spec.input_shape:
        return (("expected figures", "not compared: they are those of the spec's own input"),)
    if analysis.graph.spec.changed and not analysis.checked:
        return (("expected figures", "not compared: they are those of the spec's own parameters"),)
    if not analysis.checked:
        return ()
    met = analysis.checked - len(analysis.missed)
    return (("expected figures", f"{met} of {analysis.checked} met"),)


def _check_unit(row: Row, position: tuple[int, ...]) -> None:
    if row.field.because is not None:
        raise Misfit(f"the field of {row.name} is unknown because of {row.field.because}")
    sizes = row.output_shape[1:]
    if not row.field.whole and len(position) != len(sizes):
        raise Misfit(f"a unit of {row.name} has {len(sizes)} coordinates, got {len(position)}")
    for place, size in zip(position, sizes, strict=False):
        if not 0 <= place < size:
            raise Misfit(f"{row.name} has units 0 to {size - 1} on this axis, not {place}")


def _range_text(seen: tuple[int, int], full: tuple[int, int]) -> str:
    if full[0] > full[1]:
        return "none"
    if seen[0] > seen[1]:
        return f"none of the input, only padding ({full[0]} to {full[1]})"
    whole = "" if seen == full else f" (with padding {full[0]} to {full[1]})"
    return f"{seen[0]} to {seen[1]}{whole}"
