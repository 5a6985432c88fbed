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
    networks: Sequence[Reported],
    pages: Sequence[NetworkPage | None],
    proved: Sequence[bool | None],
    difference: DiffDocument | None,
) -> PageDocument:
    """Return what a page is made of, beside the pages of networks; None for one that could not be read.

    ``proved`` says of each network whether a run proved its figures; None for no run.
    """
    names = [each.analysis.name if each.analysis else each.spec for each in networks]
    families = {look.family for page in pages if page for look in page.layers}
    return PageDocument(
        command="report",
        version=__version__,
        title=" and ".join(names) if len(names) < 3 else f"{len(names):,} networks",
        colours=family_colours(families),
        index=tuple(_entry(*each) for each in zip(networks, pages, proved, strict=True)),
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


def _entry(network: Reported, page: NetworkPage | None, proved: bool | None) -> IndexEntry:
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
