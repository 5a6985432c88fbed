"""Orders of one module's parts over a network's layers: each that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from cnnstat.tensors.modules import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cnnstat.tensors.by_kind import Ambiguous, Pair


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs of layers and modules, and the doubts that are left about them."""

    pairs: tuple[Pair, ...]
    doubts: tuple[Ambiguous, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """The modules of one module with the places where their layers begin, and what was found in each."""

    children: tuple[Node, ...]
    starts: tuple[int, ...]
    found: tuple[Found, ...]

    def places(self) -> dict[Node, int]:
        """Return where the layers of each module begin."""
        return dict(zip(self.children, self.starts, strict=True))


Choices: TypeAlias = "Callable[[frozenset[Node], int], Iterator[tuple[Node, Found]]]"
"""Which of the modules that are left may come at a place, each with what is found of it there."""


def orders(children: Sequence[Node], start: int, choices: Choices) -> Iterator[Order]:
    """Yield each order in which every module has a place, the first at `start`, each behind the one before.

    What no order comes of is tried once: it is known by the modules that are left. No recursion:
    a module may have hundreds of others in it, and these again.
    """
    everything = frozenset(children)
    barren: set[frozenset[Node]] = set()
    open_ends = [(everything, start, choices(everything, start))]
    fruitful, way = [False], list[tuple[Node, int, Found]]()
    while open_ends:
        left, place, more = open_ends[-1]
        step = next(more, None)
        if step is None:
            open_ends.pop()
            fruit = fruitful.pop()
            if not fruit:
                barren.add(left)
            elif fruitful:
                fruitful[-1] = True
            if way:
                way.pop()
            continue
        child, found = step
        rest = left - {child}
        if not rest:
            fruitful[-1] = True
            placed, starts, all_found = zip(*way, (child, place, found), strict=True)
            yield Order(placed, starts, all_found)
        elif rest not in barren:
            way.append((child, place, found))
            open_ends.append((rest, place + child.size, choices(rest, place + child.size)))
            fruitful.append(False)
