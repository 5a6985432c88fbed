"""What a sweep found out -> the document of `sweep` and of `query`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import UNSET, Struct, UnsetType

from cnnstat.report.document import Document
from cnnstat.report.machine import MachineEntry, machine_entry
from cnnstat.sweeps.cells import plain
from cnnstat.sweeps.networks.figures import SWEPT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.machines import Machine
    from cnnstat.sweeps.networks.columns import Columns
    from cnnstat.sweeps.networks.evaluator import Row
    from cnnstat.sweeps.selection.selection import Selection


class SweptPoint(Struct, frozen=True, kw_only=True):
    """One network of a sweep."""

    point: int
    """Its number, from 0: the same wherever the same sweep is run."""
    network: str
    params: dict[str, int | float | str | bool | None]
    """The parameters that vary, and those of the network that follow from them."""
    figures: dict[str, int | float | tuple[int, ...] | str | None]
    """By key; sizes and shapes one number for each axis; null where unknown."""


class Refused(Struct, frozen=True, kw_only=True):
    """The points that are refused for one reason."""

    code: str
    count: int
    point: int
    """The first of them."""
    reason: str
    """Why that one is refused."""


class SweepDocument(Document, frozen=True, kw_only=True):
    """`sweep` and `query`: many networks, and those of them that were asked for."""

    networks: tuple[str, ...]
    """Those in which something varies."""
    space: dict[str, str]
    """What varies, by `--vary` in place of `space:`."""
    seed: int | None
    """Null of a grid."""
    machine: MachineEntry | UnsetType = UNSET
    """Where there are figures of one."""
    asked: int | None
    """How many points there are in the whole sweep; null of a query."""
    points: int
    """How many were looked at."""
    accepted: int
    """How many of them are networks, and are not refused."""
    refused: tuple[Refused, ...]
    """By reason, the most frequent first."""
    matching: int
    """How many of the accepted meet `--where`."""
    selected: int
    """How many of these are left by `--pareto`."""
    rows: tuple[SweptPoint, ...]
    """The first of them, as many as `--top` says."""


def document(
    command: str,
    selection: Selection,
    columns: Columns,
    about: dict[str, Any],
    machine: Machine | None = None,
) -> SweepDocument:
    """Return what a selection came to; ``about`` are the fields that say what was asked."""
    shown = machine if any(SWEPT[key].under for key in columns.shown) else None
    return SweepDocument(
        command=command,
        networks=columns.networks,
        **about,
        machine=UNSET if shown is None else machine_entry(shown),
        points=selection.points,
        accepted=selection.points - selection.refusals.counts.total(),
        refused=refused_of(selection),
        matching=selection.matching,
        selected=selection.selected,
        rows=tuple(point(row, columns) for row in selection.rows()),
    )


def refused_of(selection: Selection) -> tuple[Refused, ...]:
    """Return what was refused, by reason, the most frequent first."""
    refusals = selection.refusals
    return tuple(
        Refused(code=code, count=count, point=refusals.first[code].number, reason=refusals.first[code].why)
        for code, count in refusals.counts.most_common()
    )


def point(row: Row, columns: Columns) -> SweptPoint:
    """Return one point with the figures that are shown."""
    return SweptPoint(
        point=row.number,
        network=columns.networks[row.network],
        params=dict(zip(columns.params, map(plain, row.params), strict=True)),
        figures={key: row.figures[columns.place[key]] for key in columns.shown},
    )


def flat(row: Row, columns: Columns) -> Sequence[Any]:
    """Return the cells of a point, in the order of `Columns.names`."""
    cells = [row.figures[columns.place[key]] for key in columns.shown]
    return [row.number, columns.networks[row.network], *map(plain, row.params), *cells]
