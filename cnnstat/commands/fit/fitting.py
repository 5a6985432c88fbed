"""A fit from end to end: what is asked for, the networks that are tried, and the best of them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from msgspec import UNSET, Struct
from msgspec.structs import replace

from cnnstat.base.arguments import check_count, check_type, shown
from cnnstat.base.errors import ArgumentError
from cnnstat.commands.fit.document import Question, document
from cnnstat.commands.fit.search import TRIALS, look
from cnnstat.commands.fit.trials import Trials
from cnnstat.commands.fit.whole import whole_only
from cnnstat.commands.fit.wishes import read_wishes
from cnnstat.report.machine import machine_entry
from cnnstat.spec.given import from_python
from cnnstat.sweeps.networks.columns import Columns, following
from cnnstat.sweeps.networks.evaluator import Evaluator
from cnnstat.sweeps.networks.figures import USUAL, check_machine, with_bounds
from cnnstat.sweeps.question.options import Varied
from cnnstat.sweeps.question.plan_reader import read_plan
from cnnstat.sweeps.question.python_arguments import (
    as_error,
    columns_of,
    on_machine,
    parted,
    texts,
    vary_texts,
)
from cnnstat.sweeps.selection.condition_texts import params_and_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.settings import Options, Settings
    from cnnstat.commands.fit.document import FitDocument
    from cnnstat.sweeps.question.python_arguments import OnMachine, Texts


class Aim(Struct, frozen=True):
    """What is wanted, as it is written; a target is met ``within`` a part of it."""

    to: tuple[str, ...]
    under: tuple[str, ...]
    most: str | None
    least: str | None
    within: Fraction


def fitted(
    spec: str,
    varied: Varied,
    aim: Aim,
    settings: Settings,
    machine: Machine | None,
    *,
    columns: tuple[str, ...] | None,
    top: int,
    tries: int = TRIALS,
    advance: Callable[[float], None] = lambda step: None,
) -> tuple[FitDocument, Columns]:
    """Return the ``top`` best networks, and the columns that show them.

    Raises:
        SpecError: the spec is wrong.
        ArgumentError: nothing varies, or what is wanted does not go with the network.
        Undone: an optimiser is needed that is not installed.
    """
    of_params, bounds = params_and_figures(aim.under)
    wishes = read_wishes(aim.to, bounds, aim.most, aim.least, aim.within)
    shown = columns or tuple(dict.fromkeys((*wishes.keys, *USUAL)))
    plan = read_plan((spec,), varied, of_params, settings)
    figures = with_bounds((*shown, *wishes.keys), (each.text for each in plan.members))
    plan = replace(plan, figures=figures, machine=machine)
    evaluator = Evaluator(plan)
    check_machine(figures, machine, evaluator.points.dtypes(settings))
    whole = whole_only(evaluator)
    if whole:
        written = evaluator.points.described(plan)
        plan = replace(plan, vary={**plan.vary, **{name: f"{written[name]}:1" for name in whole}})
        evaluator = Evaluator(plan)
    if not evaluator.points.networks[0].space.axes:
        raise ArgumentError("nothing varies: --vary width=0.25:4 names a parameter and its range")
    space = evaluator.points.described(plan)
    table = Columns(
        *((plan.members[0].label,), evaluator.points.params, plan.figures, shown), following=following(space)
    )
    question = Question(
        command="fit",
        network=plan.members[0].label,
        space=space,
        to=aim.to,
        under=aim.under,
        most=aim.most,
        least=aim.least,
        machine=UNSET if machine is None else machine_entry(machine),
    )
    trials = Trials(evaluator, table, wishes, advance)
    way = look(trials, varied.seed or 0, tries, top)
    return document(question, trials, way, top, whole), table


def fit(
    spec: str | Path,
    *,
    vary: Mapping[str, object] | None = None,
    to: Texts = (),
    under: Texts = (),
    most: str | None = None,
    least: str | None = None,
    within: float = 0.01,
    top: int = 5,
    figures: Sequence[str] | None = None,
    seed: int = 0,
    tries: int = TRIALS,
    machine: OnMachine | None = None,
    **options: Unpack[Options],
) -> FitDocument:
    """Find the parameters with which a network meets targets and bounds, as `cnnstat fit` does.

    ``vary`` and ``machine`` are those of `sweep`, ``to`` and ``under`` texts of the command line, ``within``
    is a part of a target; of several
    parameters about ``tries`` networks are tried. The other keywords are those of `analyze`.

    Raises:
        SpecError: the spec is wrong.
        ValueError: an argument is out of range, nothing varies, or there is no such figure.
        RuntimeError: an optimiser is needed that is not installed.
    """
    check_type("spec", spec, str | Path, "the name of a network, or a path")
    params, shape, settings = parted(options)
    share = from_python(within)
    if not isinstance(share, int | Fraction) or isinstance(share, bool) or not 0 <= share < 1:
        raise ArgumentError(f"within: expected a part from 0 to below 1, got {shown(within)}")
    varied = Varied(vary_texts(vary), params, () if shape is None else (shape,), seed=seed)
    aim = Aim(texts("to", to), texts("under", under), most, least, Fraction(share))
    keys, top, tries = columns_of(figures), check_count("top", top), check_count("tries", tries)
    with as_error():
        found, _ = fitted(
            str(spec), varied, aim, settings, on_machine(machine), columns=keys, top=top, tries=tries
        )
    return found
