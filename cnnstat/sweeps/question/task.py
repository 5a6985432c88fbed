"""What is asked for, put together before the work: the plan of a sweep, its columns, and how many points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.base.errors import ArgumentError, Problem, SpecError
from cnnstat.sweeps.networks.columns import Columns, following
from cnnstat.sweeps.networks.figures import (
    ON_MACHINES,
    USUAL,
    USUAL_ON_MACHINES,
    check_machine,
    with_bounds,
)
from cnnstat.sweeps.networks.points import Points
from cnnstat.sweeps.question.asked import figures_for
from cnnstat.sweeps.question.plan_reader import read_plan
from cnnstat.sweeps.store.store import figures_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.settings import Settings
    from cnnstat.sweeps.networks.plan import Plan
    from cnnstat.sweeps.question.asked import Asked, Varied
    from cnnstat.sweeps.selection.selection import Wanted

MOST = 100_000_000
"""Points of a grid that anybody waits for."""


class Task(Struct, frozen=True):
    """A sweep before the work; ``count`` points, of which no more than ``wanted`` are shown."""

    plan: Plan
    points: Points
    columns: Columns
    wanted: Wanted
    count: int


def task_of(
    specs: Sequence[str],
    varied: Varied,
    asked: Asked,
    settings: Settings,
    machine: Machine | None,
    store: Path | None,
    top: int | None,
) -> Task:
    """Return what is asked for; a ``store`` that is there may bring figures that nobody asks for now.

    Raises:
        SpecError: a spec is wrong.
        ArgumentError: what is asked for does not go with the networks, or there is no such figure.
        Undone: the store cannot be read.
    """
    plan = read_plan(specs, varied, asked.of_params, settings)
    points = Points(plan)
    wanted = asked.wanted(points.params, top=top)
    shown = asked.columns or (USUAL if machine is None else USUAL_ON_MACHINES)
    figures = with_bounds(figures_for(wanted, shown, points.params), (each.text for each in plan.members))
    if store is not None and store.exists():
        stored, its_machine = figures_in(store)
        if {*figures} <= {*stored}:
            figures, machine = stored, machine or its_machine
    check_machine(figures, machine, points.dtypes(settings))
    plan = replace(plan, figures=figures, machine=machine if {*figures} & {*ON_MACHINES} else None)
    networks = tuple(member.label for member in plan.members)
    columns = Columns(
        networks, points.params, figures, shown, points.kinds(), following(points.described(plan))
    )
    return Task(plan, points, columns, wanted, varied.sample or _grid(points))


def _grid(points: Points) -> int:
    """Return how many points the grid has.

    Raises:
        SpecError: it has none, by a range that stands in a spec.
        ArgumentError: it has none, or more than anybody waits for.
    """
    if points.endless:
        name = points.endless[0]
        message = f"the range of {name} has no steps, so there is no grid; --sample N draws points"
        for network in points.networks:
            if name in network.space.endless and name in network.space.spans:
                raise SpecError([Problem("space/range", message, network.space.spans[name])])
        raise ArgumentError(message)
    count = points.count
    assert count is not None
    if count > MOST:
        raise ArgumentError(
            f"the grid has {count:,} points, at most {MOST:,} are tried; --sample N draws some"
        )
    return count
