"""What is explained of layers, blocks and the whole network: the steps of their figures, and errata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.fields import known_fields
from cnnstat.analysis.model import BlockRow, Row, Totals
from cnnstat.analysis.outline import TOTAL, find, folded
from cnnstat.analysis.roofline import roofs
from cnnstat.commands.explain.block_sums import block_steps, parts_of_blocks, sums, total_steps
from cnnstat.commands.explain.derivations import layer_steps, terms
from cnnstat.commands.explain.errata import Erratum, errata_in, marked
from cnnstat.commands.explain.roofline_steps import roofline_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.machines import Machine
    from cnnstat.commands.explain.document import StepEntry


class Explanation(Struct, frozen=True):
    """A layer or a block, or with `Totals` the whole network, explained."""

    row: Row | Totals
    steps: tuple[StepEntry, ...]
    errata: tuple[Erratum, ...]


def named(analysis: Analysis, names: Iterable[str]) -> Iterator[Row | Totals]:
    """Yield the layer or block of each name; of ``total`` the totals, behind a layer that is called so.

    Raises:
        ArgumentError: there is no such layer.
    """
    for name in names:
        if name != TOTAL or name in analysis.named:
            yield find(analysis, name)
        if name == TOTAL:
            yield analysis.totals


def explanations(
    analysis: Analysis, rows: Iterable[Row | Totals], machine: Machine | None = None
) -> Iterator[Explanation]:
    """Yield rows explained; with a machine, the least time of each there, too."""
    under = roofs(analysis, machine) if machine else ()
    parts, printed_wrong = parts_of_blocks(analysis), marked(analysis)
    fields = known_fields(analysis, len(analysis.rows))
    for row in rows:
        if isinstance(row, Totals):
            figures = sums(folded(analysis, 1))
            steps = total_steps(analysis, figures)
        elif isinstance(row, BlockRow):
            figures = sums(parts[row.name], row.name)
            steps = block_steps(row, analysis.graph.name(row.number), figures)
        else:
            figures = terms(row)
            steps = layer_steps(analysis, row, fields)
        timed = roofline_steps(row, under) if under else ()
        yield Explanation(row, (*steps, *timed), errata_in(row, figures, printed_wrong))
