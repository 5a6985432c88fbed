"""Analysis -> how layers stand together: their families, the blocks around them, and what is repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.model import BlockRow
from cnnstat.commands.draw.wording import family_of, operation
from cnnstat.commands.report.document import Block, EqualRepetitions, LayerLook
from cnnstat.report.document import entry
from cnnstat.report.outline import branches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.commands.draw.repeats import Repeats


def layer_looks(analysis: Analysis, repeats: Repeats) -> Iterator[LayerLook]:
    """Yield how each layer is drawn, in order."""
    first = len(analysis.graph.inputs)
    for row in analysis.rows:
        yield LayerLook(
            family=family_of(row),
            operation=operation(row),
            line=row.node.entry.span.line,
            drawn=repeats.drawn[row.number] - first,
        )


def blocks(analysis: Analysis) -> Iterator[Block]:
    """Yield every block that has layers, each before those that stand in it."""
    positions: dict[str, int] = {}
    for branch in branches(analysis):
        row = branch.row
        if isinstance(row, BlockRow):
            yield Block(
                path=row.name,
                start=row.layers.start,
                stop=row.layers.stop,
                inside=_around(row.name, positions),
                line=row.group.entry.span.line,
                figures=entry(row, analysis),
            )
            positions[row.name] = len(positions)


def _around(path: str, positions: dict[str, int]) -> int | None:
    """Return the position of the innermost block around another one."""
    while path := path.rpartition(".")[0]:
        if path in positions:
            return positions[path]
    return None


def repetitions(analysis: Analysis, repeats: Repeats) -> Iterator[EqualRepetitions]:
    """Yield repetitions that follow each other and are equal."""
    first = len(analysis.graph.inputs)
    for run in repeats.runs.values():
        yield EqualRepetitions(
            first=run.first.path,
            last=run.last.path,
            times=run.times,
            start=run.first.start - first,
            stop=run.last.stop - first,
            whole=run.whole,
        )
