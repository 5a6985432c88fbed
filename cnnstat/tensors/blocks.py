"""The blocks of a network and their names, beside the modules of a file and theirs."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from cnnstat.tensors.modules import likeness, parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnnstat.tensors.modules import Group, Kind, Node, Parts

LARGE = 3
"""Layers from which on a block of the network is worth a module's standing just where it does."""


@dataclass(frozen=True, slots=True)
class Block:
    """A layer or a block of the network: its path, and the layers in it."""

    path: str
    start: int
    stop: int


class Blocks:
    """The layers of a network in their order, its blocks, and what both are called; `worth` as in a tree."""

    def __init__(self, layers: Sequence[Group], worth: Mapping[Kind, int]) -> None:
        self.layers = layers
        self.all = blocks(layers)
        self._starts = [block.start for block in self.all]
        self.at: dict[tuple[int, int], list[Block]] = {}
        self._spans: dict[Parts, set[tuple[int, int]]] = {}
        for block in self.all:
            self.at.setdefault((block.start, block.stop), []).append(block)
            self._spans.setdefault(parts(block.path), set()).add((block.start, block.stop))
        self._before = [0, *accumulate(worth[layer.kind] for layer in layers)]
        self._around: dict[tuple[int, int], list[str]] = {}

    def fits(self, node: Node, start: int) -> bool:
        """Say whether the layers from `start` on are of the kinds that a module holds."""
        stop = start + node.size
        return stop < len(self._before) and self._before[stop] - self._before[start] == node.total

    def named(self, node: Node, start: int) -> dict[Node, int]:
        """Return where the modules belong that bear the name of a layer or a block of their kinds."""
        places: dict[tuple[str | int, ...], set[int]] = {}
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, start + node.size)
        for block in self.all[first:last]:
            if block.stop <= start + node.size:
                for name in self._relative(block, start, start + node.size):
                    places.setdefault(name, set()).add(block.start)
        given = Counter(name for child in node.children for name in self._names(node, child, start))
        named: dict[Node, int] = {}
        for child in node.children:
            for name in self._names(node, child, start):
                if given[name] == len(places.get(name, ())) == 1 and self.fits(child, *places[name]):
                    named[child] = next(iter(places[name]))
        taken = sorted((place, place + child.size) for child, place in named.items())
        if any(stop > following for (_, stop), (following, _) in pairwise(taken)):
            return {}
        return named

    def _names(self, node: Node, child: Node, start: int) -> set[Parts]:
        """Return a module's name within its parent, and with the parent's before it.

        The latter only if the network has no other block of the parent's name: `stage2.1` may be the second
        of other ones.
        """
        own = parts(node.name)
        elsewhere = self._spans.get(own)
        if elsewhere is not None and (start, start + node.size) not in elsewhere:
            return {parts(child.name)}
        return {parts(child.name), (*own, *parts(child.name))}

    def _relative(self, block: Block, start: int, stop: int) -> Iterator[Parts]:
        """Yield a block's name as a whole, and within the blocks that are this run of layers, or hold it."""
        yield parts(block.path)
        for above in self._above(start, stop):
            if block.path.startswith(f"{above}."):
                yield parts(block.path[len(above) + 1 :])

    def _above(self, start: int, stop: int) -> list[str]:
        if (start, stop) not in self._around:
            same = [block.path for block in self.at.get((start, stop), ())]
            holding = [block for block in self.all if block.start <= start and stop <= block.stop]
            holding.sort(key=lambda block: (block.stop - block.start, -len(block.path)))
            self._around[start, stop] = same or [block.path for block in holding[:1]]
        return self._around[start, stop]

    def likeness(self, node: Node, child: Node, place: int, start: int) -> int:
        """Return how much a module's name is like that of where it would stand."""
        own, stop = self.at.get((place, place + child.size), ()), start + node.size
        names = {name for block in own for name in self._relative(block, start, stop)}
        alike = max(
            (likeness(one, other) for one in names for other in self._names(node, child, start)), default=0
        )
        return 2 * alike + (child.size >= LARGE and bool(own))


def blocks(layers: Sequence[Group]) -> list[Block]:
    """Return the layers, and the blocks whose layers stand one after the other."""
    spans: dict[str, list[int]] = {}
    for number, layer in enumerate(layers):
        path = layer.name.split(".")
        for length in range(1, len(path) + 1):
            spans.setdefault(".".join(path[:length]), []).append(number)
    return [
        Block(path, numbers[0], numbers[-1] + 1)
        for path, numbers in spans.items()
        if numbers[-1] - numbers[0] + 1 == len(numbers)
    ]
