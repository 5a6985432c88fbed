"""Analysis -> what a page shows of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cnnstat.analysis.model import BlockRow
from cnnstat.commands.draw.repeats import repeats_of
from cnnstat.commands.draw.wording import family_of, operation
from cnnstat.commands.explain.document import entry_of
from cnnstat.commands.explain.explanations import explanations
from cnnstat.commands.report.document import (
    Block,
    EqualRepetitions,
    LayerLook,
    NetworkPage,
)
from cnnstat.commands.report.unit_fields import unit_fields
from cnnstat.commands.summary.document import document as summary_document
from cnnstat.report.document import entry
from cnnstat.report.outline import branches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.commands.draw.repeats import Repeats
    from cnnstat.commands.explain.document import ExplainedEntry


def network_page(analysis: Analysis, key: str) -> NetworkPage:
    """Return what a page shows of a network, without what needs its spec's text or a run."""
    return replace(outline(analysis, key), explained=explained(analysis), fields=unit_fields(analysis))


def outline(analysis: Analysis, key: str) -> NetworkPage:
    """Return what graph and table are made of; all else is null."""
    repeats = repeats_of(analysis, each=False)
    return NetworkPage(
        command="report",
        key=key,
        summary=summary_document(analysis, None),
        outputs=analysis.output_names,
        layers=tuple(_looks(analysis, repeats)),
        blocks=tuple(_blocks(analysis)),
        repetitions=tuple(_repetitions(analysis, repeats)),
        explained=None,
        fields=None,
        conventions=None,
        charts=None,
        findings=None,
        spec=None,
        proof=None,
        traces=None,
        traces_reason="",
    )


def explained(analysis: Analysis) -> tuple[ExplainedEntry, ...]:
    """Return the arithmetic of every layer and block, and last that of the sums."""
    rows = (*(branch.row for branch in branches(analysis)), analysis.totals)
    return tuple(map(entry_of, explanations(analysis, rows)))


def _looks(analysis: Analysis, repeats: Repeats) -> Iterator[LayerLook]:
    first = len(analysis.graph.inputs)
    for row in analysis.rows:
        yield LayerLook(
            family=family_of(row),
            operation=operation(row),
            line=row.node.entry.span.line,
            drawn=repeats.drawn[row.number] - first,
        )


def _blocks(analysis: Analysis) -> Iterator[Block]:
    """Yield every block that has layers, each before those that stand in it."""
    positions: dict[str, int] = {}
    for branch in branches(analysis):
        if not isinstance(branch.row, BlockRow):
            continue
        yield Block(
            path=branch.row.name,
            start=branch.row.layers.start,
            stop=branch.row.layers.stop,
            inside=positions.get(_around(branch.row.name, positions)),
            line=branch.row.group.entry.span.line,
            figures=entry(branch.row, analysis),
        )
        positions[branch.row.name] = len(positions)


def _around(path: str, known: dict[str, int]) -> str:
    """Return the path of the innermost block around another one; "" for none."""
    while path := path.rpartition(".")[0]:
        if path in known:
            return path
    return ""


def _repetitions(analysis: Analysis, repeats: Repeats) -> Iterator[EqualRepetitions]:
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
