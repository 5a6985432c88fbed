"""A fit from Python."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from cnnstat.base.arguments import check_count, check_type, shown
from cnnstat.base.errors import ArgumentError
from cnnstat.commands.fit.document import document
from cnnstat.commands.fit.search import TRIALS, look
from cnnstat.commands.fit.task import Aim, task_of
from cnnstat.commands.fit.trials import Trials
from cnnstat.spec.given import from_python
from cnnstat.sweeps.question.asked import Varied
from cnnstat.sweeps.question.python_arguments import (
    as_error,
    columns_of,
    on_machine,
    parted,
    texts,
    vary_texts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnstat.analysis.settings import Options
    from cnnstat.commands.fit.document import FitDocument
    from cnnstat.sweeps.question.python_arguments import OnMachine, Texts


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
        task = task_of(str(spec), varied, aim, settings, on_machine(machine), keys)
        trials = Trials(task)
        way = look(trials, seed, tries, top)
    return document(task, trials, way, top)
