"""Analysis -> Report: each figure as a formula, then with this network's numbers, then the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.analysis.model import BlockRow, Totals
from cnnstat.analysis.outline import TOTAL, find, folded
from cnnstat.base.errors import ArgumentError, plural
from cnnstat.commands.explain.block_sums import Blocks, block_steps, sums, total_steps
from cnnstat.commands.explain.derivations import LEGEND, one_line, steps_of, terms
from cnnstat.commands.explain.errata import Errata, Erratum, errata, explained
from cnnstat.report.data import head
from cnnstat.report.layers import title_of
from cnnstat.report.model import Derivation, Report, Section
from cnnstat.report.outline import branches
from cnnstat.report.text import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis, Row
    from cnnstat.base.arithmetic import Term


class Explained(Struct, frozen=True):
    """A layer, a block or the whole network, explained; ``brief`` where one line says it all."""

    name: str
    title: str
    steps: tuple[Derivation, ...]
    errata: tuple[Erratum, ...]
    brief: str | None = None

    def section(self) -> Section:
        """Return it for readers."""
        if self.brief is not None:
            return Section("", text=f"{self.title}: {self.brief}")
        told = (step for erratum in self.errata for step in erratum.steps())
        return Section(self.title, (*self.steps, *told))

    def data(self) -> dict[str, Any]:
        """Return it as the JSON contract has it."""
        return {
            "name": self.name,
            "steps": [step_data(step) for step in self.steps],
            "errata": [erratum.data() for erratum in self.errata],
        }


def network(analysis: Analysis, layers: Sequence[str] = (), depth: int | None = None) -> Report:
    """Return the arithmetic of the layers or blocks named, else of the whole network and its totals.

    Raises:
        ArgumentError: there is no such layer.
    """
    explainer = _Explainer(analysis)
    if layers:
        told = [item for name in layers for item in explainer.named(name)]
    else:
        told = [explainer.row(branch.row) for branch in branches(analysis, depth)]
        told.append(explainer.total())
    return report(analysis, told)


def each(analysis: Analysis, rows: Sequence[Row]) -> list[Explained]:
    """Return rows explained, in brief where one line says it all."""
    explainer = _Explainer(analysis)
    return [explainer.row(row) for row in rows]


def report(analysis: Analysis, told: Sequence[Explained]) -> Report:
    """Return what is explained as a report."""
    return Report(
        title=title_of(analysis),
        data={**head("explain", analysis), "explained": [item.data() for item in told]},
        notes=notes(told),
        source=analysis.source,
        sections=tuple(item.section() for item in told),
    )


def notes(told: Sequence[Explained]) -> tuple[str, ...]:
    """Return the legend where a field grew by the formula."""
    shown_steps = (step for item in told if item.brief is None for step in item.steps)
    return (LEGEND,) if any(step.label.startswith("field stride") for step in shown_steps) else ()


def layer(analysis: Analysis, number: int, found: Errata, brief: str | None = None) -> Explained:
    """Return a layer explained."""
    row = analysis.layer(number)
    shapes = analysis.inputs(number)
    inputs = (f"{name} {shown(size, 'shape')}" for name, size in zip(row.inputs, shapes, strict=True))
    title = f"{row.name}: {row.type} of {', '.join(inputs)}"
    wrong = _errata(found, row.name, terms(row.calculated))
    return Explained(row.name, title, steps_of(analysis, number), wrong, None if wrong else brief)


def step_data(step: Derivation) -> dict[str, Any]:
    """Return one step: its arithmetic, or the text in place of it."""
    said = {"figure": step.figure, "label": step.label}
    if step.result is None:
        return {**said, "text": step.text}
    return {**said, "formula": step.formula, "numbers": step.numbers, "result": step.result}


class _Explainer:
    """One network, with what its layers and blocks are looked up in."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis, self.errata, self.blocks = analysis, errata(analysis), Blocks(analysis)

    def named(self, name: str) -> Iterator[Explained]:
        """Yield the layer or block of a name; of ``total`` the sums, behind a layer that is called so."""
        try:
            row = find(self.analysis, name)
        except ArgumentError:
            if name != TOTAL:
                raise
        else:
            if isinstance(row, BlockRow):
                yield self.block(row)
            else:
                yield layer(self.analysis, row.number, self.errata)
        if name == TOTAL:
            yield self.total()

    def row(self, row: Row) -> Explained:
        """Return one of many rows, in brief if one line says it all."""
        if isinstance(row, BlockRow):
            return self.block(row)
        return layer(self.analysis, row.number, self.errata, one_line(self.analysis, row.number))

    def block(self, row: BlockRow) -> Explained:
        inside = tuple(self.blocks.parts(row.group))
        wrong = _errata(self.errata, row.name, sums(inside, row.name))
        title = f"{row.name}: {row.type}, {len(row.layers)} {plural('layer', len(row.layers))}"
        return Explained(row.name, title, block_steps(self.analysis, row.group, row, inside), wrong)

    def total(self) -> Explained:
        wrong = _errata(self.errata, TOTAL, sums(folded(self.analysis, 1)), totals=True)
        return Explained(TOTAL, TOTAL, total_steps(self.analysis), wrong)


def _errata(
    found: Errata, name: str, figures: dict[str, Term], *, totals: bool = False
) -> tuple[Erratum, ...]:
    # A layer may be called `total`, too: the network's own figures are those of its totals.
    own = [(row, told) for row, told in found.get(name, ()) if isinstance(row, Totals) == totals]
    return tuple(explained(row, told, figures) for row, told in own)
