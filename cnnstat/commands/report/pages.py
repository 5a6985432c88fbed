"""Networks -> all that a report holds: what its page is made of, and the page of each network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.cli.progress import progress
from cnnstat.commands.diff.difference import compare
from cnnstat.commands.diff.document import document as difference_document
from cnnstat.commands.report.finding_entries import Checks
from cnnstat.commands.report.network_page import whole_page
from cnnstat.commands.report.page_document import page_document
from cnnstat.commands.report.proof_of_network import proof_of
from cnnstat.commands.report.unit_traces import unit_traces
from cnnstat.importers import is_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.commands.diff.document import DiffDocument
    from cnnstat.commands.report.document import NetworkPage, PageDocument
    from cnnstat.commands.report.networks import Reported
    from cnnstat.commands.report.unit_traces import Unit

_LONG = 3
"""Networks that nobody waits for."""


class Wanted(Struct, frozen=True):
    """What is asked for beside the figures: a run of each network, traces of units, within so many bytes."""

    run: bool = False
    traces: tuple[Unit, ...] = ()
    max_memory: int | None = None


class Pages(Struct, frozen=True):
    """What a report holds: the document, and of each network its page, None for one that is wrong.

    ``proved`` says of each whether a run proved its figures; None where nothing was measured.
    """

    document: PageDocument
    networks: tuple[NetworkPage | None, ...]
    proved: tuple[bool | None, ...]


def pages_of(networks: Sequence[Reported], wanted: Wanted) -> Pages:
    """Work out all that a report shows.

    Raises:
        ArgumentError: a network has no layer or unit that is to be traced.
    """
    checks = Checks()
    pages: list[NetworkPage | None] = []
    proved: list[bool | None] = []
    with progress("looking at networks", len(networks), long=len(networks) > _LONG or wanted.run) as advance:
        for network in networks:
            page, good = _page(network, wanted, checks)
            pages.append(page)
            proved.append(good)
            advance(1)
    document = page_document(networks, pages, proved, _difference(networks))
    return Pages(document, tuple(pages), tuple(proved))


def _page(network: Reported, wanted: Wanted, checks: Checks) -> tuple[NetworkPage | None, bool | None]:
    """Return the page of a network, and whether its figures were proved."""
    analysis, model = network.analysis, network.model
    if analysis is None:
        return None, None
    if is_code(network.spec) and model is None:
        traces, reason = None, "the module's own weights are taken with --run or --trace"
    else:
        traces, reason = unit_traces(analysis, wanted.traces, model, wanted.max_memory)
    page = replace(
        whole_page(analysis, network.key),
        findings=checks.of(analysis.graph),
        traces=traces,
        traces_reason=reason,
    )
    if not wanted.run:
        return page, None
    outcome = proof_of(analysis.graph, model, wanted.max_memory)
    return replace(page, proof=outcome.document, proof_reason=outcome.reason), outcome.proved


def _difference(networks: Sequence[Reported]) -> DiffDocument | None:
    """Return what changed from the first of two networks to the second."""
    match [each.analysis for each in networks]:
        case [a, b] if a and b:
            return difference_document(compare(a, b))
    return None
