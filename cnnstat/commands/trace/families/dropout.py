"""Dropout of single numbers and of whole branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.working import Part, Working, number_text, signed_text, step
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from cnnstat.commands.trace.layer_run import Index, LayerRun


class Dropout(Family):
    """What a mask that was drawn lets through, enlarged by what it holds back."""

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return x times its number of the mask."""
        return self._masked(run, unit, run.read(unit), "x")

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the delta times the same number."""
        return self._masked(run, cell, run.delta(cell), "delta")

    def _masked(self, run: LayerRun, unit: Index, number: float, what: str) -> Working:
        if run.mask is None:
            name = "y" if what == "x" else "gradient"
            whole = step(name, f"the {what}: nothing is dropped", number)
            return Working((Part("", (), (whole,)),), Real(number))
        place = tuple(min(i, n - 1) for i, n in zip(unit, run.mask.shape, strict=True))
        mask = float(run.mask[place])
        steps = (
            step(what, "", number),
            step("mask", "drawn: 0, or 1/(1 - rate)", mask),
            step("product", f"{signed_text(number)} · {number_text(mask)}", number * mask),
        )
        return Working((Part("", (), steps),), Real(number * mask))
