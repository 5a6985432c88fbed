"""When a network may hold most activations, whatever its input's size: few moments, by classes of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.graph.model import Graph

Moment: TypeAlias = tuple[tuple[int, int], ...]
"""What is alive at once: a class of nodes of one shape, and how many of them."""


_WORK = 8  # to look for moments takes as long as to go through all nodes so often


def moments(
    graph: Graph, freed: Sequence[Sequence[int]], classes: Sequence[int]
) -> tuple[Moment, ...] | None:
    """Return the moments among which one holds most, whatever shapes the ``classes`` of nodes have.

    Nodes run and are ``freed`` as in `memory.alive`. A moment is left out where another one holds at least as
    many of each class. None where they are as much work as to go through all nodes.
    """
    held: dict[int, int] = {}
    kept: dict[frozenset[int], list[dict[int, int]]] = {}
    left, last = _WORK * len(freed), len(freed) - 1
    for number, gone in enumerate(freed):
        if graph.holders[number] == number:
            held[classes[number]] = held.get(classes[number], 0) + 1
        if not gone and number < last:
            continue  # more is alive after the next one
        left -= len(held)
        if left < 0:
            return None
        _keep(kept.setdefault(frozenset(held), []), dict(held))
        for source in gone:
            held[classes[source]] -= 1
            if not held[classes[source]]:
                del held[classes[source]]
    found = tuple([tuple(each.items()) for some in kept.values() for each in some])
    return found if sum(map(len, found)) < len(freed) else None


def _keep(kept: list[dict[int, int]], new: dict[int, int]) -> None:
    """Add a moment to others of the same classes, unless the last holds as much; drop what it covers."""
    while kept and _covers(new, kept[-1]):
        kept.pop()
    if not kept or not _covers(kept[-1], new):
        kept.append(new)


def _covers(one: dict[int, int], other: dict[int, int]) -> bool:
    return all(one[each] >= count for each, count in other.items())
