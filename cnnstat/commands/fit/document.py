"""What a fit found -> the document of `fit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict

from cnnstat.report.document import Document
from cnnstat.report.machine import MachineEntry  # noqa: TC001 - the manual of JSON reads it
from cnnstat.sweeps.cells import plain
from cnnstat.sweeps.output.document import Refused, refused_of

if TYPE_CHECKING:
    from cnnstat.commands.fit.search import Way
    from cnnstat.commands.fit.task import Task
    from cnnstat.commands.fit.trials import Trial, Trials
    from cnnstat.sweeps.networks.columns import Columns


class FittedPoint(Struct, frozen=True, kw_only=True):
    """One network that was tried."""

    params: dict[str, int | float | str | bool | None]
    """The parameters that vary, and those of the network that follow from them."""
    figures: dict[str, int | float | tuple[int, ...] | str | None]
    """By key; sizes one number for each axis; null where unknown."""
    met: bool | None
    """Whether all targets and bounds are met; null where that is not decided, as a figure is only a bound."""
    off: tuple[float, ...]
    """How far each target is missed, beside it: 0.01 is 1 % more."""
    unproved: tuple[str, ...]
    """The targets and bounds of which it is not decided."""


class Question(Document, frozen=True, kw_only=True):
    """What was asked, as it was written: what the document of `fit` begins with."""

    network: str
    space: dict[str, str]
    """What varies, by `--vary` in place of `space:`."""
    to: tuple[str, ...]
    under: tuple[str, ...]
    most: str | None
    least: str | None
    machine: MachineEntry | UnsetType = UNSET
    """Where there are figures of one."""


class FitDocument(Question, frozen=True, kw_only=True):
    """`fit`: the parameters with which a network meets what was asked for."""

    within: float
    """The part of a target by which it may be missed."""
    way: str
    """How the parameters were looked for."""
    sure: bool
    """Whether there are certainly no better ones: every point was tried."""
    tried: int
    """How many networks were worked out."""
    whole: tuple[str, ...]
    """Parameters without steps of which whole numbers were tried: what lies between is refused."""
    refused: tuple[Refused, ...]
    """Those that are none, by reason."""
    met: bool
    """Whether the first of the rows meets everything."""
    rows: tuple[FittedPoint, ...]
    """The best, the best first; of networks with the same figures one."""


def document(task: Task, trials: Trials, way: Way, top: int) -> FitDocument:
    """Return the ``top`` best networks that were tried."""
    best = trials.best(top)
    return FitDocument(
        **asdict(task.question),
        within=float(task.wishes.within),
        way=way.name,
        sure=way.sure,
        tried=len(trials),
        whole=task.whole,
        refused=refused_of(trials.refused),
        met=bool(best) and best[0].met,
        rows=tuple(_point(trial, task.columns) for trial in best),
    )


def _point(trial: Trial, columns: Columns) -> FittedPoint:
    assert trial.standing is not None  # as of all that are among the best
    return FittedPoint(
        params=dict(zip(columns.params, map(plain, trial.row.params), strict=True)),
        figures={key: trial.row.figures[columns.place[key]] for key in columns.written},
        met=trial.standing.met,
        unproved=trial.standing.unproved,
        off=tuple(float(apart) for apart in trial.apart),
    )
