"""Networks -> what a page is made of but for the networks themselves."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cnnstat import __version__
from cnnstat.commands.draw.style import DARK, LIGHT, colours
from cnnstat.commands.report.document import Colours, FamilyColours, IndexEntry, PageDocument
from cnnstat.report.document import total_figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.commands.diff.document import DiffDocument
    from cnnstat.commands.draw.style import Scheme
    from cnnstat.commands.report.document import NetworkPage
    from cnnstat.commands.report.networks import Reported


def page_document(
    index: Sequence[IndexEntry], families: Iterable[str], difference: DiffDocument | None
) -> PageDocument:
    """Return what a page is made of, beside the pages of networks; ``families`` are those of all layers."""
    names = [each.name for each in index]
    return PageDocument(
        command="report",
        version=__version__,
        title=" and ".join(names) if len(names) < 3 else f"{len(names):,} networks",
        colours=family_colours(families),
        index=tuple(index),
        difference=difference,
    )


def family_colours(families: Iterable[str]) -> dict[str, FamilyColours]:
    """Return the colours of families of layers."""
    return {
        family: FamilyColours(light=_colours(LIGHT, family), dark=_colours(DARK, family))
        for family in sorted(families)
    }


def _colours(scheme: Scheme, family: str) -> Colours:
    fill, border = colours(scheme, family)
    return Colours(fill=fill, border=border)


def index_entry(network: Reported, page: NetworkPage | None, proved: bool | None) -> IndexEntry:
    """Return a network in a line; ``proved`` says whether a run proved its figures, None for no run."""
    analysis, error = network.analysis, network.error
    if analysis is None or page is None:
        problems = tuple(f"{problem}" for problem in error.problems) if error else ()
        return IndexEntry(
            key=network.key,
            name=network.spec,
            file=network.spec,
            source="",
            input_shape=(),
            layers=0,
            totals=None,
            findings={},
            proved=None,
            problems=problems,
        )
    return IndexEntry(
        key=network.key,
        name=analysis.name,
        file=network.spec,
        source=analysis.source,
        input_shape=analysis.input_shape,
        layers=len(analysis.rows),
        totals=total_figures(analysis),
        findings=dict(Counter(each.finding.severity for each in page.findings or ())),
        proved=proved,
        problems=(),
    )
