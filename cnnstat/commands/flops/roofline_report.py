"""Document of `flops --machine` -> Report: the least time of each layer on a machine, and what bounds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from cnnstat.analysis.by_type import by_type
from cnnstat.analysis.outline import folded
from cnnstat.analysis.roofline import together
from cnnstat.base.text import plural
from cnnstat.report.columns import footnotes
from cnnstat.report.layers import title_of
from cnnstat.report.machine import machine_entry, machine_phrase
from cnnstat.report.model import Column, Fact, Line, Quantity, Report, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.roofline import Roof
    from cnnstat.commands.flops.document import FlopsDocument

_COLUMNS = (
    Column("flops", "FLOPs", convention="2 x MACs of the batch", rank=3),
    Column(
        "bytes",
        "bytes",
        convention="inputs, parameters and buffers read once, output written once, nothing kept in a cache"
        " between layers",
        rank=2,
    ),
    Column("flops_per_byte", "FLOP/B", "ratio", rank=1),
    Column("bound", "bound by", "text", rank=4),
    Column("seconds", "at least", "seconds", "the longer of FLOPs at the peak and bytes at the bandwidth"),
    Column("share", "share", "share", rank=5),
    Column("bar", "", "bar", rank=9),
)


def roofline_report(
    document: FlopsDocument, analysis: Analysis, depth: int | None, machine: Machine, roofs: Sequence[Roof]
) -> Report:
    """Return the roofline per layer, per block and per type; ``roofs`` are those of the layers."""
    assert document.roofline is not UNSET
    whole = together(roofs)

    def at(level: int | None) -> list[tuple[str, Roof]]:
        return [(row.name, together(roofs[i] for i in row.layers)) for row in folded(analysis, level)]

    kinds = by_type(analysis.rows, roofs)
    types = [(kind, together(parts)) for kind, parts in kinds.items()]
    types.sort(key=lambda part: (-part[1].seconds, part[0]))
    layers, blocks = _table("layer", at(depth), whole), _table("block", at(1), whole)
    fewer = len(blocks.lines) < len(layers.lines)
    return Report(
        title=title_of(document),
        tables=(layers, *([blocks] if fewer else []), _table("type", types, whole)),
        facts=tuple(_facts(analysis, machine, roofs, whole)),
        notes=(
            *footnotes(_COLUMNS),
            "layers that move no byte are not listed: reshapes, slices, dropout at inference",
        ),
        source=document.source,
    )


def _table(noun: str, roofs: Sequence[tuple[str, Roof]], whole: Roof) -> Table:
    lines = tuple(
        Line((name, *_cells(roof, whole)), label=name) for name, roof in roofs if roof.traffic.total
    )
    columns = (Column("name", noun, "text"), *_COLUMNS)
    return Table(f"per {noun}", columns, lines, ("total", *_cells(whole, whole)[:-1], None))


def _cells(roof: Roof, whole: Roof) -> tuple[object, ...]:
    share = float(roof.seconds / whole.seconds) if whole.seconds else 0.0
    intensity = None if roof.intensity is None else float(roof.intensity)
    return roof.flops, roof.traffic.total, intensity, roof.bound, float(roof.seconds), share, share


def _facts(analysis: Analysis, machine: Machine, roofs: Sequence[Roof], whole: Roof) -> Iterator[Fact]:
    settings = analysis.settings
    yield Fact(
        "at least",
        (Quantity(float(whole.seconds), "seconds"), f" for batch {settings.batch} in {settings.dtype}"),
    )
    bound = [roof for roof in roofs if roof.bound == "memory"]
    seconds = together(bound).seconds
    yield Fact(
        "bound by memory",
        (
            Quantity(len(bound)),
            f" {plural('layer', len(bound))}, ",
            Quantity(float(seconds / whole.seconds) if whole.seconds else 0.0, "share"),
            " of that time",
        ),
    )
    yield Fact("machine", machine_phrase(machine_entry(machine), machine.source))
