"""How long layers took, beside the least that they take on a machine: entries of the document, a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.outline import folded
from cnnstat.analysis.roofline import roofs, traffic
from cnnstat.executor.measure.seconds import PASSES
from cnnstat.report.model import Column, Fact, Line, Quantity, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.machines import Machine


class LayerTime(Struct, frozen=True, kw_only=True):
    """How long a layer took, and the least that it takes on the machine, if one was named."""

    name: str
    seconds: float
    """The best of several passes."""
    least_seconds: float | None
    """Null without a machine."""


class Times(Struct, frozen=True, kw_only=True):
    """How long the layers took, one after the other, forward."""

    passes: int
    machine: str | None
    """Its name in the table of machines; null without one, and where it was given by its rates."""
    seconds: float
    least_seconds: float | None
    layers: tuple[LayerTime, ...]


def times(analysis: Analysis, seconds: Sequence[float], machine: Machine | None) -> Times:
    """Return how long each layer took, beside its roofline on a machine."""
    least = [float(roof.seconds) for roof in roofs(analysis, machine)] if machine else None
    return Times(
        passes=PASSES,
        machine=machine.name or None if machine else None,
        seconds=sum(seconds),
        least_seconds=sum(least) if least is not None else None,
        layers=tuple(
            LayerTime(name=row.name, seconds=seconds[i], least_seconds=least[i] if least else None)
            for i, row in enumerate(analysis.rows)
        ),
    )


def time_table(times: Times, analysis: Analysis, depth: int | None) -> Table:
    """Return how long layers or blocks took, at which rates, and what a machine needs at least.

    FLOPs and bytes are those of the roofline: where a cache keeps what a layer reads, its bytes can be faster
    than the memory is.
    """
    bounded = times.least_seconds is not None
    columns = (
        Column("name", "layer", "text"),
        Column("seconds", "took", "seconds"),
        Column("share", "share", "share", rank=3),
        Column("gflops_per_second", "GFLOP/s", "ratio", rank=2),
        Column("gigabytes_per_second", "GB/s", "ratio", rank=2),
        *((Column("least_seconds", "at least", "seconds"),) if bounded else ()),
        *((Column("times_least", "times that", "ratio", rank=1),) if bounded else ()),
    )
    rows = [(row.name, tuple(row.layers)) for row in folded(analysis, depth)]
    lines = [
        Line((name, *_cells(times, analysis, layers, len(columns))), label=name) for name, layers in rows
    ]
    total = ("total", *_cells(times, analysis, tuple(range(len(analysis.rows))), len(columns)))
    return Table("time", columns, tuple(lines), total)


def _cells(times: Times, analysis: Analysis, layers: Sequence[int], width: int) -> tuple[float | None, ...]:
    took = sum(times.layers[i].seconds for i in layers)
    least = sum(times.layers[i].least_seconds or 0.0 for i in layers)
    flops = analysis.settings.batch * sum(analysis.rows[i].counts.flops for i in layers)
    moved = sum(traffic(analysis, analysis.rows[i]).total for i in layers)
    rates = (flops / took / 1e9, moved / took / 1e9) if took else (None, None)
    cells = (
        took,
        took / times.seconds if times.seconds else 0.0,
        *rates,
        least,
        took / least if least else None,
    )
    return cells[: width - 1]


def time_fact(times: Times) -> Fact:
    """Return how long the network took, and what it needs at least."""
    took = (Quantity(times.seconds, "seconds"), f" forward, each layer the best of {times.passes} passes")
    if times.least_seconds is None:
        return Fact("time", took)
    of = f" on {times.machine}" if times.machine else ""
    return Fact("time", (*took, "; at least ", Quantity(times.least_seconds, "seconds"), of))
