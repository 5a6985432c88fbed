"""Networks -> all that a report holds: what its page is made of, and the page of each network, packed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.cli.progress import progress
from cnnstat.commands.diff.difference import compare
from cnnstat.commands.diff.document import document as difference_document
from cnnstat.commands.report.network_page import whole_page
from cnnstat.commands.report.packed import packed
from cnnstat.commands.report.page_document import index_entry, page_document
from cnnstat.commands.report.proof_of_network import proof_of
from cnnstat.commands.report.unit_traces import unit_traces
from cnnstat.importers import is_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.commands.diff.document import DiffDocument
    from cnnstat.commands.report.document import IndexEntry, NetworkPage, PageDocument
    from cnnstat.commands.report.finding_entries import Checks
    from cnnstat.commands.report.networks import Reported
    from cnnstat.commands.report.packed import Packed
    from cnnstat.commands.report.proof_of_network import Outcome
    from cnnstat.commands.report.unit_traces import Unit

_LONG = 3
"""With more networks than these, it is shown how far the work is."""


class Wanted(Struct, frozen=True):
    """What is asked for beside the figures: a run of each network, traces of units, within so many bytes."""

    run: bool = False
    traces: tuple[Unit, ...] = ()
    max_memory: int | None = None


class Pages(Struct, frozen=True):
    """What a report holds: the document, and of each network its page, None for one that is wrong.

    ``ran`` is what came of running each, None where it was not asked for.
    """

    document: PageDocument
    networks: tuple[Packed | None, ...]
    ran: tuple[Outcome | None, ...]


def pages_of(networks: Sequence[Reported], wanted: Wanted, checks: Checks) -> Pages:
    """Work out all that a report shows; each page is packed at once, for of many all would fill the memory.

    Raises:
        ArgumentError: a network has no layer or unit that is to be traced.
    """
    index: list[IndexEntry] = []
    pages: list[Packed | None] = []
    ran: list[Outcome | None] = []
    families: set[str] = set()
    with progress("looking at networks", len(networks), long=len(networks) > _LONG or wanted.run) as advance:
        for network in networks:
            page = outcome = None
            if network.analysis is not None:
                page = _page(network, network.analysis, wanted, checks)
                if wanted.run:
                    outcome = proof_of(network.analysis.graph, network.model, wanted.max_memory)
                    page = replace(page, proof=outcome.document, proof_reason=outcome.reason)
                families |= {look.family for look in page.layers}
            index.append(index_entry(network, page, outcome.proved if outcome else None))
            pages.append(packed(page) if page else None)
            ran.append(outcome)
            advance(1)
    return Pages(page_document(index, families, _difference(networks)), tuple(pages), tuple(ran))


def _page(network: Reported, analysis: Analysis, wanted: Wanted, checks: Checks) -> NetworkPage:
    if is_code(network.spec) and network.model is None:
        traces, reason = None, "the module's own weights are taken with --run or --trace"
    else:
        traces, reason = unit_traces(analysis, wanted.traces, network.model, wanted.max_memory)
    return replace(
        whole_page(analysis, network.key),
        findings=checks.of(analysis.graph),
        traces=traces,
        traces_reason=reason,
    )


def _difference(networks: Sequence[Reported]) -> DiffDocument | None:
    """Return what changed from the first of two networks to the second."""
    match [each.analysis for each in networks]:
        case [a, b] if a and b:
            return difference_document(compare(a, b))
    return None
