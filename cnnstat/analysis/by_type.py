"""Layers by type, and the sums of their figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cnnstat.analysis.model import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.analysis.model import Analysis, Row

T = TypeVar("T")


def by_type(rows: Iterable[Row], figures: Iterable[T]) -> dict[str, list[T]]:
    """Return the figures of rows, one of each, by the row's type; types in the order in which they appear."""
    found: dict[str, list[T]] = {}
    for row, figure in zip(rows, figures, strict=True):
        found.setdefault(row.type, []).append(figure)
    return found


def counts_by_type(analysis: Analysis) -> dict[str, tuple[int, Counts]]:
    """Return how many layers there are of each type, and the sums of their figures."""
    grouped = by_type(analysis.rows, (row.counts for row in analysis.rows))
    return {kind: (len(counts), sum(counts, start=Counts())) for kind, counts in grouped.items()}


def both_by_type(a: Analysis, b: Analysis) -> list[tuple[str, tuple[int, Counts], tuple[int, Counts]]]:
    """Return the types of two networks with the sums of each, those with most work first."""
    before, after, none = counts_by_type(a), counts_by_type(b), (0, Counts())
    found = [(kind, before.get(kind, none), after.get(kind, none)) for kind in before | after]

    def most(one: tuple[str, tuple[int, Counts], tuple[int, Counts]]) -> tuple[int, ...]:
        _, left, right = one
        return tuple(-max(sides) for sides in zip(_weight(*left), _weight(*right), strict=True))

    return sorted(found, key=most)


def _weight(count: int, counts: Counts) -> tuple[int, int, int]:
    return counts.macs, counts.params, count
