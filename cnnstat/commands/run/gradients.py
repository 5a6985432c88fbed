"""The gradients of a run: a table of errors, and their sum."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from cnnstat.analysis.outline import folded
from cnnstat.executor.measure.derivatives import TOLERANCE
from cnnstat.report.model import Column, Line, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.bridge.verify import Proof
    from cnnstat.executor.measure.gradients import Checked

ROUNDING = 1e-16


def table(proof: Proof, depth: int | None) -> Table:
    """Return the error of each gradient; with a depth, the worst of each block."""
    columns = [
        Column("layer", "layer", "text"),
        Column("tensor", "gradient of", "text"),
        Column("size", "numbers", rank=1),
        Column("error", "relative error"),
    ]
    single = any(checked.elements is not None for checked in proof.checked)
    if single:
        columns.append(Column("elements", "single elements"))
    columns.append(Column("verdict", "", "text"))
    lines = []
    for name, tensor, part in _folded(proof, depth):
        errors = [_error(max(checked.error for checked in part))]
        if single:
            known = [checked.elements for checked in part if checked.elements is not None]
            errors.append(_error(max(known)) if known else "")
        judged = "right" if all(checked.good for checked in part) else "WRONG"
        size = sum(checked.size for checked in part)
        lines.append(Line((name, tensor, size, *errors, judged), name))
    return Table("gradients", tuple(columns), tuple(lines))


def _folded(proof: Proof, depth: int | None) -> Iterator[tuple[str, str, list[Checked]]]:
    """Yield layer, tensor and what was checked; with a depth, all of a block together."""
    if depth is None:
        yield from ((checked.layer or "end to end", checked.tensor, [checked]) for checked in proof.checked)
        return
    analysis = proof.verification.analysis
    rows = folded(analysis, depth)
    block = {analysis.rows[position].name: row.layers for row in rows for position in row.layers}
    names = {row.layers: row.name for row in rows}
    for layers, group in groupby(proof.checked, lambda checked: block.get(checked.layer)):
        part = list(group)
        if layers is None:
            yield from (("end to end", checked.tensor, [checked]) for checked in part)
        else:
            yield names[layers], part[0].tensor if len(part) == 1 else f"{len(part)} tensors", part


def _error(error: float) -> str:
    """Return a relative error; what is below the digits of float64 is not worth telling apart."""
    return f"{error:.1e}" if error >= ROUNDING else f"<{ROUNDING:.0e}"


def facts(proof: Proof) -> Iterator[tuple[str, str]]:
    """Yield how many gradients are right, and how far off the worst is."""
    if not proof.to_check:
        return
    wrong, left = len(proof.wrong), proof.to_check - len(proof.checked)
    right = len(proof.checked) - wrong
    parts = [f"{right:,} right", f"{wrong:,} wrong" if wrong else "", f"{left:,} not checked" if left else ""]
    worst = max((checked.error for checked in proof.checked), default=0.0)
    how = {"complex": "complex step", "central": "central difference"}[proof.method]
    counts = ", ".join(part for part in parts if part)
    yield "gradients", f"{counts}; largest relative error {_error(worst)} (tolerance {TOLERANCE:.0e}, {how})"
