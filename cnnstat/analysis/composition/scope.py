"""A list of entries while its pieces are put in their places, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.piece import Child, Piece

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.composition.piece import State
    from cnnstat.analysis.composition.plan import Plan


class Scope:
    """The children so far, the states of the nodes, and the nodes that slots stand for."""

    def __init__(self, plan: Plan, states: tuple[State, ...]) -> None:
        self.plan = plan
        self.arity = len(states)
        self.states = [*states]
        self.slots = dict(enumerate(range(len(states))))
        self.children: list[Child] = []
        self.unused: list[int] = []
        self.made = plan.entries

    def place(self, piece: Piece, name: str, sources: tuple[int, ...], more: int) -> tuple[int, ...]:
        """Put a piece behind those before it; return the nodes that are its outputs."""
        start = len(self.states)
        self.states += piece.nodes
        self.children.append(Child(piece, name, sources, start, more))
        return tuple([sources[o] if o >= 0 else start + ~o for o in piece.outputs])

    def piece(self, columns: int) -> Piece:
        """Return the whole list as a piece, of so many figures.

        Raises:
            Beyond: there is a layer that nobody reads.
        """
        arity, outputs = self.arity, [self.slots[number] for number in self.plan.outputs]
        read = [False] * len(self.states)
        for child in self.children:
            for reads, source in zip(child.piece.reads, child.sources, strict=True):
                if reads:
                    read[source] = True
            for i, within in enumerate(child.piece.read, child.start):
                if within:
                    read[i] = True
        for node in self.unused:
            read[node] = True
        exported = tuple(dict.fromkeys([node for node in outputs if node >= arity]))
        if not all(read):
            missed = {node for node, is_read in enumerate(read) if not is_read and node >= arity}
            if not missed.issubset(exported):
                raise Beyond("a layer that nobody reads")
        own = {node: ~i for i, node in enumerate(exported)}
        pieces = [child.piece for child in self.children]
        times = [1 + child.more for child in self.children]
        return Piece(
            tuple([shape for shape, _ in self.states[:arity]]),
            tuple([self.states[node] for node in exported]),
            tuple([own.get(node, node) for node in outputs]),
            tuple(read[:arity]),
            tuple([read[node] for node in exported]),
            exported,
            _sums([(0,) * columns, *[piece.counts for piece in pieces]], [1, *times]),
            _sum([piece.layers for piece in pieces], times),
            _sum([piece.looks for piece in pieces], times),
            _sum([piece.placed + 1 for piece in pieces], times) + len(self.plan.steps),
            self.made,
            1 + max([piece.height for piece in pieces], default=0),
            None,
            tuple(self.children),
            {},
        )


def _sum(values: Sequence[int], times: Sequence[int]) -> int:
    return sum([value * count for value, count in zip(values, times, strict=True)])


def _sums(rows: Sequence[tuple[int, ...]], times: Sequence[int]) -> tuple[int, ...]:
    if max(times) > 1:
        rows = [
            tuple([value * count for value in row]) if count > 1 else row
            for row, count in zip(rows, times, strict=True)
        ]
    return tuple(map(sum, zip(*rows, strict=True)))
