"""The gradients of a run: a table of errors, and their sum."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from cnnstat.analysis.outline import folded
from cnnstat.report.model import Column, Fact, Line, Quantity, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.commands.run.gradient_document import GradientCheck, GradientError
    from cnnstat.executor.measure.gradients import Checked
    from cnnstat.report.model import Phrase

_WEIGHT = {"wrong": 0, "not checked": 1, "not measurable": 2}
"""What is said of several gradients first."""
_METHODS = {"complex": "complex step", "central": "central difference"}


def gradient_table(check: GradientCheck, analysis: Analysis, depth: int | None) -> Table:
    """Return the error of each gradient; with a depth, the worst of each block."""
    columns = [
        Column("layer", "layer", "text"),
        Column("tensor", "gradient of", "text"),
        Column("size", "numbers", rank=1),
        Column("error", "relative error", "error"),
    ]
    single = any(each.elements is not None for each in check.checked)
    if single:
        columns.append(Column("elements", "single elements", "error"))
    columns.append(Column("verdict", "", "text"))
    lines = []
    for name, tensor, part in _folded(check, analysis, depth):
        size = sum(each.size for each in part)
        error = max((each.error for each in part if not each.fault), default=None)
        elements = max(
            (each.elements for each in part if each.elements is not None and not each.fault), default=""
        )
        lines.append(Line((name, tensor, size, error, *((elements,) if single else ()), _found(part)), name))
    return Table("gradients", tuple(columns), tuple(lines))


def _found(part: list[GradientError]) -> str:
    """Return what was found of some gradients: what is wrong before what nobody can know."""
    not_right = sorted((each for each in part if not each.right), key=lambda each: _WEIGHT[each.outcome])
    return not_right[0].fault or "WRONG" if not_right else "right"


def _folded(
    check: GradientCheck, analysis: Analysis, depth: int | None
) -> Iterator[tuple[str, str, list[GradientError]]]:
    """Yield layer, tensor and what was checked; with a depth, all of a block together."""
    if depth is None:
        yield from ((each.layer or "end to end", each.tensor, [each]) for each in check.checked)
        return
    rows = folded(analysis, depth)
    block = {analysis.rows[position].name: row.name for row in rows for position in row.layers}
    for name, group in groupby(check.checked, lambda each: block.get(each.layer or "")):
        part = list(group)
        if name is None:
            yield from (("end to end", each.tensor, [each]) for each in part)
        else:
            yield name, part[0].tensor if len(part) == 1 else f"{len(part)} tensors", part


def not_measurable(checked: Sequence[Checked | GradientError]) -> Phrase:
    """Return how many gradients are neither right nor wrong, and why."""
    faults = Counter(each.fault for each in checked if each.outcome == "not measurable")
    return tuple(part for why, count in faults.items() for part in (", ", Quantity(count), f" {why}"))


def gradient_fact(check: GradientCheck) -> Fact:
    """Return how many gradients are right, and how far off the worst is."""
    right = sum(each.right for each in check.checked)
    phrase: list[str | Quantity] = [Quantity(right), " right"]
    if check.wrong:
        phrase += [", ", Quantity(check.wrong), " wrong"]
    phrase += not_measurable(check.checked)
    if left := check.to_check - right - check.wrong - check.not_measurable:
        phrase += [", ", Quantity(left), " not checked"]
    worst = max((each.error for each in check.checked if not each.fault), default=0.0)
    phrase += ["; largest relative error ", Quantity(worst, "error")]
    phrase += [" (tolerance ", Quantity(check.tolerance, "real"), f", {_METHODS[check.method]})"]
    return Fact("gradients", tuple(phrase))
