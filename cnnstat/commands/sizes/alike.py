"""Layers that are alike at every size so far: one of them is calculated at the next size, and stands for all.

A deep network has few distinct layers. Which these are is found where it is walked as a whole, and it is no
guess at another size: whoever passes the short plan compares the shapes that are to be equal, and walks the
network as a whole again where they are not.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.commands.sizes.moments import moments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.walk import Step
    from cnnstat.commands.sizes.moments import Moment
    from cnnstat.graph.model import Graph
    from cnnstat.layers.base import Shape


class Alike(Struct, frozen=True):
    """The nodes of a network in classes, each of one shape at every size so far; a layer of each likeness.

    Layers are alike that are equal, read nodes of equal classes, and lend or borrow alike. The ``plan`` has
    the first of those that are; it is a plan of `Walk.steps`, so the shapes that it goes through are those
    of the inputs, then one for each step.
    """

    classes: tuple[int, ...]
    """Of each node, counted from 0 as they come."""
    plan: tuple[Step, ...]
    firsts: tuple[int, ...]
    """For each shape that the plan goes through, which of them is the first of its class."""
    of_class: tuple[int, ...]
    """For each class, which of these shapes is its first."""
    layers: tuple[int, ...]
    """For each step, how many layers it stands for."""
    owning: tuple[int, ...]
    """For each step, how many of them have parameters of their own."""
    moments: tuple[Moment, ...] | None
    """When most may be alive, by classes; None where it is as fast to go through all nodes."""


def alike(
    graph: Graph,
    steps: Sequence[Step],
    freed: Sequence[Sequence[int]],
    known: Alike | None,
    shapes: Sequence[Shape],
) -> Alike:
    """Return what is alike at all sizes of ``known``, and where nodes have these shapes.

    ``steps`` are those of the whole network, ``freed`` is by node as in `memory.freed`.
    """
    before = known.classes if known else (0,) * len(shapes)
    numbers: dict[tuple[int, Shape], int] = {}
    classes = tuple([numbers.setdefault(each, len(numbers)) for each in zip(before, shapes, strict=True)])
    arity = len(graph.inputs)
    lenders = {node.owner for node in graph.layers if not node.owns}
    of_class: dict[int, int] = {}
    firsts = [of_class.setdefault(classes[number], number) for number in range(arity)]
    plan: dict[object, Step] = {}
    layers, owning = Counter[object](), Counter[object]()
    for node, sources, kind in steps:
        read = tuple([classes[source] for source in sources])
        weights = (node.owner, node.owns, node.entry.weights is None) if node.owner in lenders else None
        key = kind, read, weights
        if key not in plan:
            plan[key] = node, tuple([of_class[each] for each in read]), kind
            firsts.append(of_class.setdefault(classes[node.number], len(firsts)))
        layers[key] += 1
        owning[key] += node.owns
    return Alike(
        classes,
        tuple(plan.values()),
        tuple(firsts),
        tuple(of_class.values()),
        tuple([layers[key] for key in plan]),
        tuple([owning[key] for key in plan]),
        moments(graph, freed, classes),
    )
