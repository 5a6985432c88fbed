"""A table of layers, and what a report on one network is headed by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import UNSET

from cnnstat.base.text import plural
from cnnstat.report.model import Fact, Line, Quantity, Table
from cnnstat.report.outline import branches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from msgspec import UnsetType

    from cnnstat.analysis import Analysis
    from cnnstat.layers.base import Shape
    from cnnstat.report.columns import LayerColumn
    from cnnstat.report.document import AnalysisDocument

_NAMED = 4
"""Layers that are named before the others are counted."""


class OfNetwork(Protocol):
    """A document of one network, or the part of one that is about a network."""

    @property
    def name(self) -> str:
        """The network's name."""

    @property
    def input_shape(self) -> Shape:
        """Its input."""

    @property
    def input_shapes(self) -> dict[str, Shape] | UnsetType:
        """All of several inputs by name."""

    @property
    def without(self) -> dict[str, int] | UnsetType:
        """The layers whose figures are unknown."""


def title_of(document: OfNetwork) -> tuple[str | Quantity, ...]:
    """Return the network's name and input, or all of its inputs; and that figures are without some nodes."""
    return (*_network_and_inputs(document), *without(document))


def without(document: OfNetwork) -> tuple[str, ...]:
    """Return that figures are without some nodes, where they are, as the end of a title."""
    if document.without is UNSET:
        return ()
    nodes = sum(document.without.values())
    return (f", without {nodes:,} {plural('node', nodes)}: {first_of([*document.without])}",)


def _network_and_inputs(document: OfNetwork) -> tuple[str | Quantity, ...]:
    if document.input_shapes is UNSET:
        return f"{document.name}, input ", Quantity(document.input_shape, "shape")
    each = [(f"{name} ", Quantity(shape, "shape")) for name, shape in document.input_shapes.items()]
    first, *others = each
    return f"{document.name}, inputs ", *first, *(part for pair in others for part in (", ", *pair))


def upper_bounds(analysis: Analysis) -> Iterator[Fact]:
    """Say which receptive fields are upper bounds, and which layers make them so."""
    rows = [row for row in analysis.rows if analysis.upper_bounds[row.number] and row.field.because is None]
    if rows:
        causes = [*dict.fromkeys(analysis.upper_bounds[row.number] for row in rows)]
        named = first_of([row.name for row in rows])
        yield Fact("upper bounds", f"{named}: units may see less, because of {first_of(causes)}")


def first_of(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def layer_table(
    document: AnalysisDocument,
    analysis: Analysis,
    columns: Sequence[LayerColumn],
    depth: int | None,
    *,
    totals: bool = True,
) -> Table:
    """Return the layers of a document under these columns, with headings for their blocks."""
    layers = iter(document.layers)
    lines = []
    for branch in branches(analysis, depth):
        if branch.heading:
            named = {"name": branch.row.name, "type": branch.row.type}
            cells = tuple(named.get(column.key, "") for column in columns)
        else:
            layer = next(layers)
            cells = tuple(column.value(layer, analysis.settings) for column in columns)
        lines.append(Line(cells, branch.label, branch.level, branch.heading))
    whole = analysis.totals.counts
    total = tuple("total" if c.key == "name" else getattr(whole, c.key, None) for c in columns)
    return Table("", tuple(columns), tuple(lines), total if totals else None)
