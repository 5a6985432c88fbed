"""What a sweep found out -> the document of `sweep` and of `query`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

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
    from cnnstat.sweeps.selection.selection import Reasons, Selection


class SweptPoint(Struct, frozen=True, kw_only=True):
    """One network of a sweep."""

    point: int
    """Its number, from 0: the same wherever the same sweep is run."""
    network: str
    params: dict[str, int | float | str | bool | None]
    """The parameters that vary, and those of the network that follow from them."""
    figures: dict[str, int | float | tuple[int, ...] | str | None]
    """By key; sizes and shapes one number for each axis; null where unknown. `receptive_field` is an upper
    bound where `field_is_bound` is 1, and sums are lower bounds where `unknown_nodes` is there and not 0."""


class Undecided(Struct, frozen=True, kw_only=True):
    """The points of which a condition is not decided, though all others hold."""

    condition: str
    figure: Literal["unknown", "at most", "at least"]
    """What is known of the figure: nothing, or on which side of its number it is."""
    count: int
    point: int
    """The first of them."""
    value: int | float | tuple[int, ...] | str | None
    """The figure of that one."""


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
    undecided: tuple[Undecided, ...]
    """Those of which `--where` is not decided, by condition, the most frequent first."""
    selected: int
    """How many of these are left by `--pareto`."""
    compared_bounds: tuple[str, ...]
    """Figures by which rows are compared that are only bounds in some of them: these count as they stand."""
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
    rows = tuple(selection.rows())
    compared = dict.fromkeys(order.key for order in (*selection.wanted.pareto, *selection.wanted.sort))
    return SweepDocument(
        command=command,
        networks=columns.networks,
        **about,
        machine=UNSET if shown is None else machine_entry(shown),
        points=selection.points,
        accepted=selection.points - selection.refusals.counts.total(),
        refused=refused_of(selection.refusals),
        matching=selection.matching,
        undecided=undecided_of(selection),
        selected=selection.selected,
        compared_bounds=tuple(key for key in compared if any(columns.side(row, key) for row in rows)),
        rows=tuple(point(row, columns) for row in rows),
    )


def undecided_of(selection: Selection) -> tuple[Undecided, ...]:
    """Return of which points a condition is not decided, by condition, the most frequent first."""
    undecided = selection.undecided
    return tuple(
        Undecided(
            condition=each.condition.demand,
            figure=each.side or "unknown",
            count=count,
            point=undecided.first[each].number,
            value=selection.columns.cell(undecided.first[each], each.condition.key),
        )
        for each, count in undecided.counts.most_common()
    )


def refused_of(refusals: Reasons[str]) -> tuple[Refused, ...]:
    """Return what was refused, by reason, the most frequent first."""
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
        figures={key: row.figures[columns.place[key]] for key in columns.written},
    )


def flat(row: Row, columns: Columns) -> Sequence[Any]:
    """Return the cells of a point, in the order of `Columns.names`."""
    cells = [row.figures[columns.place[key]] for key in columns.written]
    return [row.number, columns.networks[row.network], *map(plain, row.params), *cells]
