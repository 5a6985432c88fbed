"""The one sentence that a run ends in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.base.figures import FIGURES
from cnnstat.base.text import plural
from cnnstat.bridge.verify import MEMORY
from cnnstat.commands.run.gradients import not_measurable
from cnnstat.report.columns import COLUMNS
from cnnstat.report.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.bridge.verify import Disagreement, Unmeasured
    from cnnstat.commands.run.opinion import ModelOutputs, Opinion
    from cnnstat.commands.run.proof import Proof
    from cnnstat.executor.measure.gradients import Checked
    from cnnstat.report.model import Phrase

TITLES = {key: column.title for key, column in COLUMNS.items()} | {
    "field_stride": "stride of the field",
    "field_padding": "padding of the field",
    MEMORY: FIGURES[MEMORY].label,
}
"""What figures are called where they differ, outside of a column of their own."""


_GRADIENTS = ("", " and the gradient of the input", " and the gradients of the inputs")
_WRONG, _NOT_CHECKED = "WRONG GRADIENT", "NOT CHECKED"


def verdict(proof: Proof) -> tuple[str | Quantity, ...]:
    """Return the sentence: the first figure or gradient that is not true, or how many are."""
    differences, wrong = proof.verification.differences, proof.wrong
    if differences:
        return "NOT TRUE: ", *_difference(differences[0]), *_more(len(differences) - 1, "figure")
    if wrong:
        return *_gradient(wrong[0]), *_more(len(wrong) - 1, "gradient")
    if proof.opinion and proof.opinion.others:
        return _other(proof.opinion)
    if proof.opinion and proof.opinion.model and not proof.opinion.model.good:
        return _model(proof.opinion.model, proof.opinion.engine)
    if proof.loss.fault:
        return (f"{_WRONG}: {proof.loss.fault}",)
    checked, to_check = Quantity(len(proof.checked)), Quantity(proof.to_check)
    right = sum(checked.good for checked in proof.checked)
    unknown = not_measurable(proof.checked)
    if not proof.finished:
        if proof.interrupted:
            all_right = (Quantity(right), " right", *unknown) if unknown else ("all right",)
            return "interrupted: ", checked, " of ", to_check, " gradients checked, ", *all_right
        return f"{_NOT_CHECKED}: only ", checked, " of ", to_check, " gradients were"
    figures = Quantity(proof.verification.compared)
    proved = "proved: ", figures, " calculated figures are the figures measured"
    gradients = (", ", Quantity(right), " gradients are right", *unknown) if proof.checked else ()
    values = _agreed(proof.opinion) if proof.opinion else ()
    return *proved, *gradients, *values, *_unmeasured(proof.verification.unmeasured)


def _agreed(opinion: Opinion) -> Phrase:
    same, rounded = len(opinion.those("same")), len(opinion.those("rounding"))
    beside = (", ", Quantity(rounded), " but for rounding") if rounded else ()
    behind = _GRADIENTS[min(len(opinion.gradients), 2)]
    theirs = f" outputs{behind} are {opinion.engine}'s"
    return ", ", Quantity(same), theirs, *beside, *_original(opinion.model)


def _original(model: ModelOutputs | None) -> Phrase:
    """Say whether the user's own model was run, too: all before is of an export of the network."""
    if model is None:
        return ()
    if model.refused:
        return (f" in an export; {model.model} itself was not run: {model.refused}",)
    count = len(model.outputs)
    same = f" {plural('output', count)} of {model.model} itself {'is' if count == 1 else 'are'} the same"
    return " in an export, and ", Quantity(count), same


def _model(model: ModelOutputs, engine: str) -> tuple[str | Quantity, ...]:
    """Say which output of the user's own model is the first that is another one, or that it has none."""
    if model.others:
        (name, first), *others = model.others
        said = f"OTHER OUTPUT: the model's own '{name}' of {engine} is off by "
        where = f" from the network's {first.layer} ({first.type})"
        return said, Quantity(first.difference, "error"), where, *_more(len(others), "output")
    if model.lost:
        more = _more(len(model.lost) - 1, "output")
        return f"NOT COMPARED: no layer of the network works out the model's own '{model.lost[0]}'", *more
    return (f"NOT COMPARED: {model.model} itself was not run: {model.refused}",)


def _other(opinion: Opinion) -> tuple[str | Quantity, ...]:
    """Say which output is the first, in graph order, that is another one."""
    first, *others = opinion.others
    off = Quantity(first.difference, "error")
    if first in opinion.gradients:
        return f"OTHER GRADIENT: that of {first.layer} is off by ", off, f" from {opinion.engine}'s"
    return (
        *(f"OTHER OUTPUT: {first.layer} ({first.type}) is off by ", off, f" from {opinion.engine}'s"),
        *_more(len([each for each in others if each not in opinion.gradients]), "output"),
    )


def _unmeasured(unmeasured: Sequence[Unmeasured]) -> tuple[str | Quantity, ...]:
    """Say how many figures prove nothing, and why the first of them."""
    if not unmeasured:
        return ()
    whys = list(dict.fromkeys(each.why for each in unmeasured))
    more = (
        f", or {whys[1]}" if len(whys) == 2 else f", or for {len(whys) - 1} other reasons" * (len(whys) > 2)
    )
    return "; ", Quantity(len(unmeasured)), f" not measurable: {whys[0]}{more}"


def _difference(difference: Disagreement) -> Phrase:
    what = f"{difference.layer or 'the network'}: {TITLES[difference.figure]}"
    calculated, measured = _value(difference.calculated), _value(difference.measured)
    return f"{what} calculated ", calculated, ", measured ", measured


def _value(value: Any) -> Quantity:
    return Quantity(value, "sizes" if isinstance(value, tuple) else "count")


def _gradient(checked: Checked) -> Phrase:
    layer = f"{checked.layer} ({checked.type})" if checked.layer else "end to end"
    where = f"{_NOT_CHECKED if checked.outcome == 'not checked' else _WRONG}: {layer}, {checked.tensor}"
    if checked.fault:
        return (f"{where}: {checked.fault}",)
    return f"{where}: off by ", Quantity(max(checked.error, checked.elements or 0), "error")


def _more(count: int, noun: str) -> Phrase:
    return ("; and ", Quantity(count), f" more {plural(noun, count)}") if count else ()
