"""The bundled architectures as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.report.document import Document, Sizes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.analysis import Analysis


class Architecture(Struct, frozen=True, kw_only=True):
    """One bundled network."""

    name: str
    input_shape: Sizes
    params: int
    macs: int
    family: str
    """The file it stands in."""
    parameters: tuple[str, ...]
    """What `--set` can replace."""
    source: str


class ListDocument(Document, frozen=True, kw_only=True):
    """`list`: the bundled networks."""

    architectures: tuple[Architecture, ...]


def document(analyses: Iterable[tuple[str, str, Analysis]]) -> ListDocument:
    """Return the bundled networks; of each its name, its family's and its analysis are given."""
    found = tuple(
        Architecture(
            name=name,
            input_shape=analysis.input_shape,
            params=analysis.totals.counts.params,
            macs=analysis.totals.counts.macs,
            family=family,
            parameters=tuple(analysis.graph.spec.params),
            source=analysis.source,
        )
        for name, family, analysis in analyses
    )
    return ListDocument(command="list", architectures=found)
