"""Calculated figures against the published ones that stand under ``expect:``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cnnstat.analysis.model import Missed
from cnnstat.analysis.outline import TOTAL
from cnnstat.base.figures import OF_NETWORK
from cnnstat.spec.expect import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis.model import BlockRow, LayerRow, Row, Totals
    from cnnstat.graph.model import Graph
    from cnnstat.spec.expect import Expectation, Figure


Published: TypeAlias = "tuple[str, Row | Totals, tuple[Expectation, ...]]"
"""A place (``total`` for the network), its figures, and what a source prints for them."""


def check(
    graph: Graph, rows: Sequence[LayerRow], groups: Sequence[BlockRow], totals: Totals
) -> tuple[int, tuple[Missed, ...]]:
    """Return how many expectations there are, and those that are missed."""
    places = published(graph, rows, groups, totals)
    pairs = [(name, row, expectation) for name, row, expected in places for expectation in expected]
    return len(pairs), tuple(_missed(pairs))


def published(
    graph: Graph, rows: Sequence[LayerRow], groups: Sequence[BlockRow], totals: Totals
) -> tuple[Published, ...]:
    """Return what is published for the network as it is, the totals first."""
    whole: Published = (TOTAL, totals, graph.spec.expect)
    return (whole, *_own(rows), *_of_groups(groups)) if graph.spec.as_written else (whole,)


def _own(rows: Sequence[LayerRow]) -> Iterable[Published]:
    for row in rows:
        if row.node.entry.expect and row.node.index is None:
            yield row.name, row, row.node.entry.expect


def _of_groups(groups: Sequence[BlockRow]) -> Iterable[Published]:
    for row in groups:
        # Of a repeat, the sum over all repetitions is what its line expects, not each of them.
        if row.group.entry.expect and row.group.index is None:
            yield row.name, row, row.group.entry.expect


def _missed(pairs: Iterable[tuple[str, Row | Totals, Expectation]]) -> Iterable[Missed]:
    for name, row, expectation in pairs:
        value = figure(row, expectation.figure)
        unknown = f"{expectation.figure}: expected {expectation.text}, but it is unknown here"
        message = unknown if value is None else expectation.missed(value)
        if message is not None:
            yield Missed(name, expectation, f"{name}: {message}", expectation.span)


def figure(row: Row | Totals, key: str) -> Figure | None:
    """Return a row's figure by its key; None where it is unknown."""
    if key == "shape":
        return row.output_shape
    if key == "receptive_field":
        if row.field.whole:
            return WHOLE
        return row.field.sizes(row.output_shape) if row.field.known else None
    value: int = getattr(row if key in OF_NETWORK else row.counts, key)
    return value
