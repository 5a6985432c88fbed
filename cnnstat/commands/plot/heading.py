"""What charts of networks have in common: what they are called, and how many places they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.plot.chart import Axis, distinct, label
from cnnstat.report.document import NetworkDocument, head
from cnnstat.report.layers import title_of
from cnnstat.report.text import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis

MOST = 1_000
"""Places of a chart: of more layers, neighbours share one."""
LONGEST = 400
"""Signs of a line about a network: it may have many inputs, and long names."""
_NAMED = 32
"""Layers whose names stand at the axis; of more, their numbers do."""


def names_of(analyses: Sequence[Analysis]) -> tuple[str, ...]:
    """Return the names of networks, each another."""
    return distinct(tuple(analysis.name for analysis in analyses))


def heading(analysis: Analysis) -> str:
    """Return the name of a network with its inputs, and what its figures are without."""
    known = head(analysis) | {"name": label(analysis.name)}
    return label(said(title_of(NetworkDocument(command="plot", **known))), LONGEST)


def layer_axis(names: Sequence[str], *, marked: bool = True) -> Axis:
    """Return the axis of layers from the first on, with their names where these have room."""
    if len(names) > _NAMED:
        return Axis("layer", "places", zero=False, marked=marked)
    return Axis("", "places", tuple(map(label, names)), zero=False, marked=marked)


def bundles(count: int) -> Iterator[range]:
    """Yield what shares a place, in order: one number each, or equally many neighbours."""
    each = -(-count // MOST)
    return (range(start, min(start + each, count)) for start in range(0, count, each))


def shared(count: int, what: str) -> tuple[str, ...]:
    """Say that neighbours share a place, where they do; ``what`` is what stands for them."""
    each = -(-count // MOST)
    return () if each == 1 else (f"Of every {each:,} layers, {what} is shown.",)
