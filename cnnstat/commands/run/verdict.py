"""The one sentence that a run ends in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.analysis.model import STORED
from cnnstat.base.figures import FIGURES
from cnnstat.base.text import plural
from cnnstat.bridge.verify import MEMORY
from cnnstat.report.columns import COLUMNS
from cnnstat.report.model import Quantity

if TYPE_CHECKING:
    from cnnstat.bridge.verify import Disagreement, Proof, Verification
    from cnnstat.executor.measure.gradients import Checked
    from cnnstat.report.model import Phrase

TITLES = {key: column.title for key, column in COLUMNS.items()} | {
    "field_stride": "stride of the field",
    "field_padding": "padding of the field",
    MEMORY: FIGURES[MEMORY].label,
}
"""What figures are called where they differ, outside of a column of their own."""


def verdict(proof: Proof) -> tuple[str | Quantity, ...]:
    """Return the sentence: the first figure or gradient that is not true, or how many are."""
    differences, wrong = proof.verification.differences, proof.wrong
    if differences:
        return "NOT TRUE: ", *_difference(differences[0]), *_more(len(differences) - 1, "figure")
    if wrong:
        return "WRONG GRADIENT: ", *_gradient(wrong[0]), *_more(len(wrong) - 1, "gradient")
    checked = Quantity(len(proof.checked))
    if not proof.finished:
        return "interrupted: ", checked, " of ", Quantity(proof.to_check), " gradients checked, all right"
    figures = Quantity(_compared(proof.verification))
    proved = "proved: ", figures, " calculated figures are the figures measured"
    return (*proved, ", ", checked, " gradients are right") if proof.checked else proved


def _compared(verification: Verification) -> int:
    """Count figures: shape, counts and field of each layer, and the memory of the network."""
    return len(verification.analysis.rows) * (len(STORED) + 2) - len(verification.unmeasured) + 1


def _difference(difference: Disagreement) -> Phrase:
    what = f"{difference.layer or 'the network'}: {TITLES[difference.figure]}"
    calculated, measured = _value(difference.calculated), _value(difference.measured)
    return f"{what} calculated ", calculated, ", measured ", measured


def _value(value: Any) -> Quantity:
    return Quantity(value, "sizes" if isinstance(value, tuple) else "count")


def _gradient(checked: Checked) -> Phrase:
    layer = f"{checked.layer} ({checked.type})" if checked.layer else "end to end"
    return f"{layer}, {checked.tensor}: off by ", Quantity(max(checked.error, checked.elements or 0), "error")


def _more(count: int, noun: str) -> Phrase:
    return ("; and ", Quantity(count), f" more {plural(noun, count)}") if count else ()
