"""What is asked of a fit, put together before the work: the network, what is wanted of it, columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET, Struct
from msgspec.structs import replace

from cnnstat.base.errors import ArgumentError
from cnnstat.commands.fit.document import Question
from cnnstat.commands.fit.whole import whole_only
from cnnstat.commands.fit.wishes import read_wishes
from cnnstat.report.machine import machine_entry
from cnnstat.sweeps.networks.columns import Columns, following
from cnnstat.sweeps.networks.evaluator import Evaluator
from cnnstat.sweeps.networks.figures import USUAL, check_machine, with_bounds
from cnnstat.sweeps.networks.points import Points
from cnnstat.sweeps.question.plan_reader import read_plan
from cnnstat.sweeps.selection.condition_texts import params_and_figures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.settings import Settings
    from cnnstat.commands.fit.wishes import Wishes
    from cnnstat.sweeps.networks.plan import Plan
    from cnnstat.sweeps.question.asked import Varied


class Aim(Struct, frozen=True):
    """What is wanted, as it is written; a target is met ``within`` a part of it."""

    to: tuple[str, ...]
    under: tuple[str, ...]
    most: str | None
    least: str | None
    within: Fraction

    @property
    def of_params(self) -> tuple[str, ...]:
        """Return the conditions on parameters."""
        return params_and_figures(self.under)[0]

    def wishes(self, params: Sequence[str]) -> Wishes:
        """Return what is wanted of figures, and targets of parameters; ``params`` may be taken for figures.

        Raises:
            ArgumentError: nothing is, or something cannot be.
        """
        bounds = params_and_figures(self.under)[1]
        return read_wishes(self.to, bounds, self.most, self.least, self.within, params)


class Task(Struct, frozen=True):
    """A fit before the work; of the parameters that are ``whole``, whole numbers are tried."""

    evaluator: Evaluator
    columns: Columns
    wishes: Wishes
    whole: tuple[str, ...]
    question: Question


def task_of(
    spec: str,
    varied: Varied,
    aim: Aim,
    settings: Settings,
    machine: Machine | None,
    columns: tuple[str, ...] | None,
) -> Task:
    """Return what is asked for; without ``columns`` what is wanted is shown, and what is usual.

    Raises:
        SpecError: the spec is wrong.
        ArgumentError: nothing varies, or what is wanted does not go with the network.
    """
    plan = read_plan((spec,), varied, aim.of_params, settings)
    wishes = aim.wishes(Points(plan).params)
    shown = columns or tuple(dict.fromkeys((*wishes.keys, *USUAL)))
    figures = with_bounds((*shown, *wishes.keys), (each.text for each in plan.members))
    evaluator, whole = _evaluator(replace(plan, figures=figures, machine=machine))
    points, network = evaluator.points, plan.members[0].label
    check_machine(figures, machine, points.dtypes(settings))
    if not points.networks[0].space.axes:
        raise ArgumentError("nothing varies: --vary width=0.25:4 names a parameter and its range")
    space = points.described(evaluator.plan)
    question = Question(
        command="fit",
        network=network,
        space=space,
        to=aim.to,
        under=aim.under,
        most=aim.most,
        least=aim.least,
        machine=UNSET if machine is None else machine_entry(machine),
    )
    table = Columns((network,), points.params, figures, shown, following=following(space))
    return Task(evaluator, table, wishes, whole, question)


def _evaluator(plan: Plan) -> tuple[Evaluator, tuple[str, ...]]:
    """Return what works networks out, and the parameters of which it has whole numbers only."""
    evaluator = Evaluator(plan)
    whole = whole_only(evaluator)
    if not whole:
        return evaluator, ()
    written = evaluator.points.described(plan)
    vary = {**plan.vary, **{name: f"{written[name]}:1" for name in whole}}
    return Evaluator(replace(plan, vary=vary)), whole
